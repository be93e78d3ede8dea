import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { spanId, traceId } from '../../../domain/model/units.ts'
import { EVERYTHING } from '../../../domain/query/trace-query.ts'
import { openDataFile } from '../file/data-file.ts'
import { constant } from '../sql/sql.ts'
import { openStore, type Store } from '../store.ts'
import { span } from '../testing/spans.ts'
import { runOn } from './connections.ts'

const signal = new AbortController().signal
/** Enough for a checkpoint once nothing arrives. */
const TEXT = Array.from({ length: 4_000 }, (_, index) => (index * 7_919).toString(36)).join(' ')

/** The largest file that this process may write: past it the system says so as it does of a full disk. */
const limitFiles = (bytes: number | 'unlimited') =>
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`])

const canLimit = (() => {
  try {
    limitFiles('unlimited')
    return true
  } catch {
    console.warn('prlimit (util-linux) is missing: what a full disk does is not tested')
    return false
  }
})()

let parent: string
let directory: string
let store: Store
let lines: string[]
let sent: string[]
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'turnscope-failing-'))
  directory = join(parent, 'data')
  lines = []
  sent = []
  store = await openStore({ directory, log: (line) => lines.push(line) })
})
afterEach(async () => {
  if (canLimit) limitFiles('unlimited')
  await store.close()
  await rm(parent, { recursive: true, force: true })
})

/** Adds a turn of its own; it counts as acknowledged once this resolves. */
async function send(id: string): Promise<void> {
  await store.addSpans([{ ...span('a.1'), traceId: traceId(id), attributes: { 'input.value': id + TEXT } }])
  sent.push(id)
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 80_000
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error(`waited in vain; the log: ${lines.join('\n')}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const count = async () => (await store.source.count?.(EVERYTHING, signal))?.value.count

async function expectAllThere(): Promise<void> {
  expect(await count()).toBe(sent.length)
  for (const id of sent) {
    expect((await store.source.getSpans(traceId(id), signal)).spans, id).toHaveLength(1)
  }
}

const isHealthy = () => store.health().status === 'ok'

describe.skipIf(!canLimit)('a disk that is full', () => {
  it('at a checkpoint costs nothing that was acknowledged, and is told while it lasts', async () => {
    for (let index = 0; index < 60; index++) await send(`before-${index}`)
    limitFiles((await stat(join(directory, 'traces.duckdb.wal'))).size)
    await until(() => store.health().status === 'disk-full')
    expect(store.health()).toEqual({
      status: 'disk-full',
      reason: 'the disk is full: new turns cannot be kept',
    })
    // Reads are answered though the disk is still full, without a restart.
    await until(() =>
      count()
        .then((found) => found === 60)
        .catch(() => false),
    )
    const refused = await send('meanwhile').catch((error: unknown) => error)
    expect(refused).toMatchObject({ kind: 'unreachable' })
    expect(String(refused)).not.toContain(directory)
    expect(isHealthy()).toBe(false)

    limitFiles('unlimited')
    await until(isHealthy)
    for (let index = 0; index < 5; index++) await send(`after-${index}`)
    await expectAllThere()
    await store.close()
    store = await openStore({ directory })
    await expectAllThere()
  }, 240_000)

  it('at a commit refuses that commit alone, and is noticed', async () => {
    await send('first')
    limitFiles((await stat(join(directory, 'traces.duckdb.wal'))).size)
    await expect(send('second')).rejects.toMatchObject({ kind: 'unreachable' })
    expect(store.health().status).toBe('disk-full')
    await expectAllThere()
    limitFiles('unlimited')
    await send('third')
    await until(isHealthy)
    await expectAllThere()
  }, 240_000)
})

describe('a data folder that is taken away', () => {
  const other = () => join(parent, 'elsewhere')

  it('takes nothing from the next commit on, tells so, and goes on when it is back', async () => {
    await send('first')
    await rename(directory, other())
    const refused = await send('second').catch((error: unknown) => error)
    expect(refused).toMatchObject({ kind: 'unreachable' })
    expect(String(refused)).toContain('the data folder is no longer where it was')
    expect(String(refused)).not.toContain(directory)
    expect(store.health()).toMatchObject({ status: 'gone' })
    await rename(other(), directory)
    await until(isHealthy)
    await send('third')
    // The second was written before its absence was seen; that it was not acknowledged leaves it there.
    expect([2, 3]).toContain(await count())
    expect((await store.source.getTrace(traceId('third'), signal)).traceId).toBe('third')
  }, 240_000)

  it('still shows a large trace whose row is behind', async () => {
    const spans = Array.from({ length: 1_200 }, (_, index) => span(`big.${index}`))
    await store.addSpans(spans.slice(0, 1_100))
    await store.addSpans(spans.slice(1_100))
    await rename(directory, other())
    await expect(send('second')).rejects.toMatchObject({ kind: 'unreachable' })
    expect((await store.source.getSpans(traceId('big'), signal)).spans.length).toBeGreaterThanOrEqual(1_100)
    await rename(other(), directory)
    await until(isHealthy)
    expect((await store.source.getSpans(traceId('big'), signal)).spans).toHaveLength(1_200)
  }, 240_000)

  it('is noticed though nothing is written', async () => {
    await rename(directory, other())
    await until(() => store.health().status === 'gone')
    await rename(other(), directory)
    await until(isHealthy)
  }, 240_000)

  it('is still gone where an empty one stands in its place', async () => {
    await send('first')
    await rename(directory, other())
    await mkdir(directory)
    await expect(send('second')).rejects.toMatchObject({ kind: 'unreachable' })
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(store.health().status).toBe('gone')
    await expect(send('third')).rejects.toMatchObject({ kind: 'unreachable' })
  }, 240_000)

  it('loses nothing where the log alone was deleted', async () => {
    for (let index = 0; index < 5; index++) await send(`t-${index}`)
    await rm(join(directory, 'traces.duckdb.wal'))
    await send('t-5')
    expect(lines.join()).toContain('the log was deleted while it was in use')
    await store.close()
    store = await openStore({ directory })
    await expectAllThere()
  }, 240_000)
})

/** The blocks of the closed store that hold long texts. */
async function textBlocks(): Promise<readonly number[]> {
  const file = await openDataFile({ directory })
  const connection = await file.instance.connect()
  const rows = await runOn(
    connection,
    constant(
      `SELECT DISTINCT unnest(list_append(additional_block_ids, block_id)) AS block_id
       FROM pragma_storage_info('long_texts')
       WHERE column_name = 'text' AND segment_type = 'VARCHAR' AND persistent AND block_id >= 0`,
    ),
  )
  connection.disconnectSync()
  file.close()
  return rows.map(({ block_id }) => Number(block_id))
}

describe('a damaged block of the data file', () => {
  it('is told of when it is read, without a path, and what can be read still is', async () => {
    for (let index = 0; index < 60; index++) await send(`t-${index}`)
    await store.close()
    const path = join(directory, 'traces.duckdb')
    const bytes = await readFile(path)
    const first = 12_288
    const size = 262_144
    const blocks = await textBlocks()
    expect(blocks.length).toBeGreaterThan(0)
    // A bit in the middle of each.
    for (const block of blocks) {
      const at = first + (block + 0.5) * size
      bytes[at] = (bytes[at] ?? 0) ^ 4
    }
    await writeFile(path, bytes)
    store = await openStore({ directory, log: (line) => lines.push(line) })
    expect(store.health()).toEqual({ status: 'ok' })
    const failures: unknown[] = []
    for (const id of sent) {
      const trace = traceId(id)
      await store.source.getSpan(trace, spanId('1'), signal).catch((error: unknown) => failures.push(error))
      await store.source.getTrace(trace, signal).catch((error: unknown) => failures.push(error))
    }
    expect(failures.length).toBeGreaterThan(0)
    for (const failure of failures) {
      expect(failure).toMatchObject({ kind: 'bad-reply' })
      expect(String(failure)).toContain('parts of the data file are damaged')
    }
    expect(store.health().status).toBe('damaged')
    expect(lines.join()).toMatch(
      /parts of the data file are damaged.*in block at location \d+.*recovering\.md/,
    )
    expect(await count()).toBe(60)
  }, 240_000)
})

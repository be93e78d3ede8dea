import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { micros } from '../../../domain/model/units.ts'
import { EVERYTHING } from '../../../domain/query/trace-query.ts'
import { openDataFile } from '../file/data-file.ts'
import { openStore, type Store } from '../store.ts'
import { DAMAGED_SIZES, makeDamaged } from '../testing/damage.ts'
import { plainReader } from '../testing/plain-reader.ts'
import { START, span } from '../testing/spans.ts'
import { runOn } from './connections.ts'
import { heal } from './healing.ts'

const signal = new AbortController().signal

let root: string
let directory: string
const open: Store[] = []
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'turnscope-healing-'))
  directory = join(root, 'old')
  await mkdir(directory)
})
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
  await rm(root, { recursive: true, force: true })
})

async function opened(lines: string[] = [], now = START): Promise<Store> {
  const options = { reader: plainReader, now: () => micros(now), log: (line: string) => lines.push(line) }
  const store = await openStore({ directory, ...options })
  open.push(store)
  return store
}

/** Spans and stated spans of each trace. */
async function counts(store: Store): Promise<Record<string, readonly number[]>> {
  const { items } = await store.source.listTraces(EVERYTHING, { limit: 100 }, signal)
  const found: Record<string, readonly number[]> = {}
  for (const { traceId: id, spanCount = 0 } of items) {
    const { spans } = await store.source.getSpans(id, signal)
    found[id] = [spans.length, new Set(spans.map(({ spanId }) => spanId)).size, spanCount]
  }
  return found
}
const HEALTHY = Object.fromEntries(
  Object.entries(DAMAGED_SIZES).map(([name, size]) => [name, [size, size, size]]),
)
const CHECKED = 'store: checked; 5 traces mended'

it('a damaged store is healed at its next start, once', async () => {
  await makeDamaged(directory, join(root, 'source'))
  const lines: string[] = []
  const store = await opened(lines)
  await expect.poll(() => lines, { timeout: 60_000 }).toContain(CHECKED)
  expect(await counts(store)).toEqual(HEALTHY)
  // What is sent again is known.
  await store.addSpans([span('late.1399', { start: 1_399 }), span('orphan.7', { start: 7 })])
  expect(await counts(store)).toEqual(HEALTHY)
  await store.close()
  const again: string[] = []
  expect(await counts(await opened(again))).toEqual(HEALTHY)
  expect(again).toEqual([])
})

it('also where spans join before it has got there', async () => {
  await makeDamaged(directory, join(root, 'source'))
  const lines: string[] = []
  const store = await opened(lines)
  await store.addSpans([span('late.1399', { start: 1_399 }), span('orphan.7', { start: 7 }), span('late.x')])
  await expect.poll(() => lines.join('\n'), { timeout: 60_000 }).toMatch(/checked; \d traces mended/)
  expect(await counts(store)).toEqual({ ...HEALTHY, late: [1_401, 1_401, 1_401] })
})

it.each([1, 3, 9])('and goes on where a kill at its write %i ended it', async (last) => {
  await makeDamaged(directory, join(root, 'source'))
  const file = await openDataFile({ directory })
  const connection = await file.instance.connect()
  let writes = 0
  const healing = heal({
    read: (work) => work((statement) => runOn(connection, statement)),
    write: async (work) => {
      if (++writes > last) throw new Error('killed')
      await work(connection)
    },
    forget: () => {},
    fold: async () => {},
    log: () => {},
  })
  await expect(healing).rejects.toThrow('killed')
  const copy = join(root, 'killed')
  await cp(directory, copy, { recursive: true })
  connection.disconnectSync()
  file.close()
  directory = copy
  const lines: string[] = []
  const store = await opened(lines)
  await expect.poll(() => lines.join('\n'), { timeout: 60_000 }).toMatch(/checked; \d traces mended/)
  expect(await counts(store)).toEqual(HEALTHY)
})

it('a new store has nothing to check', async () => {
  const lines: string[] = []
  const store = await opened(lines)
  await store.addSpans([span('a.1')])
  await store.close()
  await opened(lines)
  expect(lines).toEqual([])
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { EVERYTHING } from '../../../domain/query/trace-query.ts'
import { openStore } from '../store.ts'
import { StoreError } from './store-error.ts'

const CHILD = fileURLToPath(new URL('../testing/ingest-child.ts', import.meta.url))
const LOG = 'traces.duckdb.wal'
const signal = new AbortController().signal
/** The fixed entry that ends a transaction. */
const COMMIT = Buffer.from('0500000000000000e7fe7d722fed3d5e640064ffff', 'hex')

/** A store that was killed, with a log of some hundred commits. */
let killed: string
let wal: Buffer
let turns: number
let directory: string

beforeAll(async () => {
  killed = await mkdtemp(join(tmpdir(), 'turnscope-killed-'))
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, killed], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part
    if (text.split('\n').length > 60) child.kill('SIGKILL')
  })
  await once(child, 'close')
  wal = await readFile(join(killed, LOG))
  // Without the rest of a write that the kill cut off.
  wal = wal.subarray(0, wal.lastIndexOf(COMMIT) + COMMIT.length)
  directory = await mkdtemp(join(tmpdir(), 'turnscope-mended-'))
  turns = (await opened(wal)).count
  expect(turns).toBeGreaterThanOrEqual(60)
})
afterAll(() => rm(killed, { recursive: true, force: true }))
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'turnscope-mended-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

/** Opens the killed store with another log, counts its turns and closes it. */
async function opened(log: Buffer, options: { readOnly?: boolean } = {}) {
  await cp(killed, directory, { recursive: true })
  await writeFile(join(directory, LOG), log)
  const lines: string[] = []
  const store = await openStore({ directory, log: (line) => lines.push(line), ...options })
  try {
    const count = (await store.source.count?.(EVERYTHING, signal))?.value.count ?? -1
    return { count, lines }
  } finally {
    await store.close()
  }
}

const aside = async () => (await readdir(directory)).filter((name) => name.startsWith(`${LOG}.aside-`))

/** The places of the commits' entries. */
function commits(): number[] {
  const places: number[] = []
  for (let at = wal.indexOf(COMMIT); at >= 0; at = wal.indexOf(COMMIT, at + 1)) places.push(at)
  return places
}

/** The end of a commit in the middle of the log. */
function middle(): number {
  const places = commits()
  return (places[places.length >> 1] ?? 0) + COMMIT.length
}

/** Large buffers are compared by themselves: `toEqual` looks at each byte. */
const holds = async (name: string, bytes: Buffer): Promise<boolean> =>
  (await readFile(join(directory, name))).equals(bytes)

const changed = (at: number, bit: number): Buffer => {
  const bytes = Buffer.from(wal)
  bytes[at] = (bytes[at] ?? 0) ^ bit
  return bytes
}

describe('a log that is damaged', () => {
  it.each([
    ['in a text', () => changed(middle() + 400, 1)],
    ['in a length, far too long', () => changed(middle() + 4, 1)],
    ['in a length, a little too short', () => changed(middle(), 1)],
    ['in its last commit', () => changed(wal.length - 3, 4)],
    ['in its last length', () => changed(wal.length - COMMIT.length + 3, 4)],
  ])('%s is set aside whole, what stands before it is kept, and the log says so', async (_where, damage) => {
    const damaged = damage()
    const { count, lines } = await opened(damaged)
    expect(count).toBeGreaterThan(0)
    expect(count).toBeLessThanOrEqual(turns)
    const [name = '', ...others] = await aside()
    expect(others).toEqual([])
    expect(await holds(name, damaged)).toBe(true)
    expect((await stat(join(directory, name))).mode & 0o077).toBe(0)
    expect(lines.join('\n')).toMatch(
      /is damaged at byte \d+ of \d+: \d+ commits? from there on cannot be replayed/,
    )
    expect(lines.join('\n')).toContain(`the whole log is kept as ${name}`)
  })

  it('says how many commits and spans stand behind the damage', async () => {
    const { lines } = await opened(changed(middle() + 400, 1))
    const [, lost = '', spans = ''] = /: (\d+) commits .*at least (\d+) spans/.exec(lines[0] ?? '') ?? []
    const all = commits().length
    expect(Number(lost)).toBe(all - (all >> 1) - 1)
    expect(Number(spans)).toBeGreaterThan(100)
  })

  it('is left alone where the store is opened for reading, or it begins with what no log begins with', async () => {
    const refusal = (log: Buffer, options = {}) => opened(log, options).catch((error: unknown) => error)
    for (const [log, options] of [
      [changed(middle() + 400, 1), { readOnly: true }],
      [changed(3, 1), {}],
    ] as const) {
      const error = await refusal(log, options)
      expect(error).toBeInstanceOf(StoreError)
      expect(error).toMatchObject({ kind: 'damaged' })
      expect((error as StoreError).message).not.toContain('\n')
      expect(await holds(LOG, log)).toBe(true)
      expect(await aside()).toEqual([])
    }
  })

  it('is left alone while another process has the store open', async () => {
    const script = fileURLToPath(new URL('../testing/hold-file-child.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', script, directory], { stdio: 'pipe' })
    try {
      await once(child.stdout, 'data')
      const log = changed(middle() + 400, 1)
      await writeFile(join(directory, LOG), log)
      const error = await openStore({ directory }).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ kind: 'held' })
      expect(await holds(LOG, log)).toBe(true)
      expect((await readdir(directory)).filter((name) => /probe|aside/.test(name))).toEqual([])
    } finally {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  })
})

describe('a log that ends in what is no part of it', () => {
  it.each([
    ['zeros, as after a power cut', Buffer.alloc(4096)],
    ['a few zeros', Buffer.alloc(7)],
    ['zeros of a whole block and more', Buffer.alloc(300_000)],
    ['other bytes', Buffer.alloc(500, 0x5a)],
  ])('(%s) gives all its turns', async (_what, tail) => {
    const { count } = await opened(Buffer.concat([wal, tail]))
    expect(count).toBe(turns)
  })

  it('is kept, and the log says so', async () => {
    const log = Buffer.concat([wal, Buffer.alloc(4096)])
    const { lines } = await opened(log)
    expect(lines[0]).toContain('ends in 4096 bytes that are no part of it')
    const [name = ''] = await aside()
    expect(await holds(name, log)).toBe(true)
  })

  it('(a commit that was cut off) loses that commit alone, and takes new ones', async () => {
    const { count, lines } = await opened(wal.subarray(0, wal.length - 10))
    expect(count).toBeGreaterThanOrEqual(turns - 8)
    expect(lines).toEqual([])
    expect(await aside()).toEqual([])
  })
})

it('a data file that is missing while its log is there stops the start and changes nothing', async () => {
  await writeFile(join(directory, LOG), wal)
  for (const data of [null, '']) {
    if (data !== null) await writeFile(join(directory, 'traces.duckdb'), data)
    const error = await openStore({ directory }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ kind: 'missing' })
    expect((error as StoreError).message).toMatch(
      /traces\.duckdb is missing, though its log of \d+ bytes is there/,
    )
    expect(await holds(LOG, wal)).toBe(true)
  }
})

it('a data file that was taken away alone is begun anew, and the log says so', async () => {
  await (await openStore({ directory })).close()
  await rm(join(directory, 'traces.duckdb'))
  const lines: string[] = []
  await (await openStore({ directory, log: (line) => lines.push(line) })).close()
  expect(lines.join()).toContain('is missing, though there was one: an empty one is begun')
})

import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { traceId } from '../../../domain/model/units.ts'
import { EVERYTHING } from '../../../domain/query/trace-query.ts'
import { openStore } from '../store.ts'
import { span } from '../testing/spans.ts'
import { backUp } from './backup.ts'
import { askForHold, serveBackups } from './backup-socket.ts'
import { checkStore } from './check.ts'

const signal = new AbortController().signal
const TURNS = 20
const LOG = 'traces.duckdb.wal'

let parent: string
/** A store that was killed: its turns stand in the log. */
let killed: string
let copy: string
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'turnscope-copies-'))
  killed = join(parent, 'killed')
  copy = join(parent, 'copy')
  const store = await openStore({ directory: join(parent, 'first') })
  for (let index = 0; index < TURNS; index++) {
    await store.addSpans([{ ...span('a.1'), traceId: traceId(`t-${index}`) }])
  }
  await cp(join(parent, 'first'), killed, { recursive: true })
  await store.close()
})
afterEach(() => rm(parent, { recursive: true, force: true }))

async function countIn(directory: string, readOnly = false): Promise<number | undefined> {
  const store = await openStore({ directory, readOnly })
  try {
    return (await store.source.count?.(EVERYTHING, signal))?.value.count
  } finally {
    await store.close()
  }
}

async function flip(path: string, at: number): Promise<Buffer> {
  const bytes = await readFile(path)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  await writeFile(path, bytes)
  return bytes
}

describe('a backup', () => {
  it('of a store that nobody has open holds what its log holds, and leaves it as it was', async () => {
    const log = await readFile(join(killed, LOG))
    expect(await backUp(killed, copy)).toEqual({ traces: TURNS, spans: TURNS })
    expect((await readFile(join(killed, LOG))).equals(log)).toBe(true)
    expect(await readdir(killed)).toHaveLength(3)
    expect(await countIn(copy)).toBe(TURNS)
    expect(await countIn(copy, true)).toBe(TURNS)
  })

  it('needs an empty folder and a store', async () => {
    await mkdir(copy)
    await writeFile(join(copy, 'notes.txt'), 'kept')
    await expect(backUp(killed, copy)).rejects.toThrow('is not empty: nothing was copied')
    expect(await readdir(copy)).toEqual(['notes.txt'])
    await expect(backUp(parent, join(parent, 'other'))).rejects.toThrow('there is no store in')
  })

  it('that fails leaves nothing behind', async () => {
    await flip(join(killed, LOG), 3)
    await expect(backUp(killed, copy)).rejects.toThrow('does not begin as a log')
    expect(await readdir(copy)).toEqual([])
  })
})

describe('files that are held for a backup', () => {
  it('are not changed by a checkpoint until they are released, however the other end goes', async () => {
    const store = await openStore({ directory: killed })
    const end = await serveBackups(killed, store.files, () => {})
    const hold = await askForHold(killed)
    expect((await stat(join(killed, 'backup.sock'))).mode & 0o077).toBe(0)
    expect(hold?.walBytes).toBe((await stat(join(killed, LOG))).size)
    const before = await readFile(join(killed, 'traces.duckdb'))
    const big = Array.from({ length: 200_000 }, (_, index) => index.toString(36)).join(' ')
    await store.addSpans([{ ...span('b.1'), attributes: { 'input.value': big } }])
    // Longer than it takes until a log of more than a megabyte goes into the data file.
    await new Promise((resolve) => setTimeout(resolve, 4_000))
    expect((await readFile(join(killed, 'traces.duckdb'))).equals(before)).toBe(true)
    expect(hold?.isHeld()).toBe(true)
    await end()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(hold?.isHeld()).toBe(false)
    expect(await askForHold(killed)).toBeNull()
    await store.close()
  })
})

describe('a check', () => {
  it('reads everything, and changes nothing', async () => {
    const log = await readFile(join(killed, LOG))
    const { problems, rows } = await checkStore(killed)
    expect(problems).toEqual([])
    expect(rows.get('traces')).toBe(TURNS)
    expect(rows.get('spans')).toBe(TURNS)
    expect((await readFile(join(killed, LOG))).equals(log)).toBe(true)
    expect(await readdir(killed)).toHaveLength(3)
  })

  it('says which columns a damaged block hides', async () => {
    await backUp(killed, copy)
    await flip(join(copy, 'traces.duckdb'), 12_288 + 262_144 + 2_000)
    const { problems } = await checkStore(copy)
    expect(problems.length).toBeGreaterThan(0)
    for (const problem of problems) {
      expect(problem).toMatch(
        /^\w+\.\w+: up to 20 of 20 rows cannot be read: IO Error: Corrupt database file/,
      )
    }
  })

  it('says where a log is damaged, and leaves it', async () => {
    const size = (await stat(join(killed, LOG))).size
    const log = await flip(join(killed, LOG), size - 5_000)
    const { problems } = await checkStore(killed)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/cannot be read past byte \d+ of \d+, \d+ commits stand behind it/)
    expect((await readFile(join(killed, LOG))).equals(log)).toBe(true)
  })
})

import { type FileHandle, open } from 'node:fs/promises'
import { MOST_BYTES_OF_UPDATE, WalChecksum } from './wal-checksum.ts'

/** How a log ends: the rest of a write that was cut off is usual after a kill, and the engine drops it. */
export type WalEnd =
  /** With a commit, or in the midst of one that nobody was told of. */
  | 'usual'
  /** With bytes that no write leaves (zeros after a power cut): no commit stands behind them. */
  | 'stray'
  /** Commits stand behind a place that cannot be read. */
  | 'damaged'
  /** It does not begin as a log of this engine does. */
  | 'unknown'

export interface WalReading {
  readonly end: WalEnd
  readonly bytes: number
  /** Up to the end of the last commit before anything that cannot be read. */
  readonly goodBytes: number
  readonly commits: number
  /** Where reading ended, where that was not the end. */
  readonly brokenAt?: number
  /** What stands behind the damage, as far as it can be told; the damaged commit counts. */
  readonly beyond: { readonly commits: number; readonly spans: number; readonly traces: number }
}

/** Length and checksum, eight bytes each, stand before each entry. */
const HEAD = 16
/** The entry that ends a transaction is the same each time. */
const COMMIT = Buffer.from('0500000000000000e7fe7d722fed3d5e640064ffff', 'hex')
const CHUNK = 4 * 1024 ** 2
const USE_TABLE = 25
const INSERT = 26
/** So many bytes of a commit's entry may be wrong for it to be known as one. */
const MOST_WRONG = 2

/** A file read in chunks, at any place. */
class Window {
  readonly size: number
  readonly #handle: FileHandle
  readonly #buffer = Buffer.alloc(CHUNK)
  #start = 0
  #length = 0

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle
    this.size = size
  }

  /** Up to `length` bytes (at most a chunk): fewer at the end of the file. Valid until the next call. */
  async at(position: number, length: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(length, this.size - position))
    if (position < this.#start || position + wanted > this.#start + this.#length) {
      const { bytesRead } = await this.#handle.read(this.#buffer, 0, CHUNK, position)
      this.#start = position
      this.#length = bytesRead
    }
    const from = position - this.#start
    return this.#buffer.subarray(from, Math.min(from + wanted, this.#length))
  }
}

/** The length of the entry that the log begins with (version, database, iteration), or null. */
function preambleLength(bytes: Buffer): number | null {
  let at = 0
  const expect = (...values: readonly number[]) => values.every((value) => bytes[at++] === value)
  const skipNumber = () => {
    while ((bytes[at++] ?? 0) >= 0x80);
  }
  if (!expect(0x64, 0, 0x62, 0x65, 0, 2, 0x66, 0, 16)) return null
  for (let index = 0; index < 16; index++) skipNumber()
  if (!expect(0x67, 0)) return null
  skipNumber()
  return expect(0xff, 0xff) ? at : null
}

/** Whether an entry is whole. */
async function isSound(file: Window, at: number, size: number, checksum: bigint): Promise<boolean> {
  const sum = new WalChecksum()
  for (let done = 0; done < size; done += MOST_BYTES_OF_UPDATE) {
    const length = Math.min(MOST_BYTES_OF_UPDATE, size - done)
    const piece = await file.at(at + HEAD + done, length)
    if (piece.length < length) return false
    sum.update(piece)
  }
  return sum.digest() === checksum
}

const isCommit = (entry: Buffer): boolean =>
  entry.length >= COMMIT.length && COMMIT.compare(entry, 0, COMMIT.length) === 0

/** A commit's entry that a few flipped bits hide. */
const wasCommit = (entry: Buffer): boolean =>
  entry.length === COMMIT.length && entry.filter((byte, index) => byte !== COMMIT[index]).length <= MOST_WRONG

/** The place behind the next commit, or null. */
async function nextCommit(file: Window, from: number): Promise<number | null> {
  for (let at = from; at < file.size; at += CHUNK - COMMIT.length) {
    const found = (await file.at(at, CHUNK)).indexOf(COMMIT)
    if (found >= 0) return at + found + COMMIT.length
  }
  return null
}

/** Counts the rows that entries bring, by the table they name. */
class RowCount {
  readonly rows = new Map<string, number>()
  #table = ''

  /** `head`: the entry's first bytes. */
  add(head: Buffer): void {
    const kind = head[2]
    if (kind === USE_TABLE) {
      const name = 6 + (head[5] ?? 0) + 3
      this.#table = head.toString('latin1', name, name + (head[name - 1] ?? 0))
    } else if (kind === INSERT) {
      let count = 0
      for (let at = 7, scale = 1; ; at++, scale *= 128) {
        const byte = head[at] ?? 0
        count += (byte & 0x7f) * scale
        if (byte < 0x80) break
      }
      this.rows.set(this.#table, (this.rows.get(this.#table) ?? 0) + count)
    }
  }
}

interface Walk {
  /** Where reading ended, and whether something that is no entry stands there. */
  readonly at: number
  readonly broken: 'no' | 'cut' | 'wrong'
  readonly lastCommit: number
  readonly commits: number
}

/** Goes from entry to entry. */
async function walk(file: Window, from: number, rows: RowCount): Promise<Walk> {
  let at = from
  let lastCommit = from
  let commits = 0
  for (;;) {
    const head = await file.at(at, HEAD + 64)
    const ended = (broken: Walk['broken']) => ({ at, broken, lastCommit, commits })
    if (head.length === 0) return ended('no')
    if (head.length < HEAD) return ended('cut')
    const size = Number(head.readBigUInt64LE(0))
    const checksum = head.readBigUInt64LE(8)
    if (size === 0) return ended('wrong')
    if (at + HEAD + size > file.size) return ended('cut')
    const commit = isCommit(head)
    if (!commit) rows.add(head.subarray(HEAD))
    if (!commit && !(await isSound(file, at, size, checksum))) return ended('wrong')
    at += HEAD + size
    if (!commit) continue
    lastCommit = at
    commits++
  }
}

/**
 * Reads the engine's write-ahead log from end to end and says what of it can be replayed. The engine itself
 * ends at the first entry that it cannot read, and, where a length is wrong, says nothing of what stands
 * behind. null where there is no log. The data file must not be open in this process.
 */
export async function readWal(path: string): Promise<WalReading | null> {
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (handle === null) return null
  try {
    const { size } = await handle.stat()
    return size === 0 ? null : await readEntries(new Window(handle, size))
  } finally {
    await handle.close()
  }
}

async function readEntries(file: Window): Promise<WalReading> {
  const bytes = file.size
  const none = { commits: 0, spans: 0, traces: 0 }
  const begin = preambleLength(await file.at(0, 256))
  if (begin === null) return { end: 'unknown', bytes, goodBytes: 0, commits: 0, beyond: none }
  const good = await walk(file, begin, new RowCount())
  const { commits, lastCommit: goodBytes } = good
  if (good.broken === 'no') return { end: 'usual', bytes, goodBytes, commits, beyond: none }

  const behind = new RowCount()
  let lost = 0
  for (let from = await nextCommit(file, good.at); from !== null; ) {
    const more = await walk(file, from, behind)
    lost += 1 + more.commits
    from = more.broken === 'no' ? null : await nextCommit(file, more.at)
  }
  if (lost === 0 && wasCommit(await file.at(good.at, CHUNK))) lost = 1
  const reading = { bytes, goodBytes, commits, brokenAt: good.at }
  if (lost === 0) return { ...reading, end: good.broken === 'cut' ? 'usual' : 'stray', beyond: none }
  const rowsOf = (table: string) => behind.rows.get(table) ?? 0
  return {
    ...reading,
    end: 'damaged',
    beyond: { commits: lost, spans: rowsOf('spans'), traces: rowsOf('traces') },
  }
}

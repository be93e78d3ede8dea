import { createReadStream, createWriteStream } from 'node:fs'
import { link, open, rename } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { StoreError } from './store-error.ts'
import { readWal, type WalReading } from './wal-reading.ts'

export interface WalRecovery {
  readonly walPath: string
  readonly readOnly: boolean
  /** Rejects where another process has the data file open: its log is not ours to touch. */
  readonly assertFree: () => Promise<void>
  readonly log: (line: string) => void
}

/** A name beside a file, with the moment in it: what is set aside is never written over. */
const asideName = (path: string, now = new Date()): string =>
  `${path}.aside-${now.toISOString().replaceAll(':', '-')}`

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** What stands behind the damage, in words. */
function loss({ beyond, commits }: WalReading): string {
  const rows = [
    ...(beyond.spans > 0 ? [plural(beyond.spans, 'span')] : []),
    ...(beyond.traces > 0 ? [`${plural(beyond.traces, 'row')} of traces`] : []),
  ].join(' and ')
  return `${plural(beyond.commits, 'commit')} from there on cannot be replayed${rows && ` (at least ${rows})`}, ${commits} before it can`
}

/**
 * Looks through the log before the engine replays it. A log that cannot be read to its end is set aside
 * whole, and what stands before the damage takes its place. Rejects with a StoreError where nothing can be
 * done safely; nothing was changed then.
 */
export async function mendWal({ walPath, readOnly, assertFree, log }: WalRecovery): Promise<void> {
  const reading = await readWal(walPath)
  if (reading === null || reading.end === 'usual') return
  await assertFree()
  if (reading.end === 'unknown') {
    throw new StoreError(
      'damaged',
      `${walPath} does not begin as a log of this version does, so nothing of it can be replayed: nothing was changed; docs/recovering.md says what can be done`,
    )
  }
  const what =
    reading.end === 'damaged'
      ? `${walPath} is damaged at byte ${reading.brokenAt} of ${reading.bytes}: ${loss(reading)}`
      : `${walPath} ends in ${reading.bytes - reading.goodBytes} bytes that are no part of it, as after a power cut: its ${plural(reading.commits, 'commit')} before them can be replayed`
  if (readOnly) {
    throw new StoreError('damaged', `${what}; start once without TURNSCOPE_READ_ONLY to set it aside`)
  }
  const kept = await setAside(walPath, reading.goodBytes)
  log(`store: ${what}`)
  log(
    `store: the whole log is kept as ${basename(kept)} beside the data file; docs/recovering.md says what can be done`,
  )
}

/** Keeps the log under another name and leaves its first bytes in its place. Gives that name. */
async function setAside(walPath: string, goodBytes: number): Promise<string> {
  const good = `${walPath}.new`
  // The engine reads a log without commits as one that was just begun.
  await pipeline(
    goodBytes > 0 ? createReadStream(walPath, { end: goodBytes - 1 }) : [],
    createWriteStream(good, { mode: 0o600 }),
  )
  const handle = await open(good, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
  const kept = asideName(walPath)
  // A second name first, so that at no moment there is none.
  await link(walPath, kept).catch(() => rename(walPath, kept))
  await rename(good, walPath)
  return kept
}

/**
 * Why a data directory cannot be used: `foreign` = not a file of ours, `newer` = written by a later version,
 * `held` = another process (or another store of this one) has it open, `damaged` = what stands in it cannot be
 * read, `missing` = the data file is gone though its log is there, `unreadable` = the file or its directory
 * cannot be read or written.
 */
export type StoreErrorKind = 'foreign' | 'newer' | 'held' | 'damaged' | 'missing' | 'unreadable'

/** A store that was not opened; the message is one line that names the file. The file was left as it was. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly kind: StoreErrorKind

  constructor(kind: StoreErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
  }
}

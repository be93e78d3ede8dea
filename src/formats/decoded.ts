import type { LogRecord, Span } from '../domain/model/span.ts'

/** What a document of any format holds. */
export interface Decoded {
  readonly spans: readonly Span[]
  readonly logs: readonly LogRecord[]
  /** Why records were left out, and what was odd in the document itself, in words. */
  readonly problems: readonly string[]
  /** How many records were left out. */
  readonly rejected: number
}

export const SOURCE_ERROR_KINDS = [
  'bad-request',
  'unauthorized',
  'forbidden',
  'not-found',
  'not-yet',
  'rate-limited',
  'timeout',
  'unreachable',
  'bad-reply',
  'unsupported',
] as const
export type SourceErrorKind = (typeof SOURCE_ERROR_KINDS)[number]

/** What went wrong at a source, as a fact. Pages turn the kind into advice. */
export class SourceError extends Error {
  override readonly name = 'SourceError'
  readonly kind: SourceErrorKind
  readonly retryAfterMs: number | undefined

  constructor(
    kind: SourceErrorKind,
    message: string,
    options?: { retryAfterMs?: number | undefined; cause?: unknown },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause })
    this.kind = kind
    this.retryAfterMs = options?.retryAfterMs
  }
}

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

/** The one map to HTTP, read in both directions. `not-yet` is a 404 that may become a trace. */
export const HTTP_STATUS: Record<SourceErrorKind, 400 | 401 | 403 | 404 | 429 | 502 | 504> = {
  'bad-request': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  'not-yet': 404,
  'rate-limited': 429,
  timeout: 504,
  unreachable: 502,
  'bad-reply': 502,
  unsupported: 400,
}

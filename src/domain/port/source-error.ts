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

interface SourceErrorOptions {
  readonly retryAfterMs?: number | undefined
  readonly cause?: unknown
  /** The gateway itself did not answer: nothing is known of the backends behind it. */
  readonly gatewayAway?: boolean
}

/** What went wrong at a source, as a fact. Pages turn the kind into advice. */
export class SourceError extends Error {
  override readonly name = 'SourceError'
  readonly kind: SourceErrorKind
  readonly retryAfterMs: number | undefined
  readonly gatewayAway: boolean

  constructor(kind: SourceErrorKind, message: string, options: SourceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.kind = kind
    this.retryAfterMs = options.retryAfterMs
    this.gatewayAway = options.gatewayAway ?? false
  }
}

/** Whether a failure is that the gateway did not answer at all. */
export const isGatewayAway = (error: unknown): boolean => error instanceof SourceError && error.gatewayAway

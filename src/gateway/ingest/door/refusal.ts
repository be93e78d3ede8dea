import { SourceError } from '../../../domain/port/source-error.ts'

/** The codes of google.rpc that ingest answers with. */
const RPC_CODE = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const
type RpcCode = (typeof RPC_CODE)[keyof typeof RPC_CODE]

/**
 * Why a request is refused, with the answer over HTTP and over gRPC. OTLP senders try again after 429, 503 and
 * UNAVAILABLE (over gRPC after DEADLINE_EXCEEDED too), and drop their data after the others.
 */
export const REFUSALS = {
  malformed: { status: 400, code: RPC_CODE.invalidArgument },
  unauthorized: { status: 401, code: RPC_CODE.unauthenticated },
  forbidden: { status: 403, code: RPC_CODE.permissionDenied },
  'too-slow': { status: 408, code: RPC_CODE.deadlineExceeded },
  'too-large': { status: 413, code: RPC_CODE.resourceExhausted },
  'media-type': { status: 415, code: RPC_CODE.unimplemented },
  busy: { status: 429, code: RPC_CODE.unavailable },
  unavailable: { status: 503, code: RPC_CODE.unavailable },
  failed: { status: 500, code: RPC_CODE.internal },
} as const satisfies Record<string, { status: number; code: RpcCode }>
export type RefusalReason = keyof typeof REFUSALS

const DEFAULT_RETRY_MS = 1000

/** A request that is not taken. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly reason: RefusalReason
  /** When to come again, where that may help. */
  readonly retryAfterMs: number | undefined

  constructor(reason: RefusalReason, message: string, options?: { retryAfterMs?: number; cause?: unknown }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause })
    this.reason = reason
    const retries = reason === 'busy' || reason === 'unavailable'
    this.retryAfterMs = options?.retryAfterMs ?? (retries ? DEFAULT_RETRY_MS : undefined)
  }
}

/** What a sink's failure means to the sender: only what cannot get better is final. */
export const refusalOfSink = (error: unknown): Refusal => {
  if (error instanceof Refusal) return error
  if (!(error instanceof SourceError))
    return new Refusal('unavailable', 'the store could not take it', { cause: error })
  const options = {
    cause: error,
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
  }
  switch (error.kind) {
    case 'rate-limited':
      return new Refusal('busy', error.message, options)
    case 'forbidden':
    case 'unsupported':
      return new Refusal('forbidden', error.message, { cause: error })
    case 'bad-request':
      return new Refusal('malformed', error.message, { cause: error })
    default:
      return new Refusal('unavailable', error.message, options)
  }
}

/** Any failure while a request is taken, as the answer to it. What nobody foresaw would fail again: it is final. */
export const refusalOf = (error: unknown): Refusal =>
  error instanceof Refusal ? error : new Refusal('failed', 'this request failed here', { cause: error })

/** Whether the fault is ours, and belongs in the log. */
export const isOurFault = (refusal: Refusal): boolean =>
  refusal.reason === 'failed' || refusal.reason === 'unavailable'

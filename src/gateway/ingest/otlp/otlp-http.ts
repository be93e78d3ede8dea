import { type Context, Hono } from 'hono'
import { peerOf, requestSocket } from '../../api/request-socket.ts'
import { InFlight } from '../door/in-flight.ts'
import { DEFAULT_INGEST_LIMITS, type IngestLimits } from '../door/ingest-limits.ts'
import { isOurFault, REFUSALS, Refusal, type RefusalReason, refusalOf } from '../door/refusal.ts'
import { readBody } from '../door/request-body.ts'
import type { SpanSink } from '../door/span-sink.ts'
import {
  acceptedJson,
  acceptedProtobuf,
  type OtlpEncoding,
  statusJson,
  statusProtobuf,
} from './otlp-answers.ts'
import { OTLP_SIGNALS, type OtlpSignal } from './otlp-signals.ts'

export type Verdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly status: 401 | 403; readonly message: string }
  /** Wrong tokens came from there, too many of them. */
  | { readonly ok: false; readonly status: 429; readonly message: string; readonly retryAfterMs: number }

/**
 * Whether a sender may pass, by its headers (over gRPC: its metadata, with the authority as Host) and the address
 * at the other end of its connection.
 */
export type Authorize = (headers: Headers, peer: string | undefined) => Verdict

export interface OtlpIngest {
  readonly sink: SpanSink
  readonly authorize: Authorize
  readonly limits?: IngestLimits
  /** true = nothing is taken. */
  readonly readOnly?: boolean
  /** Told of failures that are ours, not the sender's. */
  readonly onFailure?: (error: unknown) => void
  /** Shared by all ways in, so that they are bounded together. */
  readonly inFlight?: InFlight
}

const MEDIA_TYPES: ReadonlyMap<string, OtlpEncoding> = new Map([
  ['application/x-protobuf', 'protobuf'],
  ['application/protobuf', 'protobuf'],
  ['application/json', 'json'],
])

const encodingOf = (contentType: string | null): OtlpEncoding => {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const encoding = MEDIA_TYPES.get(type)
  if (encoding !== undefined) return encoding
  const given = type === '' ? 'no content type' : `content type "${type.slice(0, 60)}"`
  throw new Refusal('media-type', `${given}: application/x-protobuf or application/json is read here`)
}

/** What is wrong with the sender before its body is looked at. */
export const refuseSender = (
  ingest: Pick<OtlpIngest, 'authorize' | 'readOnly'>,
  headers: Headers,
  peer: string | undefined,
): void => {
  const verdict = ingest.authorize(headers, peer)
  if (!verdict.ok) {
    if (verdict.status === 429) throw new Refusal('busy', verdict.message, verdict)
    throw new Refusal(verdict.status === 401 ? 'unauthorized' : 'forbidden', verdict.message)
  }
  if (ingest.readOnly === true)
    throw new Refusal('forbidden', 'this explorer is read-only: it takes no traces')
}

/** Refusals of a body that was not read to its end. */
const LEAVES_BODY: ReadonlySet<RefusalReason> = new Set(['too-large', 'too-slow'])

const answerRefusal = (context: Context, refusal: Refusal, encoding: OtlpEncoding): Response => {
  const { status } = REFUSALS[refusal.reason]
  if (refusal.retryAfterMs !== undefined)
    context.header('Retry-After', String(Math.max(1, Math.ceil(refusal.retryAfterMs / 1000))))
  if (refusal.reason === 'unauthorized') context.header('WWW-Authenticate', 'Bearer, Basic realm="Turnscope"')
  // The rest of the body stays unread: the connection cannot carry another request.
  if (LEAVES_BODY.has(refusal.reason)) context.header('Connection', 'close')
  if (encoding === 'json') return context.json(statusJson(refusal), status)
  return context.body(Uint8Array.from(statusProtobuf(refusal)), status, {
    'Content-Type': 'application/x-protobuf',
  })
}

/** OTLP/HTTP: `POST /v1/traces`, the same at Langfuse's path, and `POST /v1/logs`. */
export function otlpRoutes(ingest: OtlpIngest): Hono {
  const limits = ingest.limits ?? DEFAULT_INGEST_LIMITS
  const inFlight = ingest.inFlight ?? new InFlight(limits)

  const take = async (context: Context, signal: OtlpSignal): Promise<Response> => {
    let encoding: OtlpEncoding = 'json'
    const room = inFlight.open(requestSocket(context))
    try {
      encoding = encodingOf(context.req.header('content-type') ?? null)
      refuseSender(ingest, context.req.raw.headers, peerOf(context))
      const body = await readBody(context.req.raw, limits, room)
      const accepted = await signal.take(body, encoding, ingest.sink, limits.otlp)
      if (encoding === 'json') return context.json(acceptedJson(accepted, signal.rejectedName))
      return context.body(Uint8Array.from(acceptedProtobuf(accepted)), 200, {
        'Content-Type': 'application/x-protobuf',
      })
    } catch (error) {
      const refusal = refusalOf(error)
      if (isOurFault(refusal)) ingest.onFailure?.(refusal.cause ?? refusal)
      return answerRefusal(context, refusal, encoding)
    } finally {
      room.release()
    }
  }

  const routes = new Hono()
  for (const signal of OTLP_SIGNALS)
    for (const path of signal.paths) {
      routes.post(path, (context) => take(context, signal))
      routes.all(path, (context) => context.text('exports are sent by POST', 405, { Allow: 'POST' }))
    }
  return routes
}

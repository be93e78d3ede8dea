import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { type Http2Sessions, http2Sessions } from '../door/http2-sessions.ts'
import { InFlight } from '../door/in-flight.ts'
import { DEFAULT_INGEST_LIMITS } from '../door/ingest-limits.ts'
import { isOurFault, refusalOf } from '../door/refusal.ts'
import { answerCall, readMessage, refuseCall, refuseContentType, refuseMethod } from './grpc-unary.ts'
import { acceptedProtobuf } from './otlp-answers.ts'
import { type OtlpIngest, refuseSender } from './otlp-http.ts'
import { OTLP_SIGNALS, type OtlpSignal } from './otlp-signals.ts'

/** Metadata as HTTP headers, the authority as Host. */
const headersOf = (metadata: IncomingHttpHeaders): Headers => {
  const headers = new Headers()
  for (const [key, value] of Object.entries(metadata))
    if (!key.startsWith(':') && typeof value === 'string') headers.set(key, value)
  const host = metadata[':authority'] ?? metadata.host
  if (host) headers.set('host', host)
  return headers
}

const isGrpc = (headers: IncomingHttpHeaders): boolean =>
  headers[':method'] === 'POST' && /^application\/grpc(?:$|[+;])/i.test(headers['content-type'] ?? '')

/**
 * The OTLP/gRPC services, TraceService and LogsService, for connections that are handed to it. Senders are judged
 * by their metadata before any of the message is read.
 */
export function otlpGrpc(ingest: OtlpIngest): Http2Sessions {
  const limits = ingest.limits ?? DEFAULT_INGEST_LIMITS
  const inFlight = ingest.inFlight ?? new InFlight(limits)
  const methods = new Map(OTLP_SIGNALS.map((signal) => [signal.method, signal]))

  const take = async (
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    signal: OtlpSignal,
  ): Promise<void> => {
    const room = inFlight.open(stream.session)
    try {
      refuseSender(ingest, headersOf(headers), stream.session?.socket.remoteAddress)
      const message = await readMessage(stream, headers, limits, room)
      const accepted = await signal.take(message, 'protobuf', ingest.sink, limits.otlp)
      answerCall(stream, acceptedProtobuf(accepted))
    } catch (error) {
      const refusal = refusalOf(error)
      if (isOurFault(refusal)) ingest.onFailure?.(refusal.cause ?? refusal)
      refuseCall(stream, refusal)
    } finally {
      room.release()
    }
  }

  const sessions = http2Sessions()
  sessions.server.on('stream', (stream, headers) => {
    // A sender that goes away is no failure: whoever waits for its bytes is told.
    stream.on('error', () => undefined)
    const path = headers[':path'] ?? ''
    const signal = methods.get(path)
    if (!isGrpc(headers)) refuseContentType(stream)
    else if (signal === undefined) refuseMethod(stream, path)
    else void take(stream, headers, signal)
  })
  return sessions
}

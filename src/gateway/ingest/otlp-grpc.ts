import {
  type handleUnaryCall,
  Metadata,
  ResponderBuilder,
  Server,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
  type ServiceDefinition,
  type StatusObject,
} from '@grpc/grpc-js'
import { InFlight } from './in-flight.ts'
import { DEFAULT_INGEST_LIMITS } from './ingest-limits.ts'
import { acceptedProtobuf, statusProtobuf } from './otlp-answers.ts'
import { type OtlpIngest, refuseSender } from './otlp-http.ts'
import { OTLP_SIGNALS, type OtlpSignal } from './otlp-signals.ts'
import { isOurFault, REFUSALS, type Refusal, refusalOf } from './refusal.ts'

const asIs = (bytes: Buffer): Buffer => bytes

const definitionOf = (signal: OtlpSignal): ServiceDefinition => ({
  Export: {
    path: signal.method,
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  },
})

/** gRPC's status, with google.rpc.Status beside it: there stands when to come again. */
const statusOf = (refusal: Refusal): StatusObject => {
  const metadata = new Metadata()
  metadata.set('grpc-status-details-bin', Buffer.from(statusProtobuf(refusal)))
  return { code: REFUSALS[refusal.reason].code, details: refusal.message, metadata }
}

/** Metadata as HTTP headers, the authority as Host. */
const headersOf = (metadata: Metadata, host: string): Headers => {
  const headers = new Headers()
  for (const [key, value] of Object.entries(metadata.getMap()))
    if (typeof value === 'string') headers.set(key, value)
  if (host !== '') headers.set('host', host)
  return headers
}

/** Turns senders away by their metadata, before any of the message is read. */
const gate = (ingest: OtlpIngest): ServerInterceptor => {
  return (_method, call) => {
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        try {
          refuseSender(ingest, headersOf(metadata, call.getHost()))
        } catch (error) {
          call.sendStatus(statusOf(refusalOf(error)))
          return
        }
        next(metadata)
      })
      .build()
    return new ServerInterceptingCall(
      call,
      new ResponderBuilder().withStart((next) => next(listener)).build(),
    )
  }
}

/**
 * The OTLP/gRPC services, TraceService and LogsService, not yet listening. gzip is read by the library; a message
 * beyond the limit, decompressed or not, is RESOURCE_EXHAUSTED.
 */
export function createOtlpGrpcServer(ingest: OtlpIngest): Server {
  const limits = ingest.limits ?? DEFAULT_INGEST_LIMITS
  const inFlight = ingest.inFlight ?? new InFlight(limits.bytesInFlight)
  const server = new Server({
    'grpc.max_receive_message_length': limits.decompressedBytes,
    interceptors: [gate(ingest)],
  })

  const exportOf = (signal: OtlpSignal): handleUnaryCall<Buffer, Buffer> => {
    const take = async (body: Buffer): Promise<Buffer> => {
      const room = inFlight.open()
      try {
        room.take(body.byteLength)
        return Buffer.from(acceptedProtobuf(await signal.take(body, 'protobuf', ingest.sink, limits.otlp)))
      } finally {
        room.release()
      }
    }
    return (call, done) => {
      take(call.request).then(
        (answer) => done(null, answer),
        (error) => {
          const refusal = refusalOf(error)
          if (isOurFault(refusal)) ingest.onFailure?.(refusal.cause ?? refusal)
          done(statusOf(refusal))
        },
      )
    }
  }

  for (const signal of OTLP_SIGNALS) server.addService(definitionOf(signal), { Export: exportOf(signal) })
  return server
}

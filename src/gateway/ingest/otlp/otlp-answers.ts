import protobuf from 'protobufjs/minimal.js'
import { REFUSALS, type Refusal } from '../door/refusal.ts'

/** How a request is written, and so its answer. */
export type OtlpEncoding = 'protobuf' | 'json'

/** A request that was taken, all or in part. */
export interface Accepted {
  readonly rejected: number
  readonly message: string
}

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo'
const LENGTH_DELIMITED = 2
const field = (number: number, wireType: number): number => (number << 3) | wireType

/** Export{Trace,Logs}ServiceResponse: `{partial_success = 1 {rejected = 1, error_message = 2}}`, empty when all went in. */
export const acceptedProtobuf = ({ rejected, message }: Accepted): Uint8Array => {
  const writer = protobuf.Writer.create()
  if (rejected === 0 && message === '') return writer.finish()
  const partial = writer.uint32(field(1, LENGTH_DELIMITED)).fork()
  if (rejected > 0) partial.uint32(field(1, 0)).int64(rejected)
  if (message !== '') partial.uint32(field(2, LENGTH_DELIMITED)).string(message)
  return partial.ldelim().finish()
}

/** The same in OTLP/JSON, where 64-bit integers are text. */
export const acceptedJson = ({ rejected, message }: Accepted, countName: string): object =>
  rejected === 0 && message === ''
    ? {}
    : { partialSuccess: { [countName]: String(rejected), errorMessage: message } }

/** google.rpc.Status with RetryInfo where the sender shall come again: over gRPC and as HTTP's protobuf error. */
export const statusProtobuf = (refusal: Refusal): Uint8Array => {
  const writer = protobuf.Writer.create()
  writer.uint32(field(1, 0)).int32(REFUSALS[refusal.reason].code)
  writer.uint32(field(2, LENGTH_DELIMITED)).string(refusal.message)
  if (refusal.retryAfterMs === undefined) return writer.finish()
  const seconds = Math.floor(refusal.retryAfterMs / 1000)
  const nanos = Math.round((refusal.retryAfterMs - seconds * 1000) * 1_000_000)
  const any = writer.uint32(field(3, LENGTH_DELIMITED)).fork()
  any.uint32(field(1, LENGTH_DELIMITED)).string(RETRY_INFO)
  const info = any.uint32(field(2, LENGTH_DELIMITED)).fork()
  const delay = info.uint32(field(1, LENGTH_DELIMITED)).fork()
  if (seconds > 0) delay.uint32(field(1, 0)).int64(seconds)
  if (nanos > 0) delay.uint32(field(2, 0)).int32(nanos)
  delay.ldelim()
  info.ldelim()
  any.ldelim()
  return writer.finish()
}

/** The same in JSON. */
export const statusJson = (refusal: Refusal): object => ({
  code: REFUSALS[refusal.reason].code,
  message: refusal.message,
  ...(refusal.retryAfterMs !== undefined && {
    details: [{ '@type': RETRY_INFO, retryDelay: `${refusal.retryAfterMs / 1000}s` }],
  }),
})

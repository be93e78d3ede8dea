import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { IngestLimits } from '../door/ingest-limits.ts'
import { REFUSALS, Refusal } from '../door/refusal.ts'
import { type BodyRoom, readChunks } from '../door/request-body.ts'
import { receivedBy } from '../door/sender-clock.ts'
import { statusProtobuf } from './otlp-answers.ts'

/** A message's prefix: a byte that says whether it is compressed, and its length in four. */
const PREFIX_BYTES = 5
const REPLY_HEADERS = {
  ':status': 200,
  'content-type': 'application/grpc+proto',
  'grpc-accept-encoding': 'identity,deflate,gzip',
}

/** What a message may be packed by: the names of `Content-Encoding`, but not all of them. */
const ENCODINGS: ReadonlySet<string> = new Set(['identity', 'gzip', 'deflate'])

const cutOff = (): Refusal => new Refusal('malformed', 'the message ended before it was whole')

/** The one message that follows a prefix, without anything beyond it. */
async function* messageOf(
  first: Uint8Array,
  others: AsyncIterable<Uint8Array>,
  length: number,
): AsyncGenerator<Uint8Array> {
  let left = length - first.byteLength
  if (first.byteLength > 0 && left >= 0) yield first
  if (left >= 0)
    for await (const chunk of others) {
      left -= chunk.byteLength
      if (left < 0) break
      yield chunk
    }
  if (left < 0) throw new Refusal('malformed', 'a call holds one message, not more')
  if (left > 0) throw cutOff()
}

/**
 * The message of a unary call, decompressed. Each byte is counted as it comes, and no more is asked for than is
 * counted: what a sender has sent beyond that waits in its HTTP/2 window.
 * @throws Refusal as `readChunks`, `malformed` where it is no single whole message.
 */
export async function readMessage(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  limits: IngestLimits,
  room: BodyRoom,
): Promise<Buffer> {
  const chunks = receivedBy(room.clock, stream.iterator({ destroyOnReturn: false }))
  let start: Buffer = Buffer.alloc(0)
  while (start.byteLength < PREFIX_BYTES) {
    const next = await chunks.next().catch((error) => {
      throw error instanceof Refusal ? error : cutOff()
    })
    if (next.done) throw cutOff()
    start = Buffer.concat([start, next.value])
  }
  const isCompressed = start.readUInt8(0) === 1
  const length = start.readUInt32BE(1)
  if (length > limits.bodyBytes)
    throw new Refusal('too-large', `the message is larger than ${limits.bodyBytes} bytes`)
  const encoding = isCompressed ? String(headers['grpc-encoding'] ?? 'identity') : 'identity'
  if (!ENCODINGS.has(encoding))
    throw new Refusal('media-type', `grpc-encoding "${encoding.slice(0, 40)}" is not known: gzip or deflate`)
  return readChunks(messageOf(start.subarray(PREFIX_BYTES), chunks, length), encoding, limits, room)
}

/** A text as it stands in `grpc-message`: percent-encoded but for plain ASCII. */
const percentEncoded = (text: string): string => {
  let encoded = ''
  for (const byte of Buffer.from(text, 'utf8'))
    encoded +=
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  return encoded
}

const canAnswer = (stream: ServerHttp2Stream): boolean =>
  !stream.destroyed && !stream.closed && !stream.headersSent

/** Ends a call with a message and the status OK. */
export function answerCall(stream: ServerHttp2Stream, message: Uint8Array): void {
  if (!canAnswer(stream)) return
  const prefix = Buffer.alloc(PREFIX_BYTES)
  prefix.writeUInt32BE(message.byteLength, 1)
  stream.respond(REPLY_HEADERS, { waitForTrailers: true })
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  stream.end(Buffer.concat([prefix, message]))
}

const endCall = (stream: ServerHttp2Stream, headers: Record<string, string | number>): void => {
  if (!canAnswer(stream)) return
  stream.respond(headers, { endStream: true })
  // What else it sends is not read: the call is over.
  if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR)
}

/** Ends a call with gRPC's status, and google.rpc.Status beside it: there stands when to come again. */
export function refuseCall(stream: ServerHttp2Stream, refusal: Refusal): void {
  endCall(stream, {
    ...REPLY_HEADERS,
    'grpc-status': String(REFUSALS[refusal.reason].code),
    'grpc-message': percentEncoded(refusal.message),
    'grpc-status-details-bin': Buffer.from(statusProtobuf(refusal)).toString('base64'),
  })
}

const UNIMPLEMENTED = '12'

/** Ends a call of a method that is none of ours. */
export function refuseMethod(stream: ServerHttp2Stream, path: string): void {
  endCall(stream, {
    ...REPLY_HEADERS,
    'grpc-status': UNIMPLEMENTED,
    'grpc-message': percentEncoded(`the method ${path.slice(0, 200)} is not implemented`),
  })
}

/** Ends what is no call of gRPC at all. */
export const refuseContentType = (stream: ServerHttp2Stream): void =>
  endCall(stream, { ':status': 415, 'accept-post': 'application/grpc' })

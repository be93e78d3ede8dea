import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createInflate } from 'node:zlib'
import type { Room } from './in-flight.ts'
import type { IngestLimits } from './ingest-limits.ts'
import { Refusal } from './refusal.ts'
import { receivedBy } from './sender-clock.ts'

const DECODERS: { readonly [encoding: string]: () => Transform | null } = {
  identity: () => null,
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
}

type Chunks = AsyncIterable<Uint8Array>

/** Passes chunks on until there are too many bytes. */
async function* bounded(chunks: Chunks, limit: number, what: string, take?: (bytes: number) => void) {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.byteLength
    if (bytes > limit) throw new Refusal('too-large', `the ${what} is larger than ${limit} bytes`)
    take?.(chunk.byteLength)
    yield chunk
  }
}

const isZlibError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_')

/** What a body is counted by while it is read. */
export type BodyRoom = Pick<Room, 'take' | 'clock'>

/**
 * A request's whole body, decompressed, as `readChunks`.
 * @throws Refusal as `readChunks`
 */
export async function readBody(request: Request, limits: IngestLimits, room: BodyRoom): Promise<Buffer> {
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() || 'identity'
  if (Number(request.headers.get('content-length')) > limits.bodyBytes)
    throw new Refusal('too-large', `the body is larger than ${limits.bodyBytes} bytes`)
  if (request.body === null) return Buffer.alloc(0)
  return readChunks(receivedBy(room.clock, request.body), encoding, limits, room)
}

/**
 * What comes in chunks, decompressed and whole. It stops while it streams: neither a body nor what it unpacks to
 * is ever held beyond its limit, and the room counts every byte before it is kept.
 * @throws Refusal `too-large`, `media-type` (an encoding that is not known), `malformed` (broken compression),
 * `busy`, `too-slow`.
 */
export async function readChunks(
  chunks: Chunks,
  encoding: string,
  limits: IngestLimits,
  room: BodyRoom,
): Promise<Buffer> {
  const decoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined
  if (decoder === undefined)
    throw new Refusal(
      'media-type',
      `content encoding "${encoding.slice(0, 40)}" is not known: gzip, deflate or none`,
    )
  const sent = Readable.from(bounded(chunks, limits.bodyBytes, 'body'), { objectMode: false })
  const parts: Uint8Array[] = []
  // Of the errors that a broken pipeline throws, the one that broke it counts.
  let refusal: Refusal | undefined
  const keep = async (unpacked: Chunks) => {
    const take = (bytes: number) => room.take(bytes)
    try {
      for await (const part of bounded(unpacked, limits.decompressedBytes, 'decompressed body', take))
        parts.push(part)
    } catch (error) {
      if (error instanceof Refusal) refusal = error
      throw error
    }
  }
  const transform = decoder()
  try {
    if (transform === null) await pipeline(sent, keep)
    else await pipeline(sent, transform, keep)
  } catch (error) {
    if (refusal !== undefined) throw refusal
    if (isZlibError(error))
      throw new Refusal('malformed', `the ${encoding} body is broken: ${error.message}`, { cause: error })
    if (error instanceof Refusal) throw error
    throw new Refusal('malformed', 'the body ended before it was whole', { cause: error })
  }
  return Buffer.concat(parts)
}

import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { Context } from 'hono'
import { SourceError } from '../../domain/port/source-error.ts'
import { errorBody, HTTP_STATUS } from '../../wire/error-body.ts'
import { isLoopback } from '../settings/config.ts'
import { acceptsEncoding } from './static-files.ts'

const compress = promisify(gzip)

/** From here on the bytes saved are worth the time. */
const WORTH_COMPRESSING = 8_192
/** Above this, speed counts for more than the last tenth of size. */
const LARGE = 262_144

/**
 * Whether the reader sits on this machine with nothing in between that says so: packing and unpacking would
 * cost it more than the bytes do.
 */
const isBeside = (context: Context): boolean => {
  const { incoming } = (context.env ?? {}) as { incoming?: IncomingMessage }
  const address = incoming?.socket.remoteAddress?.replace(/^::ffff:/, '')
  const { headers } = context.req.raw
  return (
    address !== undefined &&
    isLoopback(address) &&
    !['x-forwarded-for', 'forwarded', 'via'].some((name) => headers.has(name))
  )
}

const wantsCompression = (context: Context, length: number): boolean =>
  length >= WORTH_COMPRESSING &&
  acceptsEncoding(context.req.header('accept-encoding'), 'gzip') &&
  !isBeside(context)

/** A value as the JSON that is sent: what is kept need not be written anew. */
export class JsonText {
  readonly bytes: Buffer<ArrayBuffer>

  constructor(value: unknown) {
    this.bytes = Buffer.from(JSON.stringify(value))
  }
}

/**
 * Replies with JSON, compressed where it is large and the reader takes it: the whole buffer at once, off the
 * main thread, never through a stream compressor (on Node 20 that ignores back-pressure).
 */
export async function jsonReply(
  context: Context,
  value: unknown,
  status = 200,
  more: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const body = (value instanceof JsonText ? value : new JsonText(value)).bytes
  const headers = new Headers({
    'content-type': 'application/json',
    'cache-control': 'no-store',
    vary: 'Accept-Encoding',
    ...more,
  })
  if (!wantsCompression(context, body.length)) return new Response(body, { status, headers })
  headers.set('content-encoding', 'gzip')
  const level = body.length > LARGE ? constants.Z_BEST_SPEED : constants.Z_DEFAULT_COMPRESSION
  const compressed = await compress(body, { level })
  return new Response(compressed as Buffer<ArrayBuffer>, { status, headers })
}

/** The reader has gone: nobody reads this. */
const CLIENT_CLOSED = 499

/**
 * Replies with what went wrong: a SourceError as its kind says, anything else as a failure of ours, whose
 * details are for the log alone.
 */
export function errorReply(context: Context, error: unknown): Response | Promise<Response> {
  if (error instanceof SourceError) {
    const { kind, message, retryAfterMs } = error
    // Who knows when it will be there again is itself the one that is not available, no gateway's other side.
    const status = kind === 'unreachable' && retryAfterMs !== undefined ? 503 : HTTP_STATUS[kind]
    const response = jsonReply(context, errorBody(kind, message, retryAfterMs), status)
    if (retryAfterMs === undefined) return response
    return response.then((reply) => {
      reply.headers.set('retry-after', String(Math.ceil(retryAfterMs / 1000)))
      return reply
    })
  }
  if (context.req.raw.signal.aborted) return new Response(null, { status: CLIENT_CLOSED })
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  console.error(`turnscope: ${context.req.method} ${context.req.path} failed: ${stack}`)
  return jsonReply(context, errorBody('internal', 'the gateway failed; its log says how'), 500)
}

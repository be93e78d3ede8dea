import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import {
  holdersInSteps,
  QueriedSpans,
  type QueriedTraces,
  type ReplyShape,
  spansInSteps,
} from '../../formats/jaeger/query-reply.ts'
import { type ReplyFrame, ReplySplitter, type SpanPiece } from '../../formats/jaeger/reply-splitter.ts'
import { BadJsonError } from '../../formats/json-count.ts'

const deflate = promisify(deflateRaw)
const inflate = promisify(inflateRaw)

/** So many bytes of a reply are held as they are: packing most replies would cost more than it saves. */
const HELD_AS_IT_IS = 32_000_000
/** Pieces that are being packed at a time. */
const AT_ONCE = 3

interface HeldPiece {
  readonly parts: SpanPiece['parts']
  readonly bytes: Uint8Array | Promise<Uint8Array>
  readonly isPacked: boolean
}

const hold = ({ bytes, parts }: SpanPiece, isPacked: boolean): HeldPiece => {
  const packed = isPacked ? deflate(bytes, { level: 1 }) : bytes
  // Awaited in its turn; until then a failure is not an unhandled one.
  if (packed instanceof Promise) packed.catch(() => {})
  return { bytes: packed, parts, isPacked }
}

async function inTurns<Result>(steps: Generator<unknown, Result>): Promise<Result> {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    await setImmediate()
  }
}

/** Holds a reply's spans packed while it comes: what they mean may be said at its end. */
async function receive(
  chunks: AsyncIterable<Uint8Array>,
  shape: ReplyShape,
): Promise<{ held: HeldPiece[]; frame: ReplyFrame; bytes: number }> {
  const splitter = new ReplySplitter(shape.spans)
  const held: HeldPiece[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    for (const piece of splitter.push(chunk)) {
      held.push(hold(piece, bytes > HELD_AS_IT_IS))
      await held.at(-AT_ONCE)?.bytes
    }
  }
  const { last, frame } = splitter.end()
  if (last) held.push(hold(last, false))
  return { held, frame, bytes }
}

async function read(held: HeldPiece[], frame: ReplyFrame, shape: ReplyShape, signal: AbortSignal) {
  const holders = await inTurns(holdersInSteps(frame, shape))
  if (holders === undefined) return undefined
  const found = new QueriedSpans()
  for (const { parts, bytes, isPacked } of takenFrom(held)) {
    const packed = await bytes
    const piece = { bytes: isPacked ? await inflate(packed) : packed, parts }
    found.add(await inTurns(spansInSteps(piece, holders, shape)))
    signal.throwIfAborted()
  }
  return found.done()
}

/** Each item in its order, none kept. */
function* takenFrom<Item>(list: Item[]): Generator<Item> {
  list.reverse()
  for (let item = list.pop(); item !== undefined; item = list.pop()) yield item
}

/** The traces of a reply, and how many bytes it had. */
export interface StreamedReply {
  readonly found: QueriedTraces
  readonly bytes: number
}

/**
 * Reads a reply as it comes: never held as one text or one document, its spans packed until they are read.
 * undefined where it is no reply of that shape. Rejects as the chunks do.
 */
export async function readReply(
  chunks: AsyncIterable<Uint8Array>,
  shape: ReplyShape,
  signal: AbortSignal,
): Promise<StreamedReply | undefined> {
  try {
    const { held, frame, bytes } = await receive(chunks, shape)
    const found = await read(held, frame, shape, signal)
    return found && { found, bytes }
  } catch (error) {
    if (error instanceof BadJsonError) return undefined
    throw error
  }
}

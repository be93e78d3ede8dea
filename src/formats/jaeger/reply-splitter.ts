import { BadJsonError } from '../json-count.ts'

/** Where lists of spans stand in a reply: keys of objects, and `[]` for any item of a list. */
export type SpansPath = readonly string[]

/** Some spans of a reply as they came. */
export interface SpanPiece {
  /** JSON, one span after the other, commas between them. */
  readonly bytes: Uint8Array
  /** Which lists they stood in, numbered as the reply has them, and how many of each. */
  readonly parts: readonly (readonly [list: number, count: number])[]
}

/** A reply without its spans: its lists of them are there, and empty. */
export interface ReplyFrame {
  /** JSON. Some versions answer in several documents, a line each. */
  readonly documents: readonly Uint8Array[]
  /** How many lists of spans there are. */
  readonly lists: number
}

/** A few milliseconds of parsing. */
const PIECE = 262_144
const DEEPEST = 1_000

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** What a byte between texts means for how deep one is: it opens a container, or closes one, or a text. */
const TEXT = 2
const EFFECTS = new Int8Array(256)
for (const byte of [OPEN_OBJECT, OPEN_LIST]) EFFECTS[byte] = 1
for (const byte of [CLOSE_OBJECT, CLOSE_LIST]) EFFECTS[byte] = -1
EFFECTS[QUOTE] = TEXT

const decoder = new TextDecoder()

/** Bytes that grow at their end. */
class Growing {
  #bytes: Uint8Array
  length = 0

  constructor(size: number) {
    this.#bytes = new Uint8Array(size)
  }

  add(part: Uint8Array): void {
    this.#makeRoom(part.length)
    this.#bytes.set(part, this.length)
    this.length += part.length
  }

  addByte(byte: number): void {
    this.#makeRoom(1)
    this.#bytes[this.length++] = byte
  }

  /** What was added from a place on, on the same memory. */
  since(start: number, end = this.length): Uint8Array {
    return this.#bytes.subarray(start, end)
  }

  /** All of it, on memory of its own; it is empty then. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.length)
    this.length = 0
    // What one large span took is not kept for small ones.
    if (this.#bytes.length > 8 * PIECE) this.#bytes = new Uint8Array(2 * PIECE)
    return taken
  }

  #makeRoom(more: number): void {
    if (this.length + more <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + more))
    larger.set(this.since(0))
    this.#bytes = larger
  }
}

interface Container {
  readonly isObject: boolean
  /** How many steps of the path lead here; -1 = it is not on the path. */
  readonly steps: number
}

/**
 * Cuts the spans out of a reply while it comes, so that it is never held as a whole, as text or parsed: pieces
 * of some spans each, and the frame in which they stood. What a span means may be said behind it (legacy
 * replies name the processes last), so pieces can be read once the frame is whole.
 *
 * Bytes between spans are looked at closely, those within them only for where they end: whoever parses the
 * pieces meets what is no JSON.
 */
export class ReplySplitter {
  readonly #path: SpansPath
  readonly #frame = new Growing(65_536)
  readonly #piece = new Growing(2 * PIECE)
  readonly #documents: Uint8Array[] = []
  readonly #open: Container[] = []
  #ready: SpanPiece[] = []
  #parts: [list: number, count: number][] = []
  #lists = 0
  /** Within a span: how many containers are open in it. */
  #depth = 0
  #inText = false
  #isEscaped = false
  /** Where in the frame the last text began and ended: a key, where a colon follows. */
  #textStart = 0
  #textEnd = 0
  #key = ''
  /** Of the list of spans that is open: how many there were, and whether one may stand next. */
  #spans = 0
  #awaitsSpan = true

  constructor(path: SpansPath) {
    this.#path = path
  }

  /**
   * Takes what came next; gives the pieces that are full.
   * @throws BadJsonError where it cannot become a reply
   */
  push(chunk: Uint8Array): readonly SpanPiece[] {
    let at = 0
    while (at < chunk.length) at = this.#depth > 0 ? this.#withinSpan(chunk, at) : this.#between(chunk, at)
    const ready = this.#ready
    this.#ready = []
    return ready
  }

  /**
   * The last piece, and the frame of all.
   * @throws BadJsonError where the reply broke off
   */
  end(): { readonly last: SpanPiece | undefined; readonly frame: ReplyFrame } {
    if (this.#open.length > 0 || this.#depth > 0 || this.#inText)
      throw new BadJsonError('the JSON breaks off')
    const rest = this.#frame.take()
    if (rest.some((byte) => byte > 0x20)) this.#documents.push(rest)
    const last = this.#piece.length > 0 ? this.#takePiece() : undefined
    return { last, frame: { documents: this.#documents, lists: this.#lists } }
  }

  #takePiece(): SpanPiece {
    const piece = { bytes: this.#piece.take(), parts: this.#parts }
    this.#parts = []
    return piece
  }

  /** Goes on in a span up to its end, or the chunk's. */
  #withinSpan(chunk: Uint8Array, from: number): number {
    const end = chunk.length
    let at = from
    let depth = this.#depth
    let inText = this.#inText
    if (this.#isEscaped) {
      this.#isEscaped = false
      at++
    }
    while (at < end && depth > 0) {
      if (inText) {
        // Most of a span is texts.
        let byte = 0
        while (at < end) {
          byte = chunk[at++] as number
          if (byte === QUOTE || byte === BACKSLASH) break
        }
        if (byte === QUOTE) inText = false
        else if (byte === BACKSLASH && at++ === end) this.#isEscaped = true
        continue
      }
      const effect = EFFECTS[chunk[at++] as number] as number
      if (effect === TEXT) inText = true
      else depth += effect
    }
    at = Math.min(at, end)
    this.#piece.add(chunk.subarray(from, at))
    this.#depth = depth
    this.#inText = inText
    if (depth === 0 && this.#piece.length >= PIECE) this.#ready.push(this.#takePiece())
    return at
  }

  /** Looks at one byte, or at a text, outside of spans. */
  #between(chunk: Uint8Array, at: number): number {
    if (this.#inText) return this.#withinText(chunk, at)
    const byte = chunk[at] as number
    const top = this.#open.at(-1)
    if (top !== undefined && this.#isListOfSpans(top) && byte !== CLOSE_LIST)
      return this.#inListOfSpans(chunk, at, byte)
    this.#frame.addByte(byte)
    if (byte === QUOTE) {
      this.#inText = true
      this.#textStart = this.#frame.length - 1
    } else if (byte === COLON) this.#key = this.#keyText()
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#enter(byte === OPEN_OBJECT, top)
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) this.#leave(byte === CLOSE_OBJECT)
    return at + 1
  }

  #withinText(chunk: Uint8Array, from: number): number {
    let at = from
    for (; at < chunk.length && this.#inText; at++) {
      const byte = chunk[at]
      if (this.#isEscaped) this.#isEscaped = false
      else if (byte === BACKSLASH) this.#isEscaped = true
      else if (byte === QUOTE) this.#inText = false
    }
    this.#frame.add(chunk.subarray(from, at))
    this.#textEnd = this.#frame.length
    return at
  }

  #inListOfSpans(chunk: Uint8Array, at: number, byte: number): number {
    if (byte <= 0x20) return at + 1
    if (byte === COMMA && !this.#awaitsSpan) {
      this.#awaitsSpan = true
      return at + 1
    }
    if (byte !== OPEN_OBJECT || !this.#awaitsSpan)
      throw new BadJsonError('a list of spans holds something else')
    this.#awaitsSpan = false
    this.#spans++
    if (this.#piece.length > 0) this.#piece.addByte(COMMA)
    const list = this.#lists - 1
    const part = this.#parts.at(-1)
    if (part?.[0] === list) part[1]++
    else this.#parts.push([list, 1])
    this.#piece.add(chunk.subarray(at, at + 1))
    this.#depth = 1
    return at + 1
  }

  #isListOfSpans({ isObject, steps }: Container): boolean {
    return !isObject && steps === this.#path.length
  }

  #enter(isObject: boolean, parent: Container | undefined): void {
    const step = parent?.isObject ? this.#key : '[]'
    const onPath = parent !== undefined && parent.steps >= 0 && this.#path[parent.steps] === step
    const container = { isObject, steps: parent === undefined ? 0 : onPath ? parent.steps + 1 : -1 }
    if (this.#open.push(container) > DEEPEST) throw new BadJsonError('nested too deep')
    if (!this.#isListOfSpans(container)) return
    this.#lists++
    this.#spans = 0
    this.#awaitsSpan = true
  }

  #leave(isObject: boolean): void {
    const left = this.#open.pop()
    if (left?.isObject !== isObject) throw new BadJsonError('no JSON')
    if (this.#isListOfSpans(left) && this.#awaitsSpan && this.#spans > 0)
      throw new BadJsonError('a span is missing behind a comma')
    if (this.#open.length === 0) this.#documents.push(this.#frame.take())
  }

  #keyText(): string {
    const text = decoder.decode(this.#frame.since(this.#textStart, this.#textEnd))
    try {
      return String(JSON.parse(text))
    } catch {
      throw new BadJsonError('no JSON')
    }
  }
}

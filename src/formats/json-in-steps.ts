import {
  BadJsonError,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  countJson,
  DEFAULT_JSON_LIMITS,
  endOfText,
  type JsonLimits,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
} from './json-count.ts'
import { setKey } from './otlp/guard/value-guard.ts'

/** About so many bytes are parsed in one go: a millisecond or two. */
const PIECE = 131_072

type Container = unknown[] | { [key: string]: unknown }
/** Whether a container is an object, by its level. */
type Kinds = readonly boolean[]

/** Stands for the key of a member that began in an earlier piece; nobody can foresee it. */
const EARLIER = `\u0000${crypto.randomUUID()}`
const BEFORE_MEMBER = `{${JSON.stringify(EARLIER)}:`

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new BadJsonError('no JSON', { cause })
  }
}

/** What opens the containers that a piece begins in: the deepest goes on with its next member. */
const openers = (kinds: Kinds): string =>
  kinds.map((isObject, level) => (!isObject ? '[' : level < kinds.length - 1 ? BEFORE_MEMBER : '{')).join('')
const closers = (kinds: Kinds): string =>
  kinds
    .map((isObject) => (isObject ? '}' : ']'))
    .toReversed()
    .join('')

/** Adds what a piece holds of a container, but for the member that a deeper container of it is. */
function addMembers(target: Container, piece: Container, isDeepest: boolean): void {
  if (Array.isArray(target)) {
    const members = piece as unknown[]
    for (let index = isDeepest ? 0 : 1; index < members.length; index++) target.push(members[index])
  } else for (const [key, value] of Object.entries(piece)) if (key !== EARLIER) setKey(target, key, value)
}

/** A document that grows piece by piece. */
class Growing {
  root: unknown
  private open: Container[] = []
  private kinds: Kinds = []

  /**
   * Adds the text between two commas. `kinds` are the containers open at its end, `keys` gives the last key of
   * such an object, `lowest` is how few were open at a time since the last piece.
   */
  add(text: string, kinds: Kinds, lowest: number, keys: (level: number) => string): void {
    const value = parsed(openers(this.kinds) + text + closers(kinds))
    if (this.kinds.length === 0) this.root = value
    else this.merge(value as Container)
    const open = this.open.slice(0, lowest)
    for (let level = open.length; level < kinds.length; level++) {
      const holder = open[level - 1]
      if (holder === undefined) open.push(this.root as Container)
      else if (Array.isArray(holder)) open.push(holder.at(-1) as Container)
      else open.push(holder[JSON.parse(keys(level - 1)) as string] as Container)
    }
    this.open = open
    this.kinds = kinds
  }

  private merge(value: Container): void {
    let piece = value
    for (const [level, target] of this.open.entries()) {
      const isDeepest = level === this.open.length - 1
      addMembers(target, piece, isDeepest)
      if (!isDeepest) piece = (Array.isArray(piece) ? piece[0] : piece[EARLIER]) as Container
    }
  }
}

/** What stands at a comma's sides: pieces would hide that a member is missing there. */
const isBetweenMembers = (bytes: Uint8Array, comma: number): boolean => {
  let before = comma - 1
  while (isSpace(bytes[before])) before--
  let after = comma + 1
  while (isSpace(bytes[after])) after++
  const [left, right] = [bytes[before], bytes[after]]
  const opens = left === OPEN_LIST || left === OPEN_OBJECT || left === COMMA || left === COLON
  return !opens && right !== CLOSE_LIST && right !== CLOSE_OBJECT && right !== COMMA
}

/**
 * `JSON.parse` of UTF-8 that pauses: what the document holds is counted first, then the bytes are cut at
 * commas into pieces that are parsed by themselves.
 * @throws BadJsonError where it is no JSON or nested too deep, OverLimitError where it holds too much.
 */
export function* parseJsonInSteps(
  bytes: Uint8Array,
  limits: JsonLimits = DEFAULT_JSON_LIMITS,
): Generator<undefined, unknown> {
  yield* countJson(bytes, limits)
  const growing = new Growing()
  const isObject: boolean[] = []
  // Where the last key of each open container stands.
  const keyStarts: number[] = []
  const keyEnds: number[] = []
  const keyText = (level: number): string =>
    decoder.decode(bytes.subarray(keyStarts[level], (keyEnds[level] ?? 0) + 1))
  let textStart = 0
  let textEnd = 0
  let lowest = 0
  let pieceStart = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      textStart = at
      at = endOfText(bytes, at)
      textEnd = at
    } else if (byte === COMMA) {
      if (at - pieceStart < PIECE || isObject.length === 0) continue
      if (!isBetweenMembers(bytes, at)) throw new BadJsonError('no JSON')
      growing.add(decoder.decode(bytes.subarray(pieceStart, at)), [...isObject], lowest, keyText)
      pieceStart = at + 1
      lowest = isObject.length
      yield
    } else if (byte === COLON) {
      keyStarts[isObject.length - 1] = textStart
      keyEnds[isObject.length - 1] = textEnd
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) isObject.push(byte === OPEN_OBJECT)
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      isObject.pop()
      lowest = Math.min(lowest, isObject.length)
    }
  }
  growing.add(decoder.decode(bytes.subarray(pieceStart)), [], 0, keyText)
  return growing.root
}

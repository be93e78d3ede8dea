import { OverLimitError } from './otlp/guard/over-limit.ts'

export interface JsonLimits {
  /** Values and keys of the document, counted by what stands between them. */
  readonly values: number
  /** Lists and objects of the document. */
  readonly containers: number
  /** How deep lists and objects may stand within each other. */
  readonly depth: number
  /** Keys of one object: an object of millions grows by leaps that hold everything up. */
  readonly keys: number
  /** Items of one list. */
  readonly listed?: number
  /** What the lists of a format may hold that stand so deep. */
  readonly lists?: readonly ListLimit[]
}

/** How much all the lists together may hold that stand at one depth; an empty one counts for one. */
export interface ListLimit {
  /** 1 = the document itself is the list. */
  readonly depth: number
  readonly items: number
  /** What is said where there are more. */
  readonly problem: string
}

export const DEFAULT_JSON_LIMITS: JsonLimits = {
  values: 10_000_000,
  containers: 4_000_000,
  depth: 1_000,
  keys: 100_000,
}

/** The text is no JSON, or nested deeper than it may be: the message says what it is. */
export class BadJsonError extends Error {
  override readonly name = 'BadJsonError'
}

/** What stands between two signs or texts: a number or a blank of more cannot be parsed in pieces. */
const LONGEST_BETWEEN = 1_048_576

/** About so many bytes are counted in one go: a few milliseconds. */
const SLICE = 1_048_576

export const QUOTE = 0x22
export const COMMA = 0x2c
export const COLON = 0x3a
export const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
export const CLOSE_LIST = 0x5d
export const OPEN_OBJECT = 0x7b
export const CLOSE_OBJECT = 0x7d

/** Most texts are shorter; for the rest the search of the engine is faster than a loop. */
const SHORT_TEXT = 48

/** Whether a backslash takes its meaning from the quote at `at`: an odd number of them stands before it. */
const isEscaped = (bytes: Uint8Array, at: number): boolean => {
  let before = at - 1
  while (bytes[before] === BACKSLASH) before--
  return (at - before) % 2 === 0
}

/** Where the text that begins at a quote ends: its closing quote, or the end of the bytes. */
export const endOfText = (bytes: Uint8Array, start: number): number => {
  let at = start + 1
  for (;;) {
    for (const pause = Math.min(at + SHORT_TEXT, bytes.length); at < pause; at++) {
      const byte = bytes[at]
      if (byte === QUOTE) return at
      if (byte === BACKSLASH) at++
    }
    if (at >= bytes.length) return at
    const quote = bytes.indexOf(QUOTE, at)
    if (quote < 0) return bytes.length
    if (!isEscaped(bytes, quote)) return quote
    at = quote + 1
  }
}

const shown = (count: number): string => count.toLocaleString('en-US')

/** What was counted of a document so far, and the bounds that it is held against. */
class Count {
  private readonly limits: JsonLimits
  private readonly isObject: boolean[] = [false]
  /** By level: keys of the object, or commas of the list, that is open there. */
  private readonly members: number[] = [0]
  private readonly lists: { readonly limit: ListLimit; items: number }[]
  private level = 0
  private values = 0
  private containers = 0

  constructor(limits: JsonLimits) {
    this.limits = limits
    this.lists = (limits.lists ?? []).map((limit) => ({ limit, items: 0 }))
  }

  get isOpen(): boolean {
    return this.level > 0
  }

  open(isObject: boolean): void {
    const { containers, depth } = this.limits
    this.value()
    this.containers += 1
    if (this.containers > containers)
      throw new OverLimitError(`more than ${shown(containers)} lists and objects in one document`)
    this.level += 1
    if (this.level > depth) throw new BadJsonError(`nested deeper than ${shown(depth)} levels`)
    this.isObject[this.level] = isObject
    this.members[this.level] = 0
    if (!isObject) this.item()
  }

  close(isObject: boolean): void {
    if (this.level === 0 || this.isObject[this.level] !== isObject) throw new BadJsonError('no JSON')
    this.level -= 1
  }

  key(): void {
    this.value()
    if (this.level === 0) throw new BadJsonError('no JSON')
    const keys = (this.members[this.level] ?? 0) + 1
    this.members[this.level] = keys
    if (keys > this.limits.keys)
      throw new OverLimitError(`more than ${shown(this.limits.keys)} keys in one object`)
  }

  comma(): void {
    this.value()
    if (this.level === 0 || this.isObject[this.level]) return
    const commas = (this.members[this.level] ?? 0) + 1
    this.members[this.level] = commas
    const { listed } = this.limits
    if (listed !== undefined && commas >= listed)
      throw new OverLimitError(`more than ${shown(listed)} items in one list`)
    this.item()
  }

  /** An item of a list at the level that is open. */
  private item(): void {
    for (const lists of this.lists) {
      if (lists.limit.depth !== this.level) continue
      lists.items += 1
      if (lists.items > lists.limit.items) throw new OverLimitError(lists.limit.problem)
    }
  }

  private value(): void {
    this.values += 1
    if (this.values > this.limits.values)
      throw new OverLimitError(`more than ${shown(this.limits.values)} values in one document`)
  }
}

/**
 * Counts what a document holds before anything is made of it: a body of millions of empty objects takes
 * memory and time only once they are there. Pauses after some bytes. That lists and objects close as they
 * opened is known afterwards, no more of the grammar than that.
 * @throws BadJsonError where it is no JSON or nested too deep, OverLimitError where it holds too much.
 */
export function* countJson(bytes: Uint8Array, limits: JsonLimits): Generator<undefined, void> {
  const count = new Count(limits)
  let pause = SLICE
  let last = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) at = endOfText(bytes, at)
    else if (byte === COMMA) count.comma()
    else if (byte === COLON) count.key()
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) count.open(byte === OPEN_OBJECT)
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) count.close(byte === CLOSE_OBJECT)
    else {
      if (at - last > LONGEST_BETWEEN)
        throw new OverLimitError(`a number or a blank of more than ${shown(LONGEST_BETWEEN)} characters`)
      continue
    }
    last = at
    if (at >= pause) {
      pause = at + SLICE
      yield
    }
  }
  if (count.isOpen) throw new BadJsonError('no JSON')
}

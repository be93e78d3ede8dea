import type { AttributeValue } from '../../domain/model/span.ts'
import { LARGEST_NUMBER } from '../../domain/model/units.ts'

/** Words by which recorders say that there is nothing. */
const NOTHING: ReadonlySet<string> = new Set([
  '',
  'None',
  'null',
  'undefined',
  '{}',
  '[]',
  '()',
  'set()',
  '""',
  'NaN',
])

/** Whether a value holds nothing: absent, blank, an empty list, or one of the words for it. */
export const isNothing = (value: AttributeValue | undefined): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'string' && NOTHING.has(value.trim())) ||
  (Array.isArray(value) && value.length === 0)

/** The text of a value that is one and says something. */
export const saidText = (value: AttributeValue | undefined): string | undefined =>
  typeof value === 'string' && !isNothing(value) ? value : undefined

const isSensible = (value: number): boolean => Math.abs(value) <= LARGEST_NUMBER

/** A number that can be counted with, also where it stands as text (`"412"`, `"0.2"`). */
export function saidNumber(value: AttributeValue | undefined): number | undefined {
  if (typeof value === 'number') return isSensible(value) ? value : undefined
  if (typeof value !== 'string' || !/^\s*[-+]?\d+(\.\d+)?([eE][-+]?\d+)?\s*$/.test(value)) return undefined
  const number = Number(value)
  return isSensible(number) ? number : undefined
}

/** Longer texts are not parsed: they would be payloads, and a parser must not be what stops ingest. */
const LONGEST = 4_000_000

/** The value that a text holds as JSON; undefined where it is none. */
export function parseJson(text: string): AttributeValue | undefined {
  if (text.length > LONGEST) return undefined
  try {
    return JSON.parse(text) as AttributeValue
  } catch {
    return undefined
  }
}

const mayHoldJson = (text: string): boolean => /^\s*[[{"]/.test(text)

/**
 * A value as structure: JSON or a Python repr in a text is read, `"None"` and the like are null, all else
 * stands as it is. Never throws.
 */
export function readValue(value: AttributeValue | undefined): AttributeValue | undefined {
  if (typeof value !== 'string') return value
  if (isNothing(value)) return null
  if (!mayHoldJson(value) && !/^\s*[({]/.test(value)) return value
  return parseJson(value) ?? readPythonRepr(value) ?? value
}

const LONGEST_REPR = 200_000
const DEEPEST = 200

const WORDS: Readonly<Record<string, AttributeValue>> = {
  None: null,
  True: true,
  False: false,
  null: null,
  true: true,
  false: false,
  nan: 'NaN',
  inf: 'Infinity',
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
}
const HEX_ESCAPES: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }
const CLOSING: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' }

interface Open {
  readonly close: string
  readonly items: AttributeValue[]
  readonly keys: string[]
  /** A key that waits for its value. */
  key: string | undefined
  isMap: boolean
}

const closed = (open: Open): AttributeValue =>
  open.isMap ? Object.fromEntries(open.keys.map((key, at) => [key, open.items[at] ?? null])) : open.items

/**
 * Reads what Python's `str()` makes of lists, tuples, sets, dicts, strings, numbers, None, True and False.
 * @returns undefined where the text is none of these
 */
export function readPythonRepr(text: string): AttributeValue | undefined {
  if (text.length > LONGEST_REPR) return undefined
  const stack: Open[] = []
  let result: AttributeValue | undefined
  let pending: AttributeValue | undefined
  let at = 0
  const place = (value: AttributeValue): boolean => {
    if (pending !== undefined || result !== undefined) return false
    pending = value
    return true
  }
  const shift = (): boolean => {
    const open = stack.at(-1)
    if (pending === undefined) return open?.key === undefined
    if (!open) {
      result = pending
    } else if (open.isMap) {
      if (open.key === undefined) return false
      open.keys.push(open.key)
      open.items.push(pending)
      open.key = undefined
    } else open.items.push(pending)
    pending = undefined
    return true
  }
  while (at < text.length) {
    const char = text[at] ?? ''
    if (/\s/.test(char)) at++
    else if (CLOSING[char]) {
      if (pending !== undefined || stack.length >= DEEPEST) return undefined
      stack.push({ close: CLOSING[char] ?? '', items: [], keys: [], key: undefined, isMap: false })
      at++
      // An empty pair of braces is a dict; a set prints as set().
      if (char === '{' && /^\s*\}/.test(text.slice(at, at + 50))) (stack.at(-1) as Open).isMap = true
    } else if (char === ',' || char === ':') {
      const open = stack.at(-1)
      if (!open) return undefined
      if (char === ':') {
        if (open.close !== '}' || pending === undefined || typeof pending === 'object') return undefined
        open.isMap = true
        open.key = String(pending)
        pending = undefined
      } else if (!shift()) return undefined
      at++
    } else if (char === ']' || char === ')' || char === '}') {
      const open = stack.at(-1)
      if (open?.close !== char || !shift()) return undefined
      stack.pop()
      if (!place(closed(open))) return undefined
      at++
    } else if (char === "'" || char === '"') {
      const read = readQuoted(text, at)
      if (!read || !place(read.value)) return undefined
      at = read.end
    } else {
      const word = /^[-+\w.]+/.exec(text.slice(at, at + 400))?.[0]
      if (!word) return undefined
      const value = Object.hasOwn(WORDS, word) ? WORDS[word] : saidNumber(word)
      if (value === undefined || !place(value)) return undefined
      at += word.length
    }
  }
  if (stack.length > 0 || !shift()) return undefined
  return result
}

function readQuoted(text: string, start: number): { value: string; end: number } | undefined {
  const quote = text[start]
  let value = ''
  let at = start + 1
  while (at < text.length) {
    const char = text[at] ?? ''
    if (char === quote) return { value, end: at + 1 }
    if (char !== '\\') {
      value += char
      at++
      continue
    }
    const kind = text[at + 1] ?? ''
    const digits = HEX_ESCAPES[kind]
    if (digits) {
      const code = Number.parseInt(text.slice(at + 2, at + 2 + digits), 16)
      value += Number.isNaN(code) || code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code)
      at += 2 + digits
    } else {
      value += ESCAPES[kind] ?? kind
      at += 2
    }
  }
  return undefined
}

import type { AttributeValue } from '../../../domain/model/span.ts'
import { type Micros, micros } from '../../../domain/model/units.ts'
import type { ValueGuard } from '../guard/value-guard.ts'
import { NO_TIME } from '../raw-span.ts'

export type JsonObject = { readonly [key: string]: unknown }

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** A field by its OTLP/JSON name, or by the name in the .proto, which protobuf's own JSON printers can write. */
export const field = (object: JsonObject, name: string): unknown => object[name] ?? object[snakeCased(name)]

const snakeNames = new Map<string, string>()
const snakeCased = (name: string): string => {
  const known = snakeNames.get(name)
  if (known !== undefined) return known
  const made = snakeCase(name)
  snakeNames.set(name, made)
  return made
}

/** The objects of a repeated field; whatever else stands there is left out and said. */
export const objects = (object: JsonObject, name: string, guard: ValueGuard): readonly JsonObject[] => {
  const list = field(object, name)
  if (list === undefined || list === null) return []
  if (!Array.isArray(list)) {
    guard.problems.add(`"${name}" is no list`)
    return []
  }
  const kept = list.filter(isObject)
  if (kept.length < list.length)
    guard.problems.add(`"${name}" holds ${list.length - kept.length} items of no meaning`)
  return kept
}

export const textField = (object: JsonObject, name: string, guard: ValueGuard, what: string): string => {
  const value = field(object, name)
  if (value === undefined || value === null || value === '') return ''
  if (typeof value === 'string') return guard.text(value, what)
  return strangeText(value, guard, what)
}

/** As `textField`, for names. */
export const nameField = (object: JsonObject, name: string, guard: ValueGuard, what: string): string => {
  const value = field(object, name)
  if (value === undefined || value === null || value === '') return ''
  if (typeof value === 'string') return guard.name(value, what)
  return strangeText(value, guard, what)
}

const strangeText = (value: unknown, guard: ValueGuard, what: string): string => {
  guard.problems.add(`${what} is no text`)
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

const HEX_ID = /^(?:[0-9a-f]{32}|[0-9a-f]{16})$/i
/** 16 bytes in 24 characters, 8 bytes in 12: what protobuf's own JSON printers make of ids. */
const BASE64_ID = /^(?:[A-Za-z0-9+/_-]{22}(?:==)?|[A-Za-z0-9+/_-]{11}=?)$/

const strangeId = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? 'no text' : String(value)
}

/** An id in lower-case hex; what is no id comes back as it is. */
export const idField = (object: JsonObject, name: string): string => {
  const value = field(object, name)
  if (typeof value !== 'string') return strangeId(value)
  if (HEX_ID.test(value)) return value.toLowerCase()
  if (!BASE64_ID.test(value)) return value
  const bytes = atob(value.replaceAll('-', '+').replaceAll('_', '/'))
  return Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('')
}

const DIGITS = /^\d+$/
/** Of nanoseconds in 64 bits. */
const MOST_DIGITS = 20

/** Nanoseconds (a decimal text, or a number as some senders write) as microseconds, rounded down. */
export const nanosField = (object: JsonObject, name: string, guard: ValueGuard): Micros => {
  const value = field(object, name)
  if (value === undefined || value === null) return NO_TIME
  if (typeof value === 'string' && DIGITS.test(value))
    return micros(value.length > MOST_DIGITS ? Number.MAX_VALUE : Number(value.slice(0, -3)))
  if (typeof value === 'number' && value >= 0) return micros(Math.floor(value / 1000))
  guard.problems.add(`"${name}" is no time in nanoseconds`)
  return NO_TIME
}

const ownNumber = (names: { readonly [name: string]: number }, name: string): number | undefined =>
  Object.hasOwn(names, name) ? names[name] : undefined

/** An enum or count: a number, a number in text, or an enum's name by the table given. */
export const numberField = (
  object: JsonObject,
  name: string,
  guard: ValueGuard,
  names: { readonly [name: string]: number } = {},
): number => {
  const value = field(object, name)
  if (value === undefined || value === null || value === '') return 0
  const number = typeof value === 'string' ? (ownNumber(names, value) ?? Number(value)) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  guard.problems.add(`"${name}" has a value of no meaning`)
  return 0
}

/** A number as it is kept: one beyond all bounds as text, since JSON has no word for it. No negative zero. */
export const plainNumber = (value: number): number | string =>
  Number.isFinite(value) ? (value === 0 ? 0 : value) : String(value)

const INTEGER = /^[+-]?\d{1,19}$/

/** int64 of OTLP/JSON: a number or a decimal text; beyond 2^53 it stays text. */
export const integerValue = (value: unknown, guard: ValueGuard): AttributeValue => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value === 0 ? 0 : value
  if (typeof value === 'number') return Number.isInteger(value) ? String(BigInt(value)) : plainNumber(value)
  if (typeof value === 'string' && INTEGER.test(value)) {
    const number = Number(value)
    return Number.isSafeInteger(number) ? (number === 0 ? 0 : number) : String(BigInt(value))
  }
  guard.note('held an integer of no meaning')
  return typeof value === 'string' ? guard.value(value) : null
}

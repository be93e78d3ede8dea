import type { AttributeValue } from '../../../domain/model/span.ts'
import { setKey, type ValueGuard } from '../guard/value-guard.ts'
import { field, integerValue, isObject, type JsonObject, objects, plainNumber } from './json-fields.ts'

type AttributesInMaking = { [key: string]: AttributeValue }
type ValueReader = (value: unknown, guard: ValueGuard, depth: number) => AttributeValue

const DOUBLE_NAMES = new Set(['NaN', 'Infinity', '-Infinity'])

const stringValue: ValueReader = (value, guard) => {
  if (typeof value === 'string') return guard.value(value)
  guard.note('held a text of no meaning')
  return null
}

const boolValue: ValueReader = (value, guard) => {
  if (typeof value === 'boolean') return value
  guard.note('held a boolean of no meaning')
  return value === 'true' ? true : value === 'false' ? false : null
}

const doubleValue: ValueReader = (value, guard) => {
  if (typeof value === 'number') return plainNumber(value)
  if (typeof value === 'string' && DOUBLE_NAMES.has(value)) return value
  const number = typeof value === 'string' && value !== '' ? Number(value) : Number.NaN
  if (!Number.isNaN(number)) return plainNumber(number)
  guard.note('held a number of no meaning')
  return null
}

const bytesValue: ValueReader = (value, guard) => {
  if (typeof value !== 'string') return null
  const bytes = Math.floor((value.replace(/=+$/, '').length * 3) / 4)
  const fitting = guard.bytesThatFit(bytes)
  return fitting === bytes ? value : value.slice(0, (fitting / 3) * 4)
}

const arrayValue: ValueReader = (value, guard, depth) => {
  const items: AttributeValue[] = []
  if (!guard.isShallow(depth + 1)) return null
  for (const item of objects(isObject(value) ? value : { values: value }, 'values', guard)) {
    if (!guard.fits()) break
    items.push(anyValue(item, guard, depth + 1))
  }
  return items
}

const kvlistValue: ValueReader = (value, guard, depth) => {
  const object: AttributesInMaking = {}
  if (!guard.isShallow(depth + 1)) return null
  for (const pair of objects(isObject(value) ? value : { values: value }, 'values', guard)) {
    if (!guard.fits()) break
    const key = field(pair, 'key')
    setKey(object, guard.value(typeof key === 'string' ? key : ''), anyValue(pair.value, guard, depth + 1))
  }
  return object
}

/** AnyValue's one field decides how it reads; none of them set is the empty value. */
const VALUE_READERS: readonly (readonly [name: string, read: ValueReader])[] = [
  ['stringValue', stringValue],
  ['intValue', integerValue],
  ['boolValue', boolValue],
  ['doubleValue', doubleValue],
  ['arrayValue', arrayValue],
  ['kvlistValue', kvlistValue],
  ['bytesValue', bytesValue],
]

const anyValue = (value: unknown, guard: ValueGuard, depth: number): AttributeValue => {
  if (!isObject(value)) return bareValue(value, guard)
  for (const [name, read] of VALUE_READERS) {
    const held = field(value, name)
    if (held !== undefined && held !== null) return read(held, guard, depth)
  }
  return null
}

/** A value without AnyValue's wrapping is no OTLP, yet its meaning is plain. */
const bareValue = (value: unknown, guard: ValueGuard): AttributeValue => {
  if (value === undefined || value === null) return null
  if (typeof value === 'string') return guard.value(value)
  if (typeof value === 'number') return plainNumber(value)
  if (typeof value === 'boolean') return value
  guard.note('held a value of no meaning')
  return null
}

/** Reads an AnyValue that stands by itself, as a log record's body. */
export const readJsonValue = (value: unknown, guard: ValueGuard, what: string): AttributeValue => {
  guard.begin(what)
  return anyValue(value, guard, 0)
}

/** Reads a list of KeyValues; of equal keys the last counts. */
export const readJsonAttributes = (holder: JsonObject, guard: ValueGuard): AttributesInMaking => {
  const attributes: AttributesInMaking = {}
  for (const pair of objects(holder, 'attributes', guard)) {
    if (!guard.parts.takes('attribute')) continue
    const key = typeof pair.key === 'string' ? guard.name(pair.key, 'an attribute name') : ''
    setKey(attributes, key, readJsonValue(pair.value, guard, `attribute "${key}"`))
  }
  return attributes
}

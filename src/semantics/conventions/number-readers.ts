import type { Attributes, AttributeValue } from '../../domain/model/span.ts'
import { parseJson, saidNumber } from '../readable/tolerant-value.ts'
import type { Concept, Place } from './convention.ts'
import { PLACES } from './convention-table.ts'

export type NumberReader = (attributes: Attributes) => number | undefined

const objectOf = (value: AttributeValue | undefined): Attributes | undefined => {
  const read = typeof value === 'string' ? parseJson(value) : value
  return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Attributes) : undefined
}

/** Objects in JSON are asked many things: each is parsed once a span. */
const parsed = new Map<string, WeakMap<Attributes, Attributes | null>>()

function objectUnder(key: string): (attributes: Attributes) => Attributes | undefined {
  const objects = parsed.get(key) ?? new WeakMap<Attributes, Attributes | null>()
  parsed.set(key, objects)
  return (attributes) => {
    const value = attributes[key]
    if (value === undefined) return undefined
    const known = objects.get(attributes)
    if (known !== undefined) return known ?? undefined
    const object = objectOf(value)
    objects.set(attributes, object ?? null)
    return object
  }
}

/** A number by its path, nested or under the dotted name. */
function atPath(key: string, path: string): NumberReader {
  const read = objectUnder(key)
  const steps = path.split('.')
  return (attributes) => {
    const object = read(attributes)
    if (object === undefined) return undefined
    const whole = saidNumber(object[path])
    if (whole !== undefined || steps.length === 1) return whole
    let at: AttributeValue | undefined = object
    for (const step of steps) at = objectOf(at)?.[step]
    return saidNumber(at)
  }
}

/** The sum of what begins alike. */
function sumOf(key: string, prefix: string): NumberReader {
  const read = objectUnder(key)
  return (attributes) => {
    const object = read(attributes)
    if (object === undefined) return undefined
    let sum: number | undefined
    for (const [name, value] of Object.entries(object)) {
      const number = name.startsWith(prefix) ? saidNumber(value) : undefined
      if (number !== undefined) sum = (sum ?? 0) + number
    }
    return sum
  }
}

/** Of a printed object only this much is looked through after the name of what the number stands in. */
const PRINTED_WITHIN = 400

/** A number as Python prints it, in a dict or in an object: `'name': 8` or `name=8`. */
function printedNumber(key: string, [within, name]: readonly [string, string]): NumberReader {
  const number = new RegExp(`\\b${name}(?:'?: |=)(\\d{1,12})\\b`)
  return (attributes) => {
    const text = attributes[key]
    const from = typeof text === 'string' ? text.lastIndexOf(within) : -1
    if (typeof text !== 'string' || from < 0) return undefined
    return saidNumber(number.exec(text.slice(from, from + PRINTED_WITHIN))?.[1])
  }
}

function readerOf(place: Place): NumberReader {
  const [, key, { where, printed } = {}] = place
  const read = printed ? printedNumber(key, printed) : plainReaderOf(place)
  return where ? (attributes) => (attributes[where[0]] === where[1] ? read(attributes) : undefined) : read
}

function plainReaderOf([, key, { path, sumOf: prefix } = {}]: Place): NumberReader {
  if (path !== undefined) return atPath(key, path)
  if (prefix !== undefined) return sumOf(key, prefix)
  return (attributes) => saidNumber(attributes[key])
}

/** Reads a concept that is a number, from its preferred place that holds one. */
export function numberReader(concept: Concept): NumberReader {
  const readers = PLACES[concept].map(readerOf)
  return (attributes) => {
    for (const read of readers) {
      const value = read(attributes)
      if (value !== undefined) return value
    }
    return undefined
  }
}

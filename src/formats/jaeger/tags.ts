import type { Attributes, AttributeValue } from '../../domain/model/span.ts'
import { setKey, type ValueGuard } from '../otlp/guard/value-guard.ts'
import { isObject, type JsonObject, objects, plainNumber } from '../otlp/json/json-fields.ts'
import { readPlainValue } from '../plain-values.ts'

/** What Jaeger calls a service that has no name. */
export const NO_SERVICE = 'missing-service-name'

/** Tags of our own downloads, for what Jaeger has no word for. */
export const RUNNING_TAG = 'internal.span.running'
export const SCOPE_ATTRIBUTES_TAG = 'otel.scope.attributes'
export const SCOPE_SCHEMA_TAG = 'otel.scope.schema_url'
/** The type of a tag that holds a list or an object as JSON text. */
export const JSON_TAG = 'json'

/** One tag: a key, the type that the recorder gave it, and its value. */
export interface Tag {
  readonly key: string
  readonly value: AttributeValue
}

const INTEGER = /^[+-]?\d+$/

/** Integers beyond 2^53 come as text and stay it; smaller ones that came as text are numbers. */
const int64 = (value: unknown): AttributeValue | undefined => {
  if (typeof value === 'number') return plainNumber(value)
  if (typeof value !== 'string' || !INTEGER.test(value)) return undefined
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}

const float64 = (value: unknown): AttributeValue | undefined => {
  if (typeof value === 'number') return plainNumber(value)
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value
  return typeof value === 'string' && value !== '' && !Number.isNaN(Number(value))
    ? plainNumber(Number(value))
    : undefined
}

const bool = (value: unknown): AttributeValue | undefined => {
  if (typeof value === 'boolean') return value
  return value === 'true' ? true : value === 'false' ? false : undefined
}

/** How a value of each type reads; whatever else a type is called, and a value that is not of it, is read as it is. */
const BY_TYPE: ReadonlyMap<unknown, (value: unknown) => AttributeValue | undefined> = new Map([
  ['int64', int64],
  ['float64', float64],
  ['bool', bool],
])

/** The value of a tag whose text is JSON; the text itself where it is none. */
function readJsonTag(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** The tags under a name of their holder, in order; a key may stand twice. */
export function readTags(holder: JsonObject, name: string, guard: ValueGuard): Tag[] {
  const kept = objects(holder, name, guard).filter(() => guard.parts.takes('attribute'))
  return kept.map((tag) => {
    const key = typeof tag.key === 'string' ? guard.text(tag.key, 'a tag’s name') : ''
    const typed = BY_TYPE.get(tag.type)?.(tag.value)
    const plain = tag.type === JSON_TAG ? readJsonTag(tag.value) : tag.value
    return { key, value: typed ?? readPlainValue(plain, guard, `tag "${key}"`) }
  })
}

/** Tags as attributes; of equal keys the last counts. */
export function asAttributes(tags: readonly Tag[]): Attributes {
  const attributes: { [key: string]: AttributeValue } = {}
  for (const { key, value } of tags) setKey(attributes, key, value)
  return attributes
}

/** The processes of a trace by their key; those of no meaning left out. */
export const readProcesses = (value: unknown): ReadonlyMap<string, JsonObject> =>
  new Map(
    Object.entries(isObject(value) ? value : {}).filter((pair): pair is [string, JsonObject] =>
      isObject(pair[1]),
    ),
  )

import { type Micros, micros, type TraceId } from '../../domain/model/units.ts'
import { isObject, type JsonObject } from '../otlp/json/json-fields.ts'
import type { IngestedEvent } from './ingested-event.ts'

/** A field's newest value, and when that was said: `update` is 1 where an update said it. */
type Said = readonly [time: number, update: 0 | 1, value: unknown]

/**
 * A trace or an observation as its events have it so far, in whatever order they came: of each field, and of each
 * key of the metadata, the value that was said last.
 */
export interface MergedRecord {
  readonly target: IngestedEvent['target']
  readonly id: string
  /** null while only updates came that do not say it. */
  readonly traceId: TraceId | null
  /** Time of the earliest event. */
  readonly first: Micros
  readonly fields: { readonly [name: string]: Said }
  readonly metadata: { readonly [key: string]: Said }
  /** Ids of the newest events that are in it: what is sent again changes nothing. */
  readonly events: readonly string[]
}

const MOST_EVENTS = 500

const isNewer = (said: Said, known: Said | undefined): boolean =>
  known === undefined || said[0] > known[0] || (said[0] === known[0] && said[1] >= known[1])

const unionOf = (known: unknown, given: unknown): unknown =>
  Array.isArray(known) && Array.isArray(given)
    ? [...new Set([...known, ...given])].sort().slice(0, 1_000)
    : given

type Fields = { [name: string]: Said }

/** Adds what is newer; `own` keeps keys like `__proto__` from being anything but keys. */
function put(fields: Fields, name: string, said: Said): void {
  const known = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (!isNewer(said, known)) return
  Object.defineProperty(fields, name, { value: said, enumerable: true, writable: true, configurable: true })
}

export const newRecord = ({ target, entityId, traceId, time }: IngestedEvent): MergedRecord => ({
  target,
  id: entityId,
  traceId,
  first: time,
  fields: {},
  metadata: {},
  events: [],
})

/** The record with an event in it; the same record where that is in it already. */
export function mergeEvent(record: MergedRecord, event: IngestedEvent): MergedRecord {
  if (record.events.includes(event.id)) return record
  const fields: Fields = { ...record.fields }
  const metadata: Fields = { ...record.metadata }
  const update = event.isUpdate ? 1 : 0
  for (const [name, value] of Object.entries(event.fields)) {
    const said: Said = [event.time, update, value]
    if (name === 'metadata' && isObject(value))
      for (const [key, one] of Object.entries(value)) put(metadata, key, [event.time, update, one])
    // Tags are gathered, whichever came first.
    else if (name === 'tags')
      put(fields, name, [Number.MAX_SAFE_INTEGER, 1, unionOf(fields.tags?.[2], value)])
    // An update's name says what it took the observation for; its creation knows.
    else if (name === 'type' && event.isUpdate) put(fields, name, [0, 0, value])
    else put(fields, name, said)
  }
  return {
    ...record,
    traceId: record.traceId ?? event.traceId,
    first: micros(Math.min(record.first, event.time)),
    fields,
    metadata,
    events: [...record.events, event.id].slice(-MOST_EVENTS),
  }
}

/** Two records of one thing as one: what came before its trace was known, and what came after. */
export function joinRecords(record: MergedRecord, other: MergedRecord): MergedRecord {
  const fields: Fields = { ...record.fields }
  const metadata: Fields = { ...record.metadata }
  for (const [name, said] of Object.entries(other.fields))
    put(fields, name, name === 'tags' ? [said[0], said[1], unionOf(fields.tags?.[2], said[2])] : said)
  for (const [key, said] of Object.entries(other.metadata)) put(metadata, key, said)
  return {
    ...record,
    first: micros(Math.min(record.first, other.first)),
    fields,
    metadata,
    events: [...other.events, ...record.events].slice(-MOST_EVENTS),
  }
}

const valuesOf = (fields: MergedRecord['fields']): JsonObject =>
  Object.fromEntries(Object.entries(fields).map(([name, [, , value]]) => [name, value]))

/** The fields with their values, metadata among them. */
export function fieldsOf({ fields, metadata }: MergedRecord): JsonObject {
  const values = valuesOf(fields)
  return Object.keys(metadata).length === 0 ? values : { ...values, metadata: valuesOf(metadata) }
}

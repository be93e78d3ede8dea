import * as z from 'zod/mini'
import { SPAN_KINDS, type SpanKind, type SpanOutline, type SpanState } from '../../domain/span.ts'
import { type DurationMicros, type Micros, type SpanId, spanId } from '../../domain/units.ts'
import type { SpanList } from '../trace-source.ts'

const SPAN_STATES = [
  'ok',
  'error',
  'recovered',
  'contains-error',
  'running',
] as const satisfies readonly SpanState[]

const indices = z.array(z.int().check(z.nonnegative()))

/**
 * The body of `…/spans`: one array per property instead of one object per span, with tables for what
 * repeats. 100,000 outlines are a third of their size as objects and parse in a third of the time.
 */
export const spanColumnsSchema = z.object({
  count: z.int().check(z.nonnegative()),
  complete: z.boolean(),
  problems: z.exactOptional(z.array(z.string())),
  /** Each span's id as text, in the order given. */
  ids: z.array(z.string()),
  /** -1 for a top span; below `count` the parent's index; from there on an index into `absent`. */
  parents: z.array(z.int().check(z.gte(-1))),
  /** Ids of parents that are not in the list. */
  absent: z.array(z.string()),
  names: z.array(z.string()),
  name: indices,
  kinds: z.array(z.enum(SPAN_KINDS)),
  kind: indices,
  services: z.array(z.string()),
  service: indices,
  states: z.array(z.enum(SPAN_STATES)),
  state: indices,
  /** `delta`: each start is the difference to the one before (µs); `absolute`: each is a moment. */
  timing: z.enum(['delta', 'absolute']),
  starts: z.array(z.number()),
  /** null while a span has not ended. */
  durations: z.array(z.nullable(z.number())),
  /** Entry 0 is no label. */
  labels: z.array(z.string()),
  label: indices,
  /** Of the few that have one: the span's index and the message. */
  errors: z.array(z.tuple([z.int(), z.string()])),
  duplicates: indices,
})
export type SpanColumns = z.infer<typeof spanColumnsSchema>

/** Numbers distinct values in the order in which they come. */
function table<Value>(first: readonly Value[] = []) {
  const values: Value[] = [...first]
  const known = new Map<Value, number>(values.map((value, index) => [value, index]))
  const indexOf = (value: Value): number => {
    const index = known.get(value)
    if (index !== undefined) return index
    known.set(value, values.length)
    return values.push(value) - 1
  }
  return { values, indexOf }
}

/** Differences, where adding them up again gives the very same moments; beyond 2^53 it may not. */
function startColumn(spans: readonly SpanOutline[]): Pick<SpanColumns, 'timing' | 'starts'> {
  const starts = new Array<number>(spans.length)
  let reached = 0
  for (const [index, { startTime }] of spans.entries()) {
    const delta = startTime - reached
    if (reached + delta !== startTime) {
      return { timing: 'absolute', starts: spans.map((span) => span.startTime) }
    }
    starts[index] = delta
    reached = startTime
  }
  return { timing: 'delta', starts }
}

export function encodeSpanColumns(list: SpanList): SpanColumns {
  const { spans } = list
  const indexOfId = new Map<SpanId, number>()
  for (const [index, span] of spans.entries()) {
    if (!indexOfId.has(span.spanId)) indexOfId.set(span.spanId, index)
  }
  const absent = table<string>()
  const names = table<string>()
  const kinds = table<SpanKind>()
  const services = table<string>()
  const states = table<SpanState>()
  const labels = table<string>([''])
  const parentIndex = (parent: SpanId | null): number =>
    parent === null ? -1 : (indexOfId.get(parent) ?? spans.length + absent.indexOf(parent))
  const parents = spans.map((span) => parentIndex(span.parentId))
  const errors: [number, string][] = []
  const duplicates: number[] = []
  for (const [index, span] of spans.entries()) {
    if (span.error !== undefined) errors.push([index, span.error])
    if (span.duplicate) duplicates.push(index)
  }
  return {
    count: spans.length,
    complete: list.complete,
    ...(list.problems && { problems: [...list.problems] }),
    ids: spans.map((span) => span.spanId),
    parents,
    absent: absent.values,
    name: spans.map((span) => names.indexOf(span.name)),
    names: names.values,
    kind: spans.map((span) => kinds.indexOf(span.kind)),
    kinds: kinds.values,
    service: spans.map((span) => services.indexOf(span.service)),
    services: services.values,
    state: spans.map((span) => states.indexOf(span.state)),
    states: states.values,
    ...startColumn(spans),
    durations: spans.map((span) => span.duration),
    label: spans.map((span) => (span.label ? labels.indexOf(span.label) : 0)),
    labels: labels.values,
    errors,
    duplicates,
  }
}

const COLUMNS = [
  'ids',
  'parents',
  'name',
  'kind',
  'service',
  'state',
  'starts',
  'durations',
  'label',
] as const

/** The entry that an index names. Throws a RangeError where there is none. */
function entry<Value>(values: readonly Value[], index: number | undefined, of: string): Value {
  const value = index === undefined ? undefined : values[index]
  if (value === undefined) throw new RangeError(`${of}: there is no entry ${index}`)
  return value
}

/** Reads columns back. Throws a RangeError where they do not fit together. */
export function decodeSpanColumns(columns: SpanColumns): SpanList {
  const { count } = columns
  for (const column of COLUMNS) {
    if (columns[column].length !== count) {
      throw new RangeError(`${column}: ${columns[column].length} entries for ${count} spans`)
    }
  }
  const errors = new Map(columns.errors)
  const duplicates = new Set(columns.duplicates)
  const parentOf = (index: number): SpanId | null => {
    const parent = columns.parents[index] as number
    if (parent < 0) return null
    const id = parent < count ? columns.ids[parent] : entry(columns.absent, parent - count, 'parents')
    return spanId(id as string)
  }
  let start = 0
  const spans = columns.ids.map((id, index): SpanOutline => {
    const given = columns.starts[index] as number
    start = columns.timing === 'delta' ? start + given : given
    const label = entry(columns.labels, columns.label[index], 'label')
    const error = errors.get(index)
    return {
      spanId: spanId(id),
      parentId: parentOf(index),
      name: entry(columns.names, columns.name[index], 'name'),
      kind: entry(columns.kinds, columns.kind[index], 'kind'),
      startTime: start as Micros,
      duration: columns.durations[index] as DurationMicros | null,
      service: entry(columns.services, columns.service[index], 'service'),
      state: entry(columns.states, columns.state[index], 'state'),
      ...(label !== '' && { label }),
      ...(error !== undefined && { error }),
      ...(duplicates.has(index) && { duplicate: true as const }),
    }
  })
  return {
    spans,
    complete: columns.complete,
    ...(columns.problems && { problems: columns.problems }),
  }
}

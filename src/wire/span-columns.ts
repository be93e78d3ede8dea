import * as z from 'zod/mini'
import { SPAN_KINDS, type SpanKind, type SpanOutline, type SpanState } from '../domain/model/span.ts'
import type { DurationMicros, Micros, SpanId } from '../domain/model/units.ts'
import type { SpanList } from '../domain/port/trace-source.ts'
import { MISSING, type SpanLinks, TOP } from '../domain/tree/span-links.ts'

const SPAN_STATES = [
  'ok',
  'error',
  'recovered',
  'contains-error',
  'running',
] as const satisfies readonly SpanState[]

/** A list checked in one tight loop: the columns of a large trace hold a million entries. */
const listOf = <Item>(isItem: (item: unknown) => boolean) =>
  z.custom<readonly Item[]>((value) => {
    if (!Array.isArray(value)) return false
    for (let index = 0; index < value.length; index++) if (!isItem(value[index])) return false
    return true
  })
const isText = (item: unknown): boolean => typeof item === 'string'
const isNumber = (item: unknown): boolean => typeof item === 'number'
const isIndex = (item: unknown): boolean => Number.isInteger(item) && (item as number) >= 0
const texts = listOf<string>(isText)
const indices = listOf<number>(isIndex)

/**
 * The body of `…/spans`: one array per property instead of one object per span, with tables for what
 * repeats. 100,000 outlines are a third of their size as objects and parse in a third of the time.
 */
export const spanColumnsSchema = z.object({
  count: z.int().check(z.nonnegative()),
  complete: z.boolean(),
  problems: z.exactOptional(z.array(z.string())),
  /** Each span's id as text, in the order given. */
  ids: texts,
  /** -1 for a top span; below `count` the parent's index; from there on an index into `absent`. */
  parents: listOf<number>((item) => item === -1 || isIndex(item)),
  /** Ids of parents that are not in the list. */
  absent: texts,
  /** Indices of the spans whose id an earlier one has. */
  repeated: indices,
  names: texts,
  name: indices,
  kinds: z.array(z.enum(SPAN_KINDS)),
  kind: indices,
  services: texts,
  service: indices,
  states: z.array(z.enum(SPAN_STATES)),
  state: indices,
  /** `delta`: each start is the difference to the one before (µs); `absolute`: each is a moment. */
  timing: z.enum(['delta', 'absolute']),
  starts: listOf<number>(isNumber),
  /** null while a span has not ended. */
  durations: listOf<number | null>((item) => item === null || isNumber(item)),
  /** Entry 0 is no label. */
  labels: texts,
  label: indices,
  tools: texts,
  /** Entry 0 is no tool. */
  tool: indices,
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

const filled = <Value>(length: number, value: Value): Value[] => new Array<Value>(length).fill(value)

/** Differences, where adding them up again gives the very same moments; beyond 2^53 it may not. */
function startColumn(spans: readonly SpanOutline[]): Pick<SpanColumns, 'timing' | 'starts'> {
  const starts = filled(spans.length, 0)
  let reached = 0
  for (let index = 0; index < spans.length; index++) {
    const { startTime } = spans[index] as SpanOutline
    const delta = startTime - reached
    if (reached + delta !== startTime) {
      return { timing: 'absolute', starts: spans.map((span) => span.startTime) }
    }
    starts[index] = delta
    reached = startTime
  }
  return { timing: 'delta', starts }
}

function parentColumn(spans: readonly SpanOutline[]): Pick<SpanColumns, 'parents' | 'absent' | 'repeated'> {
  const firstOf = new Map<SpanId, number>()
  // Backwards, so that of spans with one id the first is the parent.
  for (let index = spans.length - 1; index >= 0; index--) {
    firstOf.set((spans[index] as SpanOutline).spanId, index)
  }
  const absent = table<string>()
  const parents = filled(spans.length, -1)
  const repeated: number[] = []
  if (firstOf.size < spans.length) {
    for (let index = 0; index < spans.length; index++) {
      if (firstOf.get((spans[index] as SpanOutline).spanId) !== index) repeated.push(index)
    }
  }
  for (let index = 0; index < spans.length; index++) {
    const { parentId } = spans[index] as SpanOutline
    if (parentId !== null) parents[index] = firstOf.get(parentId) ?? spans.length + absent.indexOf(parentId)
  }
  return { parents, absent: absent.values, repeated }
}

export function encodeSpanColumns(list: SpanList): SpanColumns {
  const { spans } = list
  const count = spans.length
  const names = table<string>()
  const kinds = table<SpanKind>()
  const services = table<string>()
  const states = table<SpanState>()
  const labels = table<string>([''])
  const tools = table<string>([''])
  const ids = filled(count, '')
  const name = filled(count, 0)
  const kind = filled(count, 0)
  const service = filled(count, 0)
  const state = filled(count, 0)
  const label = filled(count, 0)
  const tool = filled(count, 0)
  const durations = filled<number | null>(count, null)
  const errors: [number, string][] = []
  const duplicates: number[] = []
  for (let index = 0; index < count; index++) {
    const span = spans[index] as SpanOutline
    ids[index] = span.spanId
    name[index] = names.indexOf(span.name)
    kind[index] = kinds.indexOf(span.kind)
    service[index] = services.indexOf(span.service)
    state[index] = states.indexOf(span.state)
    durations[index] = span.duration
    if (span.label) label[index] = labels.indexOf(span.label)
    if (span.tool) tool[index] = tools.indexOf(span.tool)
    if (span.error !== undefined) errors.push([index, span.error])
    if (span.duplicate) duplicates.push(index)
  }
  return {
    count,
    complete: list.complete,
    ...(list.problems && { problems: [...list.problems] }),
    ids,
    ...parentColumn(spans),
    name,
    names: names.values,
    kind,
    kinds: kinds.values,
    service,
    services: services.values,
    state,
    states: states.values,
    ...startColumn(spans),
    durations,
    label,
    labels: labels.values,
    tool,
    tools: tools.values,
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
  'tool',
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
  const links = linksOf(columns)
  const spans = new Array<SpanOutline>(count)
  let start = 0
  for (let index = 0; index < count; index++) {
    const given = columns.starts[index] as number
    start = columns.timing === 'delta' ? start + given : given
    const parent = columns.parents[index] as number
    const outline: Written = {
      spanId: columns.ids[index] as SpanId,
      parentId:
        parent < 0
          ? null
          : ((parent < count
              ? columns.ids[parent]
              : entry(columns.absent, parent - count, 'parents')) as SpanId),
      name: entry(columns.names, columns.name[index], 'name'),
      kind: entry(columns.kinds, columns.kind[index], 'kind'),
      startTime: start as Micros,
      duration: columns.durations[index] as DurationMicros | null,
      service: entry(columns.services, columns.service[index], 'service'),
      state: entry(columns.states, columns.state[index], 'state'),
    }
    // Written one by one: spreading what may be absent takes longer than all the rest.
    const label = entry(columns.labels, columns.label[index], 'label')
    if (label !== '') outline.label = label
    const tool = entry(columns.tools, columns.tool[index], 'tool')
    if (tool !== '') outline.tool = tool
    spans[index] = outline
  }
  for (const [index, error] of columns.errors) written(spans, index, 'errors').error = error
  for (const index of columns.duplicates) written(spans, index, 'duplicates').duplicate = true
  return {
    spans,
    links,
    complete: columns.complete,
    ...(columns.problems && { problems: columns.problems }),
  }
}

type Written = { -readonly [Key in keyof SpanOutline]: SpanOutline[Key] }

const written = (spans: readonly SpanOutline[], index: number, of: string): Written =>
  entry(spans, index, of) as Written

function linksOf({ count, parents, repeated }: SpanColumns): SpanLinks {
  const parentOf = new Int32Array(count)
  for (let index = 0; index < count; index++) {
    const parent = parents[index] as number
    parentOf[index] = parent < 0 ? TOP : parent < count ? parent : MISSING
  }
  for (const index of repeated) entry(parents, index, 'repeated')
  return { parents: parentOf, repeated }
}

import type {
  Attributes,
  LogRecord,
  OtelKind,
  Scope,
  Span,
  SpanEvent,
  SpanLink,
  StatusCode,
} from '../../domain/model/span.ts'
import {
  between,
  durationMicros,
  isKeepableTime,
  type Micros,
  micros,
  spanId,
  traceId,
} from '../../domain/model/units.ts'
import type { ProblemList } from './guard/problem-list.ts'

/**
 * A span as either encoding gives it: ids in lower-case hex of whatever length came, enums as numbers, 0 for
 * a time that is missing.
 */
export interface RawSpan {
  traceId: string
  spanId: string
  parentId: string
  name: string
  kind: number
  start: Micros
  end: Micros
  attributes: Attributes
  events: SpanEvent[]
  links: RawLink[]
  statusCode: number
  statusMessage: string
  traceState: string
  flags: number
  dropped: readonly [attributes: number, events: number, links: number]
}

export interface RawLink {
  traceId: string
  spanId: string
  attributes: Attributes
}

/** What the spans of one resource and scope share. */
export interface SpanOrigin {
  readonly resource: Attributes
  readonly scope: Scope
  /** What was cut or wrong in them. */
  readonly problems: readonly string[] | undefined
}

/** A scope with what it has; empty texts and attributes left out. */
export const scopeOf = (name: string, version: string, attributes: Attributes, schemaUrl: string): Scope => ({
  name,
  ...(version !== '' && { version }),
  ...(Object.keys(attributes).length > 0 && { attributes }),
  ...(schemaUrl !== '' && { schemaUrl }),
})

export interface RawLogRecord {
  traceId: string
  spanId: string
  time: Micros
  observed: Micros
  severity: number
  severityText: string
  eventName: string
  body: LogRecord['body']
  attributes: Attributes
}

export const NO_TIME = micros(0)

const TRACE_ID = /^(?!0+$)[0-9a-f]{32}$/
const SPAN_ID = /^(?!0+$)[0-9a-f]{16}$/
const OTEL_KINDS: readonly OtelKind[] = [
  'unspecified',
  'internal',
  'server',
  'client',
  'producer',
  'consumer',
]
const STATUS_CODES: readonly StatusCode[] = ['unset', 'ok', 'error']
const YEAR_2000 = micros(946_684_800_000_000)

const isAbsent = (id: string): boolean => /^0*$/.test(id)
const shown = (id: string): string => (id === '' ? 'none' : `"${id.slice(0, 40)}"`)

/** Why a record cannot be kept, or null. */
const idProblem = (record: string, trace: string, span: string): string | null => {
  if (!TRACE_ID.test(trace))
    return `${record} rejected: its trace id is ${shown(trace)}, not 16 bytes other than zero`
  if (!SPAN_ID.test(span))
    return `${record} rejected: its span id is ${shown(span)}, not 8 bytes other than zero`
  return null
}

/** Why a span's times cannot be kept, or null. */
const timeProblem = ({ start, end }: RawSpan): string | null => {
  if (!isKeepableTime(start)) return 'span rejected: it starts after the year 2255'
  return isKeepableTime(end) ? null : 'span rejected: it ends after the year 2255'
}

const DROPPED = ['attributes', 'events', 'links'] as const

/**
 * The span that a raw one means, or the reason why it cannot be kept. `problems` holds what was noted while its
 * values were read; it is emptied.
 */
export const spanOf = (
  raw: RawSpan,
  origin: SpanOrigin,
  problems: ProblemList,
): Span | { readonly rejected: string } => {
  const rejected = idProblem('span', raw.traceId, raw.spanId) ?? timeProblem(raw)
  if (rejected !== null) {
    problems.take()
    return { rejected }
  }
  const start = startOf(raw, problems)
  const duration = raw.end === NO_TIME ? null : between(start, raw.end)
  if (duration !== null && duration < 0)
    problems.add('it ended before it started: its duration is shown as 0')
  for (let index = 0; index < DROPPED.length; index++) {
    const dropped = raw.dropped[index] ?? 0
    if (dropped > 0) problems.add(`the sender dropped ${dropped} of its ${DROPPED[index]}`)
  }
  const kind = OTEL_KINDS[raw.kind]
  if (kind === undefined) problems.add(`its kind is ${raw.kind}, which has no meaning`)
  const parentId = parentOf(raw, problems)
  const status = statusOf(raw, problems)
  const links = linksOf(raw.links, problems)
  const events = eventsOf(raw.events, start, problems)
  const own = problems.take()
  const told =
    own === undefined ? origin.problems : origin.problems === undefined ? own : [...origin.problems, ...own]
  return {
    traceId: traceId(raw.traceId),
    spanId: spanId(raw.spanId),
    parentId,
    name: raw.name,
    otelKind: kind ?? 'unspecified',
    startTime: start,
    duration: duration === null ? null : durationMicros(Math.max(0, duration)),
    status,
    attributes: raw.attributes,
    events,
    links,
    resource: origin.resource,
    scope: origin.scope,
    ...(raw.traceState !== '' && { traceState: raw.traceState }),
    ...(raw.flags !== 0 && { flags: raw.flags }),
    ...(told !== undefined && { problems: told }),
  }
}

const startOf = (raw: RawSpan, problems: ProblemList): Micros => {
  if (raw.start === NO_TIME) {
    problems.add('it has no start time')
    return raw.end
  }
  if (raw.start < YEAR_2000)
    problems.add('it starts before the year 2000: the clock or the unit of its times is off')
  return raw.start
}

const parentOf = (raw: RawSpan, problems: ProblemList): Span['parentId'] => {
  if (isAbsent(raw.parentId)) return null
  if (raw.parentId === raw.spanId) problems.add('it names itself as its parent: shown as a top span')
  else if (!SPAN_ID.test(raw.parentId)) problems.add(`its parent's id is ${shown(raw.parentId)}, not 8 bytes`)
  else return spanId(raw.parentId)
  return null
}

const statusOf = (raw: RawSpan, problems: ProblemList): Span['status'] => {
  const code = STATUS_CODES[raw.statusCode]
  if (code === undefined) problems.add(`its status code is ${raw.statusCode}, which has no meaning`)
  return { code: code ?? 'unset', ...(raw.statusMessage !== '' && { message: raw.statusMessage }) }
}

const hasTime = ({ time }: SpanEvent): boolean => time !== NO_TIME && isKeepableTime(time)

const eventsOf = (
  events: readonly SpanEvent[],
  start: Micros,
  problems: ProblemList,
): readonly SpanEvent[] => {
  if (events.every(hasTime)) return events
  return events.map((event) => {
    if (hasTime(event)) return event
    if (event.time !== NO_TIME) problems.add('an event after the year 2255 is shown at its start')
    return { ...event, time: start }
  })
}

const linksOf = (links: readonly RawLink[], problems: ProblemList): readonly SpanLink[] => {
  const kept: SpanLink[] = []
  for (const link of links) {
    const rejected = idProblem('link', link.traceId, link.spanId)
    if (rejected === null)
      kept.push({ traceId: traceId(link.traceId), spanId: spanId(link.spanId), attributes: link.attributes })
    else problems.add(rejected)
  }
  return kept
}

/** The log record that a raw one means; null where it names no trace; else the reason why it cannot be kept. */
export const logRecordOf = (raw: RawLogRecord): LogRecord | null | { readonly rejected: string } => {
  if (isAbsent(raw.traceId)) return null
  const spanless = isAbsent(raw.spanId)
  const rejected = idProblem('log record', raw.traceId, spanless ? '1'.padStart(16, '0') : raw.spanId)
  if (rejected !== null) return { rejected }
  const time = raw.time === NO_TIME ? raw.observed : raw.time
  if (!isKeepableTime(time)) return { rejected: 'log record rejected: its time is after the year 2255' }
  return {
    traceId: traceId(raw.traceId),
    spanId: spanless ? null : spanId(raw.spanId),
    time,
    severity: Number.isInteger(raw.severity) && raw.severity >= 1 && raw.severity <= 24 ? raw.severity : 0,
    ...(raw.severityText !== '' && { severityText: raw.severityText }),
    ...(raw.eventName !== '' && { eventName: raw.eventName }),
    body: raw.body,
    attributes: raw.attributes,
  }
}

import { parseIsoTime } from '../../domain/model/iso-time.ts'
import type { AttributeValue, Span } from '../../domain/model/span.ts'
import {
  between,
  durationMicros,
  endOf,
  isKeepableTime,
  isPrintableId,
  type Micros,
  micros,
  type SpanId,
  spanId,
  type TraceId,
  traceId,
} from '../../domain/model/units.ts'
import type { Decoded } from '../decoded.ts'
import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from '../otlp/guard/otlp-limits.ts'
import { ProblemList } from '../otlp/guard/problem-list.ts'
import { Pace } from '../otlp/guard/steps.ts'
import { ValueGuard } from '../otlp/guard/value-guard.ts'
import { isObject, type JsonObject } from '../otlp/json/json-fields.ts'
import { scopeOf } from '../otlp/raw-span.ts'
import { readMetadata } from './metadata.ts'
import { addNamed, type Named, observationAttributes, traceAttributes } from './observation-attributes.ts'

const idOf = (value: unknown): string => (typeof value === 'string' && isPrintableId(value) ? value : '')
/** A moment that can be kept; null for anything else. */
const timeOf = (value: unknown): Micros | null => {
  const time = typeof value === 'string' ? parseIsoTime(value) : null
  return time !== null && isKeepableTime(time) ? time : null
}

/** Kinds of observation that are over when they begin. */
const MOMENTS: ReadonlySet<unknown> = new Set(['EVENT'])

function durationOf(observation: JsonObject, start: Micros): Span['duration'] {
  const end = timeOf(observation.endTime)
  if (end !== null) return durationMicros(Math.max(0, between(start, end)))
  return MOMENTS.has(observation.type) ? durationMicros(0) : null
}

interface SpanParts {
  readonly traceId: TraceId
  readonly spanId: SpanId
  readonly parentId: SpanId | null
  readonly name: string
  readonly startTime: Micros
  readonly duration: Span['duration']
  readonly failed?: boolean
  readonly message?: string
  /** Its parent, if it has one, is of another process. */
  readonly isTop?: boolean
  readonly pairs: readonly Named[]
  readonly metadata: ReturnType<typeof readMetadata>
}

/** That it is known where the parent was made, and that it was elsewhere: as OTLP says it. */
const REMOTE_PARENT = 0x300

/** The span that the parts make. */
export function spanOfParts(parts: SpanParts, guard: ValueGuard): Span {
  guard.parts.begin()
  const attributes: { [key: string]: AttributeValue } = {}
  const resource: { [key: string]: AttributeValue } = {}
  addNamed(attributes, [...parts.pairs, ...parts.metadata.attributes, ...parts.metadata.own], guard)
  addNamed(resource, parts.metadata.resource, guard)
  const { scope } = parts.metadata
  const name = guard.text(parts.name, 'its name')
  const problems = guard.problems.take()
  return {
    traceId: parts.traceId,
    spanId: parts.spanId,
    parentId: parts.parentId,
    name,
    otelKind: 'unspecified',
    startTime: parts.startTime,
    duration: parts.duration,
    status: { code: parts.failed ? 'error' : 'unset', ...(parts.message && { message: parts.message }) },
    attributes,
    events: [],
    links: [],
    resource,
    scope: scopeOf(scope.name || 'langfuse', scope.version, {}, ''),
    ...(parts.isTop && { flags: REMOTE_PARENT }),
    ...(problems && { problems }),
  }
}

/** Reads one observation; `ofTrace` stands for what it does not say itself. */
export function readObservation(
  observation: JsonObject,
  ofTrace: { readonly id: string; readonly pairs: readonly Named[] },
  guard: ValueGuard,
): Span | { readonly rejected: string } {
  const trace = idOf(observation.traceId) || ofTrace.id
  const id = idOf(observation.id)
  if (trace === '' || id === '') return { rejected: 'an observation without id or trace id' }
  const startTime = timeOf(observation.startTime)
  if (startTime === null)
    return { rejected: 'an observation without a start time between 1970 and June 2255' }
  const parent = idOf(observation.parentObservationId)
  const message = typeof observation.statusMessage === 'string' ? observation.statusMessage : ''
  return spanOfParts(
    {
      traceId: traceId(trace),
      spanId: spanId(id),
      parentId: parent === '' || parent === id ? null : spanId(parent),
      name: typeof observation.name === 'string' ? observation.name : '',
      startTime,
      duration: durationOf(observation, startTime),
      failed: observation.level === 'ERROR',
      ...(message !== '' && { message: guard.text(message, 'its status message') }),
      isTop: observation.isRootObservation === true && parent !== '' && parent !== id,
      pairs: [...observationAttributes(observation), ...ofTrace.pairs],
      metadata: readMetadata(observation.metadata, 'langfuse.observation.metadata.'),
    },
    guard,
  )
}

/** A score as a span of kind feedback. It stands at the trace's end, so that a late one makes no turn longer. */
function readScore(
  score: JsonObject,
  trace: TraceId,
  root: Span,
  end: Micros,
  guard: ValueGuard,
): Span | null {
  const id = idOf(score.id)
  if (id === '' || typeof score.name !== 'string') return null
  const about = idOf(score.observationId)
  return spanOfParts(
    {
      traceId: trace,
      spanId: spanId(id),
      parentId: about === '' ? root.spanId : spanId(about),
      name: `score ${score.name}`,
      startTime: end,
      duration: durationMicros(0),
      pairs: [
        ['turnscope.feedback.name', score.name],
        ['turnscope.feedback.value', score.stringValue ?? score.value],
        ['turnscope.feedback.comment', score.comment],
        ['langfuse.score.data_type', score.dataType],
        ['langfuse.score.source', score.source],
        ['langfuse.score.timestamp', score.timestamp],
      ],
      metadata: readMetadata(score.metadata, 'langfuse.score.metadata.'),
    },
    guard,
  )
}

const objectsIn = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** The spans of no parent among these: the trace's tops. */
function topsOf(observations: readonly JsonObject[]): JsonObject[] {
  const ids = new Set(observations.map((one) => one.id))
  return observations.filter((one) => !ids.has(one.parentObservationId) || one.parentObservationId === one.id)
}

const endOfSpan = ({ startTime, duration }: Span): Micros =>
  duration === null ? startTime : endOf(startTime, duration)

const lastEnd = (spans: readonly Span[], start: Micros): Micros =>
  spans.reduce<Micros>((end, span) => micros(Math.max(end, endOfSpan(span))), start)

/** Reads documents of one kind into spans, keeping count of what was left out. */
class Reading {
  readonly spans: Span[] = []
  readonly guard: ValueGuard
  private readonly problems = new ProblemList()
  private rejected = 0
  private readonly pace = new Pace()

  constructor(limits: OtlpLimits) {
    this.guard = new ValueGuard(limits)
  }

  isPauseDue(): boolean {
    return this.pace.isPauseDue(this.guard.parts.sinceBegin)
  }

  observation(observation: JsonObject, ofTrace: { id: string; pairs: readonly Named[] }): Span | undefined {
    const read = readObservation(observation, ofTrace, this.guard)
    if ('rejected' in read) {
      this.reject(read.rejected)
      return undefined
    }
    this.spans.push(read)
    return read
  }

  reject(problem: string): void {
    this.rejected += 1
    this.problems.add(problem)
  }

  done(): Decoded {
    return { spans: this.spans, logs: [], problems: this.problems.list(), rejected: this.rejected }
  }
}

/** One trace with its observations; where these have no one top, the trace itself becomes the top span. */
function* readTrace(trace: JsonObject, reading: Reading): Generator<undefined, void> {
  const id = idOf(trace.id)
  const start = timeOf(trace.timestamp)
  if (id === '' || start === null) {
    reading.reject('a trace without id or time between 1970 and June 2255')
    return
  }
  const observations = objectsIn(trace.observations)
  const tops = new Set(topsOf(observations))
  const metadata = readMetadata(trace.metadata, 'langfuse.trace.metadata.')
  const pairs: readonly Named[] = [...traceAttributes(trace), ...metadata.own, ...metadata.attributes]
  const before = reading.spans.length
  const only = tops.size === 1 ? [...tops][0] : undefined
  let root: Span | undefined
  for (const observation of observations) {
    const read = reading.observation(
      only || !tops.has(observation) || observation.parentObservationId
        ? observation
        : { ...observation, parentObservationId: `t-${id}` },
      { id, pairs: observation === only ? pairs : [] },
    )
    if (observation === only) root = read
    if (reading.isPauseDue()) yield
  }
  const end = lastEnd(reading.spans.slice(before), start)
  if (!root) {
    root = spanOfParts(
      {
        traceId: traceId(id),
        spanId: spanId(`t-${id}`.slice(0, 200)),
        parentId: null,
        name: typeof trace.name === 'string' ? trace.name : '',
        startTime: start,
        duration: durationMicros(Math.max(0, between(start, end))),
        pairs,
        metadata: { ...metadata, own: [], attributes: [] },
      },
      reading.guard,
    )
    reading.spans.push(root)
  }
  for (const score of objectsIn(trace.scores)) {
    const read = readScore(score, traceId(id), root, end, reading.guard)
    if (read) reading.spans.push(read)
    else reading.reject('a score without id or name')
    if (reading.isPauseDue()) yield
  }
}

/** A trace as Langfuse's API and downloads have it: with its time, and observations that may be ids alone. */
export const isLangfuseTrace = (value: unknown): value is JsonObject =>
  isObject(value) &&
  typeof value.id === 'string' &&
  typeof value.timestamp === 'string' &&
  (Array.isArray(value.observations) || 'sessionId' in value || 'userId' in value)

export const isLangfuseObservation = (value: unknown): value is JsonObject =>
  isObject(value) &&
  typeof value.id === 'string' &&
  typeof value.traceId === 'string' &&
  typeof value.startTime === 'string' &&
  'type' in value

/**
 * Reads traces with their observations and scores. Total: what cannot be read is left out and said. Pauses
 * after some spans.
 */
export function* decodeLangfuseTracesInSteps(
  traces: readonly JsonObject[],
  limits: OtlpLimits = DEFAULT_OTLP_LIMITS,
): Generator<undefined, Decoded> {
  const reading = new Reading(limits)
  for (const trace of traces) {
    yield* readTrace(trace, reading)
    if (reading.isPauseDue()) yield
  }
  return reading.done()
}

/** Reads observations that stand by themselves, as the newer API lists and exports them. */
export function* decodeLangfuseObservationsInSteps(
  observations: readonly JsonObject[],
  limits: OtlpLimits = DEFAULT_OTLP_LIMITS,
): Generator<undefined, Decoded> {
  const reading = new Reading(limits)
  for (const observation of observations) {
    reading.observation(observation, { id: '', pairs: [] })
    if (reading.isPauseDue()) yield
  }
  return reading.done()
}

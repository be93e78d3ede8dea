import type { Attributes, AttributeValue, Scope, Span, SpanEvent } from '../../domain/model/span.ts'
import { durationMicros, endOf, type Micros, micros } from '../../domain/model/units.ts'
import type { Decoded } from '../decoded.ts'
import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from '../otlp/guard/otlp-limits.ts'
import { ProblemList } from '../otlp/guard/problem-list.ts'
import { inOneGo, Pace } from '../otlp/guard/steps.ts'
import { ValueGuard } from '../otlp/guard/value-guard.ts'
import { isObject, type JsonObject, objects, textField } from '../otlp/json/json-fields.ts'
import { NO_TIME, type RawLink, type SpanOrigin, scopeOf, spanOf } from '../otlp/raw-span.ts'
import {
  asAttributes,
  NO_SERVICE,
  RUNNING_TAG,
  readProcesses,
  readTags,
  SCOPE_ATTRIBUTES_TAG,
  SCOPE_SCHEMA_TAG,
  type Tag,
} from './tags.ts'

/** As OpenTelemetry numbers them. */
const KINDS: ReadonlyMap<unknown, number> = new Map([
  ['internal', 1],
  ['server', 2],
  ['client', 3],
  ['producer', 4],
  ['consumer', 5],
])
const STATUS: ReadonlyMap<string, number> = new Map([
  ['UNSET', 0],
  ['OK', 1],
  ['ERROR', 2],
])

/** Tags in which Jaeger keeps what has a place of its own in a span. */
const KEPT_ELSEWHERE: ReadonlySet<string> = new Set([
  'otel.scope.name',
  'otel.scope.version',
  'otel.library.name',
  'otel.library.version',
  'otel.status_code',
  'otel.status_description',
  'w3c.tracestate',
  'internal.span.format',
  RUNNING_TAG,
  SCOPE_ATTRIBUTES_TAG,
  SCOPE_SCHEMA_TAG,
])

const padded = (id: unknown, digits: 16 | 32): string => {
  const text = typeof id === 'string' ? id.toLowerCase() : ''
  return /^[0-9a-f]{1,32}$/.test(text) && text.length <= digits ? text.padStart(digits, '0') : text
}

const microsOf = (value: unknown): Micros =>
  typeof value === 'number' && value > 0 ? micros(value) : NO_TIME

const textOf = (tags: readonly Tag[], ...keys: readonly string[]): string => {
  for (const key of keys) {
    const value = tags.findLast((tag) => tag.key === key)?.value
    if (typeof value === 'string') return value
  }
  return ''
}

interface Reference {
  readonly traceId: string
  readonly spanId: string
  readonly type: string
  readonly attributes: Attributes
}

function readReferences(span: JsonObject, guard: ValueGuard): Reference[] {
  const kept = objects(span, 'references', guard).filter((_, index) => guard.parts.takesListed(index, 'link'))
  const references = kept.map((one) => ({
    traceId: padded(one.traceID, 32),
    spanId: padded(one.spanID, 16),
    type: typeof one.refType === 'string' ? one.refType : '',
    attributes: asAttributes(readTags(one, 'tags', guard)),
  }))
  // The oldest clients and UI exports name the parent in a field of its own.
  const parent = padded(span.parentSpanID, 16)
  if (parent === '' || references.some((one) => one.type === 'CHILD_OF')) return references
  return [
    { traceId: padded(span.traceID, 32), spanId: parent, type: 'CHILD_OF', attributes: {} },
    ...references,
  ]
}

/**
 * Which reference names the parent. OpenTracing's spans may follow from their parent; OpenTelemetry's links
 * come as FOLLOWS_FROM as well and name none.
 */
function parentOf(references: readonly Reference[], trace: string, isOtel: boolean): Reference | undefined {
  const within = references.filter((one) => one.traceId === trace)
  return within.find((one) => one.type === 'CHILD_OF') ?? (isOtel ? undefined : within[0])
}

/** A failure as OpenTelemetry's status says it, or as OpenTracing's `error` tag does. */
function statusOf(tags: readonly Tag[]): number {
  const code = STATUS.get(textOf(tags, 'otel.status_code'))
  if (code !== undefined) return code
  const error = tags.findLast((tag) => tag.key === 'error')?.value
  return error === undefined || error === false || error === 'false' || error === '' ? 0 : 2
}

function readEvents(span: JsonObject, guard: ValueGuard): SpanEvent[] {
  const logs = objects(span, 'logs', guard).filter((_, index) => guard.parts.takesListed(index, 'event'))
  const events = logs.map((log): SpanEvent => {
    const fields = readTags(log, 'fields', guard)
    return {
      time: microsOf(log.timestamp),
      name: textOf(fields, 'event'),
      attributes: asAttributes(fields.filter((field) => field.key !== 'event')),
    }
  })
  // Jaeger keeps no order among them.
  return events.sort((a, b) => a.time - b.time)
}

/** What is left of a span's tags: neither told elsewhere nor the kind or failure that were read from them. */
function attributesOf(tags: readonly Tag[], kind: string, failed: boolean): Attributes {
  return asAttributes(
    tags.filter(
      ({ key, value }) =>
        !KEPT_ELSEWHERE.has(key) &&
        !(key === 'span.kind' && value === kind) &&
        !(key === 'error' && failed && (value === true || value === 'true')),
    ),
  )
}

const linkOf = (reference: Reference, isOtel: boolean): RawLink => {
  const attributes: { readonly [key: string]: AttributeValue } = isOtel
    ? reference.attributes
    : { 'opentracing.ref_type': reference.type.toLowerCase() }
  return { traceId: reference.traceId, spanId: reference.spanId, attributes }
}

const scopeAttributesOf = (tags: readonly Tag[]): Attributes => {
  const value = tags.findLast(({ key }) => key === SCOPE_ATTRIBUTES_TAG)?.value
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Attributes) : {}
}

/** What the spans of one process share, and what was wrong in it. */
type ProcessOrigin = Omit<SpanOrigin, 'scope'>

function processOrigin(process: JsonObject | undefined, guard: ValueGuard): ProcessOrigin {
  guard.parts.begin()
  const service = process ? textField(process, 'serviceName', guard, 'the service’s name') : ''
  const resource = asAttributes([
    ...(process ? readTags(process, 'tags', guard) : []),
    ...(service === '' || service === NO_SERVICE ? [] : [{ key: 'service.name', value: service }]),
  ])
  return { resource, problems: guard.problems.take() }
}

/** The processes of a trace: each is read once, however many spans it has. */
class Origins {
  readonly #processes: ReadonlyMap<string, ProcessOrigin>
  readonly #none: ProcessOrigin
  readonly #scopes = new Map<string, Scope>()

  constructor(processes: ReadonlyMap<string, JsonObject>, guard: ValueGuard) {
    this.#processes = new Map([...processes].map(([key, process]) => [key, processOrigin(process, guard)]))
    this.#none = processOrigin(undefined, guard)
  }

  of(span: JsonObject, guard: ValueGuard): ProcessOrigin {
    // The oldest exports have it in the span.
    if (isObject(span.process)) return processOrigin(span.process, guard)
    return this.#processes.get(typeof span.processID === 'string' ? span.processID : '') ?? this.#none
  }

  scope(tags: readonly Tag[]): Scope {
    const read = scopeOf(
      textOf(tags, 'otel.scope.name', 'otel.library.name'),
      textOf(tags, 'otel.scope.version', 'otel.library.version'),
      scopeAttributesOf(tags),
      textOf(tags, SCOPE_SCHEMA_TAG),
    )
    const key = JSON.stringify(read)
    const known = this.#scopes.get(key)
    if (known === undefined) this.#scopes.set(key, read)
    return known ?? read
  }
}

/** Storages repeat a warning with every read: each is said once. */
const warningsOf = (span: JsonObject): ReadonlySet<string> =>
  new Set(
    Array.isArray(span.warnings) ? span.warnings.filter((one): one is string => typeof one === 'string') : [],
  )

function readSpan(span: JsonObject, origins: Origins, guard: ValueGuard) {
  const process = origins.of(span, guard)
  guard.parts.begin()
  const tags = readTags(span, 'tags', guard)
  const isOtel = tags.some(({ key }) => key.startsWith('otel.') || key === 'w3c.tracestate')
  const origin: SpanOrigin = { ...process, scope: origins.scope(tags) }
  const trace = padded(span.traceID, 32)
  const references = readReferences(span, guard)
  const parent = parentOf(references, trace, isOtel)
  // An attribute of that name may stand beside the kind, which Jaeger writes after it.
  const kind = textOf(
    tags.filter(({ key, value }) => key === 'span.kind' && KINDS.has(value)),
    'span.kind',
  )
  const statusCode = statusOf(tags)
  const start = microsOf(span.startTime)
  const isRunning = tags.some(({ key, value }) => key === RUNNING_TAG && value === true)
  const duration =
    typeof span.duration === 'number' && !isRunning ? durationMicros(Math.max(0, span.duration)) : null
  const events = readEvents(span, guard)
  for (const warning of warningsOf(span)) guard.problems.add(guard.text(`Jaeger: ${warning}`, 'a warning'))
  return spanOf(
    {
      traceId: trace,
      spanId: padded(span.spanID, 16),
      parentId: parent?.spanId ?? '',
      name: textField(span, 'operationName', guard, 'its name'),
      kind: KINDS.get(kind) ?? 0,
      start,
      end: duration === null ? NO_TIME : endOf(start, duration),
      attributes: attributesOf(tags, kind, statusCode === 2),
      events,
      links: references.filter((one) => one !== parent).map((one) => linkOf(one, isOtel)),
      statusCode,
      statusMessage: textOf(tags, 'otel.status_description'),
      traceState: textOf(tags, 'w3c.tracestate'),
      flags: typeof span.flags === 'number' ? span.flags >>> 0 : 0,
      dropped: [0, 0, 0],
    },
    origin,
    guard.problems,
  )
}

/** Whether a value is a trace as Jaeger's JSON has it: spans that name their operation, beside processes. */
export const isJaegerTrace = (value: unknown): value is JsonObject =>
  isObject(value) &&
  Array.isArray(value.spans) &&
  (typeof value.traceID === 'string' || isObject(value.processes)) &&
  value.spans.every((span) => !isObject(span) || 'operationName' in span || 'spanID' in span)

/**
 * Reads traces of Jaeger's JSON: what its query API gives at `/api/traces` under `data`, and what its UI saves.
 * Total: what cannot be read is left out and said. Pauses after some spans.
 */
export function* decodeJaegerTracesInSteps(
  traces: readonly JsonObject[],
  limits: OtlpLimits = DEFAULT_OTLP_LIMITS,
): Generator<undefined, Decoded> {
  const pace = new Pace()
  const guard = new ValueGuard(limits)
  const problems = new ProblemList()
  const spans: Span[] = []
  let rejected = 0
  for (const trace of traces) {
    const origins = new Origins(readProcesses(trace.processes), guard)
    for (const span of objects(trace, 'spans', guard)) {
      const read = readSpan(span, origins, guard)
      if ('rejected' in read) {
        rejected += 1
        problems.add(read.rejected)
      } else spans.push(read)
      if (pace.isPauseDue(guard.parts.sinceBegin)) yield
    }
    for (const problem of guard.problems.take() ?? []) problems.add(problem)
  }
  return { spans, logs: [], problems: problems.list(), rejected }
}

/** `decodeJaegerTracesInSteps` in one go. @testing */
export const decodeJaegerTraces = (
  traces: readonly JsonObject[],
  limits: OtlpLimits = DEFAULT_OTLP_LIMITS,
): Decoded => inOneGo(decodeJaegerTracesInSteps(traces, limits))

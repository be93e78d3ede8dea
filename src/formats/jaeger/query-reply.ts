import type { Span } from '../../domain/model/span.ts'
import type { TraceId } from '../../domain/model/units.ts'
import type { Decoded } from '../decoded.ts'
import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from '../otlp/guard/otlp-limits.ts'
import { isObject } from '../otlp/json/json-fields.ts'
import { decodeJaegerTracesInSteps, isJaegerTrace } from './decode.ts'
import { decodeJaegerV3InSteps } from './decode-v3.ts'

/** A reply may be one large document: its size bounds it, not the number of its spans. */
const LIMITS: OtlpLimits = { ...DEFAULT_OTLP_LIMITS, records: 5_000_000 }

/** What a reply of the query API holds: each trace once, its spans in the order they came. */
export interface QueriedTraces {
  readonly traces: ReadonlyMap<TraceId, readonly Span[]>
  /** What could not be read, in words. */
  readonly problems: readonly string[]
}

const textsOf = (value: unknown): readonly string[] | undefined =>
  value === null
    ? []
    : Array.isArray(value)
      ? value.filter((one): one is string => typeof one === 'string')
      : undefined

/** Names of services: legacy `{data:[…]}`, v3 `{services:[…]}`; undefined where a reply is of neither. */
export function servicesIn(reply: unknown, under: 'data' | 'services'): readonly string[] | undefined {
  if (!isObject(reply) || Array.isArray(reply)) return undefined
  // Nothing recorded yet: v3 leaves empty lists out.
  return under === 'services' && Object.keys(reply).length === 0 ? [] : textsOf(reply[under])
}

/** Storages may give a span twice: the first counts. */
function byTrace({ spans, problems }: Decoded): QueriedTraces {
  const traces = new Map<TraceId, Map<string, Span>>()
  for (const span of spans) {
    const known = traces.get(span.traceId)
    if (known === undefined) traces.set(span.traceId, new Map([[span.spanId, span]]))
    else if (!known.has(span.spanId)) known.set(span.spanId, span)
  }
  return { traces: new Map([...traces].map(([id, known]) => [id, [...known.values()]])), problems }
}

/** A reply of `/api/traces` or `/api/traces/{id}`; undefined where it is none. Pauses after some spans. */
export function* legacyTracesInSteps(reply: unknown): Generator<unknown, QueriedTraces | undefined> {
  if (!isObject(reply) || !('data' in reply)) return undefined
  const { data } = reply
  if (data !== null && !(Array.isArray(data) && data.every(isJaegerTrace))) return undefined
  return byTrace(yield* decodeJaegerTracesInSteps(data ?? [], LIMITS))
}

/**
 * A reply of `/api/v3/traces` or `/api/v3/traces/{id}`, whose spans of all traces stand in one list; undefined
 * where it is none. Pauses after some spans.
 */
export function* v3TracesInSteps(reply: unknown): Generator<unknown, QueriedTraces | undefined> {
  if (!isObject(reply) || !isObject(reply.result)) return undefined
  const { result } = reply
  // Empty lists are left out.
  if (!('resourceSpans' in result)) return { traces: new Map(), problems: [] }
  if (!Array.isArray(result.resourceSpans)) return undefined
  return byTrace(yield* decodeJaegerV3InSteps(result, LIMITS))
}

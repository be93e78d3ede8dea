import type { Span } from '../../domain/model/span.ts'
import type { Feedback } from '../../domain/model/trace.ts'
import type { TraceId } from '../../domain/model/units.ts'
import type { Decoded } from '../decoded.ts'
import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from '../otlp/guard/otlp-limits.ts'
import { isObject, type JsonObject } from '../otlp/json/json-fields.ts'
import { feedbackOfScore } from './api-replies.ts'
import {
  decodeLangfuseObservationsInSteps,
  decodeLangfuseTracesInSteps,
  isLangfuseTrace,
} from './decode-export.ts'

/** A reply may be one large document: its size bounds it, not the number of its rows. */
const LIMITS: OtlpLimits = { ...DEFAULT_OTLP_LIMITS, records: 5_000_000, parts: 10_000_000 }

/** Spans of several traces, each once. */
export interface RowSpans {
  readonly traces: ReadonlyMap<TraceId, readonly Span[]>
  /** What could not be read, in words. */
  readonly problems: readonly string[]
}

/** Pages that are read while rows arrive may repeat one: the first counts. */
function byTrace({ spans, problems }: Decoded): RowSpans {
  const traces = new Map<TraceId, Map<string, Span>>()
  for (const span of spans) {
    const known = traces.get(span.traceId)
    if (known === undefined) traces.set(span.traceId, new Map([[span.spanId, span]]))
    else if (!known.has(span.spanId)) known.set(span.spanId, span)
  }
  return { traces: new Map([...traces].map(([id, known]) => [id, [...known.values()]])), problems }
}

/** Rows of the newer API as the spans of their traces, whichever groups of fields they have. Pauses now and then. */
export function* rowSpansInSteps(rows: readonly JsonObject[]): Generator<unknown, RowSpans> {
  return byTrace(yield* decodeLangfuseObservationsInSteps(rows, LIMITS))
}

/** A trace of the legacy API. */
export interface LegacyTrace {
  readonly spans: readonly Span[]
  readonly feedback: readonly Feedback[]
  readonly problems: readonly string[]
}

/** Whether a row of the legacy API can be read as a trace. */
export const isLegacyTrace = isLangfuseTrace

/**
 * A trace of the legacy API with observations that were read elsewhere, or with its own. Ids alone count as none.
 * Pauses now and then.
 */
export function* legacyTraceInSteps(
  trace: JsonObject,
  observations: unknown = trace.observations,
): Generator<unknown, LegacyTrace> {
  const { spans, problems } = yield* decodeLangfuseTracesInSteps(
    [{ ...trace, observations, scores: [] }],
    LIMITS,
  )
  const scores = Array.isArray(trace.scores) ? trace.scores.filter(isObject) : []
  // Scores that stand in a trace may leave out which it is.
  const feedback = scores.flatMap((score) => feedbackOfScore({ traceId: trace.id, ...score })?.feedback ?? [])
  return { spans, feedback, problems }
}

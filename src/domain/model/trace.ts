import type { AttributeValue } from './span.ts'
import type { DurationMicros, Micros, SpanId, TraceId } from './units.ts'

export const TRACE_STATUSES = ['ok', 'error', 'pending'] as const
export type TraceStatus = (typeof TRACE_STATUSES)[number]

export const TRACE_KINDS = ['turn', 'call', 'other', 'training', 'housekeeping'] as const
export type TraceKind = (typeof TRACE_KINDS)[number]

/** A measured number; `null` = it applies and was not measured; absent = it does not apply. */
export type Measured = number | null

export const METRIC_NAMES = [
  'llmTurns',
  'toolCalls',
  'inputTokens',
  'cachedTokens',
  'outputTokens',
  'reasoningTokens',
  'totalTokens',
  'cost',
  'timeToFirstToken',
] as const
export type MetricName = (typeof METRIC_NAMES)[number]

export interface Metrics {
  readonly llmTurns?: Measured
  readonly toolCalls?: Measured
  readonly inputTokens?: Measured
  /** Part of inputTokens. */
  readonly cachedTokens?: Measured
  readonly outputTokens?: Measured
  /** Part of outputTokens. */
  readonly reasoningTokens?: Measured
  readonly totalTokens?: Measured
  /** USD. */
  readonly cost?: Measured
  /** Microseconds. */
  readonly timeToFirstToken?: Measured
  /** Those that cover only some of the calls. */
  readonly partial?: readonly MetricName[]
  /** Those that are an estimate of the recorder's. */
  readonly estimated?: readonly MetricName[]
}

/**
 * Whether a measure applies to a turn, be it known or not. A turn that called models has tokens and a cost,
 * also where its recorder left them out.
 */
export const applies = (metrics: Metrics, name: MetricName): boolean =>
  metrics[name] !== undefined ||
  (name !== 'toolCalls' && METRIC_NAMES.some((other) => other !== 'toolCalls' && (metrics[other] ?? 0) > 0))

export interface Feedback {
  readonly name: string
  readonly value?: string | number | boolean
  readonly comment?: string
  /** Who gave it. */
  readonly author?: string
  readonly time?: Micros
  /** The step of the turn that it is about. */
  readonly spanId?: SpanId
}

/** One row of the trace table. Previews of texts are cut at 500 characters. */
export interface TraceSummary {
  readonly traceId: TraceId
  readonly startTime: Micros
  /** 0 while nothing is known of the end. */
  readonly duration: DurationMicros
  readonly status: TraceStatus
  readonly kind: TraceKind
  readonly chatbot: { readonly id: string; readonly name: string; readonly version?: string }
  readonly session?: { readonly id: string }
  readonly participant?: { readonly id: string; readonly name?: string }
  readonly input?: string
  readonly output?: string
  readonly error?: string
  readonly metrics: Metrics
  readonly tags: readonly string[]
  readonly environment?: string
  readonly feedback: readonly Feedback[]
  readonly services: readonly string[]
  readonly channel?: string
  readonly spanCount?: number
  readonly errorCount?: number
  /** Failed spans that a later attempt made good; absent = none, where `errorCount` is known. */
  readonly recovered?: number
  /** kind `call`: how many turns are inside. */
  readonly turns?: number
  /** Names of the responses that the bot sent where their words were not recorded, in order. */
  readonly responses?: readonly string[]
  /** Why input or output are missing, where that is known (e.g. Rasa records no message text). */
  readonly note?: 'text-not-recorded' | 'spoken-not-recorded'
}

/** A measure as it may be said: a turn under way that has none of something may have some yet. */
export function measured({ metrics, status }: Pick<TraceSummary, 'metrics' | 'status'>, name: MetricName) {
  const value = metrics[name]
  return status === 'pending' && value === 0 ? null : value
}

/** What one can filter by beyond the summary: every list holds distinct values. */
export interface TraceFacets {
  readonly models: readonly string[]
  readonly tools: readonly string[]
  readonly flows: readonly string[]
  readonly spanNames: readonly string[]
  /** Participant-data paths that changed, dotted, ancestors left out. */
  readonly changed: readonly string[]
}

export const NO_FACETS: TraceFacets = { models: [], tools: [], flows: [], spanNames: [], changed: [] }

/** A summary with what filters match on. */
export interface TraceRow {
  readonly summary: TraceSummary
  readonly facets: TraceFacets
  /** What its spans record under a key; absent where that is not at hand. */
  readonly attributes?: (key: string) => readonly AttributeValue[]
}

/** A change of participant data in Open Chat Studio's (dictdiffer's) shape: `[kind, path, details]`. */
export type RecordedChange = readonly [
  kind: 'add' | 'remove' | 'change',
  path: string | readonly (string | number)[],
  details: AttributeValue,
]

export interface ParticipantData {
  readonly before: AttributeValue
  /** Absent = not known: no changes section then. */
  readonly after?: AttributeValue
  readonly changes?: readonly RecordedChange[]
  /** What did not fit when the changes were applied, in words. */
  readonly problems?: readonly string[]
}

/** One turn inside a voice call. */
export interface CallTurn {
  readonly spanId: SpanId
  readonly index: number
  readonly startTime: Micros
  readonly duration: DurationMicros
  readonly input?: string
  readonly output?: string
  /** Names of the responses that were sent where what was said is not recorded, in order. */
  readonly responses?: readonly string[]
  readonly status: TraceStatus
  /** Of a turn that failed: what the failure says, in one line. */
  readonly error?: string
  /** As the caller perceived it, µs. */
  readonly perceivedLatency?: DurationMicros
  readonly interrupted?: true
  /** What opened the turn where it was no speech: `session-start`, `silence`, `dtmf`. */
  readonly trigger?: string
}

export const COUNTED_MEASURES = ['llmTurns', 'toolCalls', 'tokens', 'cost'] as const
export type CountedMeasure = (typeof COUNTED_MEASURES)[number]

/** Spans that a number was counted over, in the order of the tree. */
export interface CountedSpans {
  readonly spanIds: readonly SpanId[]
  /** How many more there are than the ids that were kept. */
  readonly more?: number
}

/** Which spans each number of a trace was counted over; absent where none was. */
export type Counted = { readonly [Measure in CountedMeasure]?: CountedSpans }

/** The turn, whole but for its spans. `input` and `output` are not cut here. */
export interface Trace extends TraceSummary {
  readonly participantData?: ParticipantData
  /** One snapshot, at the start. */
  readonly sessionData?: AttributeValue
  readonly externalUrl?: string
  /** Where the spans are; null where none were recorded. */
  readonly spans: { readonly source: string; readonly traceId: TraceId } | null
  /** The span to look at first: the root cause of the failure. */
  readonly rootCause?: {
    readonly spanId: SpanId
    readonly name: string
    readonly message: string
    readonly type?: string
  }
  /** kind `call`: its turns in order. */
  readonly callTurns?: readonly CallTurn[]
  /** Per model, where known. */
  readonly models?: readonly ModelUsage[]
  readonly counted?: Counted
}

export interface ModelUsage {
  readonly model: string
  readonly calls: number
  readonly inputTokens: Measured
  readonly outputTokens: Measured
  readonly totalTokens: Measured
  readonly cost: Measured
}

/** One row of the list of sessions; times µs. */
export interface SessionSummary {
  readonly id: string
  readonly chatbots: readonly { readonly id: string; readonly name: string }[]
  readonly participants: readonly { readonly id: string; readonly name?: string }[]
  readonly turns: number
  readonly errors: number
  readonly start: Micros
  readonly end: Micros
  readonly totalTokens: Measured
  readonly cost: Measured
  readonly feedback: readonly Feedback[]
  readonly channels?: readonly string[]
}

/** One row of the list of chatbots; durations µs. */
export interface ChatbotSummary {
  readonly id: string
  readonly name: string
  readonly versions: readonly string[]
  readonly turns: number
  readonly errors: number
  readonly p50: DurationMicros | null
  readonly p95: DurationMicros | null
  readonly totalTokens: Measured
  readonly cost: Measured
  readonly lastSeen: Micros
}

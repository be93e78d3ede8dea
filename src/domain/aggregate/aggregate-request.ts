import type { DurationMicros, Micros } from '../model/units.ts'

export const MEASURES = ['count', 'errors', 'errorRate', 'sum', 'mean', 'p50', 'p95', 'p99'] as const
export type Measure = (typeof MEASURES)[number]

/** Measures that count, and are of nothing but what they count. */
const COUNTING: ReadonlySet<Measure> = new Set(['count', 'errors', 'errorRate'])
export const isCounting = (measure: Measure): boolean => COUNTING.has(measure)

/** Which part of the numbers lies below a percentile. */
export const SHARES: Partial<Record<Measure, number>> = { p50: 0.5, p95: 0.95, p99: 0.99 }

/** Numbers of a turn. Times in µs, cost in USD. */
const TURN_VALUES = ['duration', 'timeToFirstToken', 'llmTurns', 'toolCalls', 'score'] as const
/** Numbers that a turn has, and each of the spans that its own is counted over. */
const SHARED_VALUES = [
  'totalTokens',
  'inputTokens',
  'outputTokens',
  'cachedTokens',
  'reasoningTokens',
  'cost',
] as const
/** Numbers of spans. Times in µs. */
const SPAN_VALUES = ['spanDuration', 'selfTime', 'documents'] as const

export const VALUES = [...TURN_VALUES, ...SHARED_VALUES, ...SPAN_VALUES] as const
export type AggregatedValue = (typeof VALUES)[number]
export type TurnValue = (typeof TURN_VALUES | typeof SHARED_VALUES)[number]
export type SpanValue = (typeof SPAN_VALUES | typeof SHARED_VALUES)[number]

export const TURN_DIMENSIONS = [
  'chatbot',
  'version',
  'session',
  'participant',
  'status',
  'environment',
  'channel',
  'tag',
  'flow',
  'service',
  'kind',
  'feedback',
  'error',
] as const
export type TurnDimension = (typeof TURN_DIMENSIONS)[number]

/**
 * `part` is where the time of a span itself goes, `withinTool` the outermost tool or custom action that it runs
 * in, `call` what the turn's measures count it as: `llm` or `tool`.
 */
export const SPAN_DIMENSIONS = [
  'spanName',
  'spanKind',
  'model',
  'provider',
  'tool',
  'vectorStore',
  'component',
  'spanService',
  'errorType',
  'part',
  'withinTool',
  'call',
] as const
export type SpanDimension = (typeof SPAN_DIMENSIONS)[number]
export type AttributeDimension = `attr.${string}`
export type Dimension = TurnDimension | SpanDimension | AttributeDimension

const holds =
  <Name extends string>(names: readonly Name[]) =>
  (name: string): name is Name =>
    (names as readonly string[]).includes(name)

export const isTurnDimension = holds(TURN_DIMENSIONS)
export const isSpanDimension = holds(SPAN_DIMENSIONS)
export const isAttributeDimension = (name: string): name is AttributeDimension =>
  name.startsWith('attr.') && name.length > 'attr.'.length
const isTurnValue = holds<TurnValue>([...TURN_VALUES, ...SHARED_VALUES])
export const isSpanValue = holds<SpanValue>([...SPAN_VALUES, ...SHARED_VALUES])

export const DEFAULT_TOP = 20
export const MOST_KEYS = 1_000
export const MOST_ROWS = 5_000

/** What is asked of the turns, or the spans, of a query. */
export interface AggregateRequest {
  readonly measure: Measure
  /** Absent for measures that count. */
  readonly of?: AggregatedValue
  /** None, one or two. */
  readonly by: readonly Dimension[]
  /** The length of a bucket, µs; absent = all time as one. Buckets are of the turns' starts, in UTC. */
  readonly over?: DurationMicros
  /** How many keys are given, 1 to 1000. */
  readonly top: number
}

/** Whether spans are measured, and not turns. */
export const isOfSpans = ({ by, of }: AggregateRequest): boolean =>
  by.some((name) => !isTurnDimension(name)) || (of !== undefined && !isTurnValue(of))

/** One value a dimension; null = the turn has none. */
export type AggregateKey = readonly (string | null)[]

export interface AggregateRow {
  readonly key: AggregateKey
  /** The start of the bucket. */
  readonly at?: Micros
  /** null where it stands on nothing. */
  readonly value: number | null
  /** How many turns, spans or numbers the value stands on. */
  readonly count: number
}

export interface AggregateReply {
  /** The largest value first, unknown last; over time, the earliest bucket first. */
  readonly rows: readonly AggregateRow[]
  /** What is beyond `top`, as one; absent where nothing is. */
  readonly others?: Pick<AggregateRow, 'value' | 'count'>
  /** Whether all there is was counted. */
  readonly complete: boolean
}

import type { DurationMicros, Micros, SpanId, TraceId } from './units.ts'

/**
 * A value as it was recorded. Whole numbers beyond 2^53 stand as decimal strings, bytes as base64,
 * not-a-number and infinities as their names.
 */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue }

export type Attributes = { readonly [key: string]: AttributeValue }

/** What a span does in a chatbot's turn. */
export const SPAN_KINDS = [
  'message',
  'generation',
  'tool',
  'agent',
  'retrieval',
  'router',
  'chain',
  'embedding',
  'system',
  'feedback',
  'custom',
] as const
export type SpanKind = (typeof SPAN_KINDS)[number]

export type OtelKind = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer'
export type StatusCode = 'unset' | 'ok' | 'error'

export interface SpanEvent {
  readonly name: string
  readonly time: Micros
  readonly attributes: Attributes
}

export interface SpanLink {
  readonly traceId: TraceId
  readonly spanId: SpanId
  readonly attributes: Attributes
}

/** A log record that names its trace and span (OpenTelemetry's LogRecord). */
export interface LogRecord {
  readonly traceId: TraceId
  readonly spanId: SpanId | null
  readonly time: Micros
  /** 1 to 24 as OpenTelemetry numbers them; 0 where none was given. */
  readonly severity: number
  readonly severityText?: string
  readonly eventName?: string
  readonly body: AttributeValue
  readonly attributes: Attributes
}

export interface Scope {
  readonly name: string
  readonly version?: string
  readonly attributes?: Attributes
  /** The version of the semantic conventions that the sender names. */
  readonly schemaUrl?: string
}

/** One span as it was recorded, whatever format brought it: what every decoder produces. */
export interface Span {
  readonly traceId: TraceId
  readonly spanId: SpanId
  /** Absent for a top span. The parent itself may be missing from the trace. */
  readonly parentId: SpanId | null
  readonly name: string
  readonly otelKind: OtelKind
  readonly startTime: Micros
  /** null while the span has not ended (only some formats can say so). */
  readonly duration: DurationMicros | null
  readonly status: { readonly code: StatusCode; readonly message?: string }
  readonly attributes: Attributes
  readonly events: readonly SpanEvent[]
  readonly links: readonly SpanLink[]
  /** Attributes of the process that made it, `service.name` among them. */
  readonly resource: Attributes
  readonly scope: Scope
  readonly traceState?: string
  readonly flags?: number
  /** What was cut or wrong when it was read, in words: shown on the span's page. */
  readonly problems?: readonly string[]
}

/**
 * How a span went. `recovered` = it failed and a later attempt succeeded (a warning);
 * `contains-error` = it did not fail itself but something below it did and was not recovered.
 */
export type SpanState = 'ok' | 'error' | 'recovered' | 'contains-error' | 'running'

/** What tree and waterfall draw: light, no payload. */
export interface SpanOutline {
  readonly spanId: SpanId
  readonly parentId: SpanId | null
  readonly name: string
  readonly kind: SpanKind
  readonly startTime: Micros
  readonly duration: DurationMicros | null
  readonly service: string
  readonly state: SpanState
  /** A word beside the name: the model, tool, action or flow it is about. */
  readonly label?: string
  /** The tool that was called: two attempts of one tool are told from calls of two. */
  readonly tool?: string
  /** The failure's message, at most 300 characters. */
  readonly error?: string
  /** Repeats another span (a raw copy of a request): folded away unless asked for. */
  readonly duplicate?: true
}

/** A document that a retrieval brought. */
export interface RetrievedDocument {
  readonly id?: string
  readonly content?: string
  readonly score?: number
  readonly metadata?: AttributeValue
}

/** Tokens of one call. Cached is part of input, reasoning part of output. */
export interface Usage {
  readonly inputTokens?: number
  readonly cachedTokens?: number
  readonly outputTokens?: number
  readonly reasoningTokens?: number
  readonly totalTokens?: number
}

/** What else a span of a known class records, under names that a reader knows. */
export interface SpanRecord {
  /** What kind of step it is: `Flow step`, `Training`. */
  readonly title: string
  /** Values read: texts of lists, sets and dictionaries are those; what says nothing is left out. */
  readonly facts: readonly { readonly name: string; readonly value: AttributeValue }[]
}

/** What a span means, read from its attributes once, at the edge. Values are whole here, never cut. */
export interface SpanMeaning {
  /** As recorded: text or structure. Views turn it into readable text with semantics/readable-text. */
  readonly input?: AttributeValue
  readonly output?: AttributeValue
  readonly model?: string
  readonly provider?: string
  readonly parameters?: Attributes
  readonly usage?: Usage
  /** USD. */
  readonly cost?: number
  readonly timeToFirstToken?: DurationMicros
  readonly tool?: {
    readonly name: string
    readonly arguments?: AttributeValue
    readonly result?: AttributeValue
  }
  readonly agent?: string
  readonly query?: string
  readonly documents?: readonly RetrievedDocument[]
  readonly record?: SpanRecord
  readonly error?: { readonly type?: string; readonly message: string; readonly stack?: string }
}

/** One span's payload: the recording, and what it means. */
export interface SpanDetail {
  readonly outline: SpanOutline
  readonly span: Span
  readonly meaning: SpanMeaning
  readonly logs?: readonly LogRecord[]
}

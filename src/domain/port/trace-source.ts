import type { AggregateReply, AggregateRequest } from '../aggregate/aggregate-request.ts'
import type { LogRecord, Span, SpanDetail, SpanOutline } from '../model/span.ts'
import type { ChatbotSummary, SessionSummary, Trace, TraceSummary } from '../model/trace.ts'
import type { DurationMicros, Micros, SpanId, TraceId } from '../model/units.ts'
import type { FilterField, TraceQuery } from '../query/trace-query.ts'
import type { SpanLinks } from '../tree/span-links.ts'
import type { SourceInfo, SourceState } from './source-info.ts'

export interface PageRequest {
  /** 1 to 1000. */
  readonly limit: number
  /** From the page before; opaque, bound to the query it came from. */
  readonly cursor?: string
}

/** How far a source looked that matches while walking. */
export interface Scanned {
  readonly traces: number
  readonly from: Micros | null
  readonly to: Micros | null
  /** true = nothing beyond is left to look at. */
  readonly complete: boolean
}

/** What stands beside an answer that was found by looking at a part of what there is. */
export interface Bounds {
  readonly scanned?: Scanned
  /** Why it is not the whole, or what was odd, in words. */
  readonly problems?: readonly string[]
}

/** A stretch of time of which not everything could be given, µs: `from` inclusive, `to` exclusive. */
export interface Gap {
  readonly from: Micros
  readonly to: Micros
  /** What was left out and why, in words; stands among the problems as well. */
  readonly fact: string
}

/** A list as an answer. */
export interface Page<Item> extends Bounds {
  readonly items: readonly Item[]
  /** Where rows are missing. */
  readonly gaps?: readonly Gap[]
  /** The failure that ended the page early, also among the problems: the next page may not meet it any more. */
  readonly stopped?: string
  /** Absent = the end. A page may be short or empty while a cursor stands. */
  readonly nextCursor?: string
}

/** Anything else as an answer. */
export interface Answer<Value> extends Bounds {
  readonly value: Value
}

export interface CountReply {
  readonly count: number
  readonly complete: boolean
}

/**
 * Turns over time: bucket i covers [from + i·bucket, from + (i+1)·bucket). `from` and `to` are those of the
 * buckets: the bounds asked for, or the traces themselves, in whole steps.
 */
export interface HistogramReply {
  readonly from: Micros
  readonly to: Micros
  readonly bucket: DurationMicros
  /** Traces that did not fail, pending ones included. */
  readonly ok: readonly number[]
  readonly error: readonly number[]
  readonly complete: boolean
}

export interface Suggestion {
  readonly value: string
  readonly count?: number
}

export interface SpanList {
  readonly spans: readonly SpanOutline[]
  /** false = spans may still be arriving. */
  readonly complete: boolean
  /** What was odd in the recording, in words. */
  readonly problems?: readonly string[]
  /** Who hangs under whom, where the source knows it by index. */
  readonly links?: SpanLinks
  /** As `spansVersion` gives it; absent while the list may change at any time. */
  readonly version?: string
}

export interface LogList {
  /** In order of time. */
  readonly logs: readonly LogRecord[]
  /** false = there are more than are given. */
  readonly complete: boolean
}

/**
 * One backend of traces. All times µs. Every call rejects with a SourceError (source-error.ts),
 * and with the signal's reason once it is aborted.
 */
export interface TraceSource {
  readonly info: SourceInfo
  /** Newest first unless the query sorts otherwise; complete; the cursor is stable while traces arrive. */
  listTraces(query: TraceQuery, page: PageRequest, signal: AbortSignal): Promise<Page<TraceSummary>>
  /** The turn: whole input and output, data, metrics; no spans. Rejects `not-found`. */
  getTrace(id: TraceId, signal: AbortSignal): Promise<Trace>
  /** Outlines in no promised order. Rejects `not-found`. */
  getSpans(id: TraceId, signal: AbortSignal): Promise<SpanList>
  /** A text that is another one once `getSpans` would answer otherwise; far cheaper than the spans. */
  spansVersion?(id: TraceId, signal: AbortSignal): Promise<string | undefined>
  /** One span's payload. Rejects `not-found`. */
  getSpan(id: TraceId, span: SpanId, signal: AbortSignal): Promise<SpanDetail>
  /** How the backend was when it was last asked; asks nothing itself. */
  state?(): SourceState

  /** The rest is optional: sources/derived.ts answers by walking where a source does not. */
  /** Payloads of several spans, in the order asked for, at most 100; those that are not there are left out. */
  getSpanDetails?(id: TraceId, spans: readonly SpanId[], signal: AbortSignal): Promise<readonly SpanDetail[]>
  count?(query: TraceQuery, signal: AbortSignal): Promise<Answer<CountReply>>
  histogram?(query: TraceQuery, buckets: number, signal: AbortSignal): Promise<Answer<HistogramReply>>
  suggest?(
    field: FilterField,
    prefix: string,
    query: TraceQuery,
    signal: AbortSignal,
  ): Promise<Page<Suggestion>>
  listSessions?(query: TraceQuery, page: PageRequest, signal: AbortSignal): Promise<Page<SessionSummary>>
  listChatbots?(query: TraceQuery, signal: AbortSignal): Promise<Page<ChatbotSummary>>
  /** One number a key and bucket: of turns, or of their spans. Rejects `bad-request` where the rows are too many. */
  aggregate?(
    query: TraceQuery,
    request: AggregateRequest,
    signal: AbortSignal,
  ): Promise<Answer<AggregateReply>>
  /** The log records of a trace, of its spans and of the trace itself. Rejects `not-found`. */
  getLogs?(id: TraceId, signal: AbortSignal): Promise<LogList>
  /** Every span of a trace as it was recorded, in order of time, in batches: for downloads. Rejects `not-found`. */
  streamSpans?(id: TraceId, signal: AbortSignal): AsyncIterable<readonly Span[]>
  /** Whole turns in the query's order, in batches, at constant memory: for exports. */
  streamTraces?(query: TraceQuery, signal: AbortSignal): AsyncIterable<readonly Trace[]>
}

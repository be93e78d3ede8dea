import type { LogRecord, Span, SpanDetail, SpanOutline } from '../span.ts'
import type { SpanLinks } from '../span-links.ts'
import type { ChatbotSummary, SessionSummary, Trace, TraceSummary } from '../trace.ts'
import type { FilterField, SortField, TraceQuery } from '../trace-query.ts'
import type { DurationMicros, Micros, SpanId, TraceId } from '../units.ts'

export type SourceKind = 'store' | 'sample' | 'jaeger' | 'langfuse'

/** What a source does itself. What it does not is derived by walking, with the bound shown, or not offered. */
export interface Capabilities {
  readonly sorts: readonly SortField[]
  /** Whether it can be asked for oldest first. */
  readonly ascending: boolean
  /** Whether counts and histograms are exact and cheap. */
  readonly counts: boolean
  /** Fields it filters itself; the others are matched while walking. */
  readonly filters: 'all' | readonly FilterField[]
  /** Whether free text is searched natively. */
  readonly text: boolean
  readonly suggest: boolean
  readonly sessions: boolean
  readonly chatbots: boolean
}

export interface SourceInfo {
  readonly id: string
  readonly label: string
  readonly kind: SourceKind
  readonly capabilities: Capabilities
  /** Templates for links, with `{traceId}`, `{spanId}`, `{start}`, `{end}` (ms) and `{service}`. */
  readonly links?: readonly {
    readonly label: string
    readonly template: string
    readonly on: 'trace' | 'span'
  }[]
}

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

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Absent = the end. A page may be short or empty while a cursor stands. */
  readonly nextCursor?: string
  readonly scanned?: Scanned
}

export interface CountReply {
  readonly count: number
  readonly complete: boolean
}

/** Turns over time: bucket i covers [from + i·bucket, from + (i+1)·bucket). */
/** `from` and `to` are those of the buckets: the bounds asked for, or the traces themselves, in whole steps. */
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
 * One backend of traces. All times µs. Every call rejects with a SourceError (sources/source-error.ts),
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

  /** The rest is optional: sources/derived.ts answers by walking where a source does not. */
  count?(query: TraceQuery, signal: AbortSignal): Promise<CountReply>
  histogram?(query: TraceQuery, buckets: number, signal: AbortSignal): Promise<HistogramReply>
  suggest?(
    field: FilterField,
    prefix: string,
    query: TraceQuery,
    signal: AbortSignal,
  ): Promise<readonly Suggestion[]>
  listSessions?(query: TraceQuery, page: PageRequest, signal: AbortSignal): Promise<Page<SessionSummary>>
  listChatbots?(query: TraceQuery, signal: AbortSignal): Promise<readonly ChatbotSummary[]>
  /** The log records of a trace, of its spans and of the trace itself. Rejects `not-found`. */
  getLogs?(id: TraceId, signal: AbortSignal): Promise<LogList>
  /** Every span of a trace as it was recorded, in order of time, in batches: for downloads. Rejects `not-found`. */
  streamSpans?(id: TraceId, signal: AbortSignal): AsyncIterable<readonly Span[]>
  /** Whole turns in the query's order, in batches, at constant memory: for exports. */
  streamTraces?(query: TraceQuery, signal: AbortSignal): AsyncIterable<readonly Trace[]>
}

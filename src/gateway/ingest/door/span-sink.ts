import type { GivenFeedback } from '../../../domain/model/given-feedback.ts'
import type { RecordedTurn } from '../../../domain/model/recorded-turn.ts'
import type { LogRecord, Span } from '../../../domain/model/span.ts'
import type { IngestedEvent } from '../../../formats/langfuse/ingested-event.ts'

/** Where ingest writes to. Every call resolves after the commit: what was acknowledged survives a crash. */
export interface SpanSink {
  /** Rejects with a SourceError `rate-limited` when too much is in flight. The same span twice counts once. */
  addSpans(spans: readonly Span[], signal?: AbortSignal): Promise<void>
  /**
   * As `addSpans`, for spans that come some at a time: all of them are kept, or none. Rejects with the error
   * of the iteration where that fails.
   */
  addSpansInParts?(parts: AsyncIterable<readonly Span[]>, signal?: AbortSignal): Promise<void>
  /** Rejects as `addSpans`. Records join their spans, whichever comes first. */
  addLogs(logs: readonly LogRecord[], signal?: AbortSignal): Promise<void>
}

/** Where turns go that bots record themselves, without spans. */
export interface TurnSink extends SpanSink {
  /** Rejects as `addSpans`. A turn under an id that is known replaces it; of the same id twice the last counts. */
  addTurns(turns: readonly RecordedTurn[]): Promise<void>
  /** Rejects as `addSpans`. Feedback under an id that is known replaces it, wherever it stood. */
  addFeedback(feedback: readonly GivenFeedback[]): Promise<void>
  /** Rejects as `addSpans`. Parts of traces and observations are merged, each once, in whatever order they come. */
  addEvents(events: readonly IngestedEvent[]): Promise<void>
}

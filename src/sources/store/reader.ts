import type { LogRecord, Span, SpanMeaning } from '../../domain/span.ts'
import type { SpanReading, TraceContext, TraceReading } from '../../semantics/reading.ts'

/** What semantics gives the store: how a span is read, what it means, and how readings fold into a trace. */
export interface Reader {
  readSpan(span: Span): SpanReading
  summarise(readings: readonly SpanReading[], context: TraceContext): TraceReading
  readMeaning(span: Span, logs: readonly LogRecord[]): SpanMeaning
}

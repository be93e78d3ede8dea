import type { LogRecord, Span, SpanMeaning } from '../../domain/model/span.ts'
import type { Micros } from '../../domain/model/units.ts'
import type { SpanReading, TraceContext, TraceReading } from '../../semantics/reading.ts'
import type { HeldTrace } from './held-rows.ts'

/** What semantics/ does: reads a span, says what it means, folds readings into a trace. */
export interface TraceReader {
  readSpan(span: Span): SpanReading
  readMeaning(span: Span, logs: readonly LogRecord[]): SpanMeaning
  summarise(readings: readonly SpanReading[], context: TraceContext): TraceReading
}

/** Reads the spans of one trace, to be held in memory. */
export function holdTrace(reader: TraceReader, spans: readonly Span[], arrival: Micros): HeldTrace {
  const traceId = spans[0]?.traceId
  if (traceId === undefined) throw new RangeError('a trace has at least one span')
  const reading = reader.summarise(
    spans.map((span) => reader.readSpan(span)),
    { traceId },
  )
  return {
    traceId,
    arrival,
    spans,
    reading,
    detail: (span) => {
      const outline = reading.outlines.find(({ spanId }) => spanId === span.spanId)
      return {
        outline: outline ?? reader.readSpan(span).outline,
        span,
        meaning: reader.readMeaning(span, []),
      }
    },
  }
}

import type { LogRecord, Span, SpanMeaning } from '../../../domain/model/span.ts'
import type { KeyOverrides } from '../../../semantics/conventions/key-index.ts'
import type { SpanReading, TraceContext, TraceReading } from '../../../semantics/reading.ts'
import { readMeaning } from '../../../semantics/span/meaning.ts'
import { readSpan } from '../../../semantics/span/read-span.ts'
import { summarise } from '../../../semantics/trace/summarise.ts'

/** What semantics gives the store: how a span is read, what it means, and how readings fold into a trace. */
export interface Reader {
  readSpan(span: Span, logs?: readonly LogRecord[]): SpanReading
  summarise(readings: readonly SpanReading[], context: TraceContext): TraceReading
  /** `preceding`: spans of the trace that ended before this one began, where they may say more of it. */
  readMeaning(span: Span, logs: readonly LogRecord[], preceding?: readonly Span[]): SpanMeaning
}

/** Reads by the conventions, with keys of one's own looked at first. */
export function conventionReader(keys?: KeyOverrides): Reader {
  const options = keys === undefined ? {} : { keys }
  return {
    readSpan: (span, logs = []) => readSpan(span, logs.length > 0 ? { ...options, logs } : options),
    summarise,
    readMeaning: (span, logs, preceding = []) => readMeaning(span, { logs, preceding }),
  }
}

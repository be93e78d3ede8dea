import type { AggregatedSpan } from '../../domain/aggregate/aggregated-turn.ts'
import type { Span, SpanDetail } from '../../domain/model/span.ts'
import type { Trace, TraceRow, TraceSummary } from '../../domain/model/trace.ts'
import type { Micros, TraceId } from '../../domain/model/units.ts'
import { attributesIn } from '../../domain/query/attribute-filter.ts'
import { isPending, type TraceReading } from '../../semantics/reading.ts'
import { readSpan } from '../../semantics/span/read-span.ts'
import { aggregatedSpans } from '../../semantics/trace/aggregated-spans.ts'

/** A trace in memory: its spans, when the last of them came, and what they were read as. */
export interface HeldTrace {
  readonly traceId: TraceId
  readonly arrival: Micros
  readonly spans: readonly Span[]
  readonly reading: TraceReading
  /** Reads one span's payload. */
  readonly detail: (span: Span) => SpanDetail
}

/** Made once: each question about its spans looks at all of them. */
const aggregated = new WeakMap<HeldTrace, readonly AggregatedSpan[]>()

/** The trace's spans as aggregates look at them. */
export function spansOfHeld(held: HeldTrace): readonly AggregatedSpan[] {
  const known = aggregated.get(held)
  if (known) return known
  const readings = held.spans.map((span) => readSpan(span))
  const spans = aggregatedSpans(held.spans, readings, held.reading.outlines)
  aggregated.set(held, spans)
  return spans
}

/** The trace's row as of now: a trace that is still awaited says so. */
export const rowOfHeld = (held: HeldTrace, now: Micros): TraceRow => ({
  summary: isPending(held.reading.rootSeen, held.arrival, now)
    ? { ...held.reading.summary, status: 'pending' }
    : held.reading.summary,
  facets: held.reading.facets,
})

/** The row with its texts whole and its spans' attributes: what is searched in. */
export const wholeRow = (held: HeldTrace, now: Micros): TraceRow => {
  const { summary, facets } = rowOfHeld(held, now)
  return { summary: withTexts(summary, held.reading), facets, attributes: attributesIn(held.spans) }
}

const withTexts = (summary: TraceSummary, { input, output }: TraceReading): TraceSummary => ({
  ...summary,
  ...(input !== undefined && { input }),
  ...(output !== undefined && { output }),
})

/** The turn, whole, without its spans. */
export function traceOfHeld(held: HeldTrace, source: string, now: Micros): Trace {
  const { reading } = held
  return {
    ...withTexts(rowOfHeld(held, now).summary, reading),
    spans: { source, traceId: held.traceId },
    ...(reading.participantData && { participantData: reading.participantData }),
    ...(reading.sessionData !== undefined && { sessionData: reading.sessionData }),
    ...(reading.rootCause && { rootCause: reading.rootCause }),
    ...(reading.callTurns && { callTurns: reading.callTurns }),
    ...(reading.models && { models: reading.models }),
    ...(reading.counted && { counted: reading.counted }),
  }
}

import type { LogRecord, Span, SpanDetail, SpanMeaning } from '../../domain/model/span.ts'
import type { Trace, TraceRow, TraceSummary } from '../../domain/model/trace.ts'
import { endOf, type Micros, type TraceId } from '../../domain/model/units.ts'
import { type AttributeLookup, attributesIn } from '../../domain/query/attribute-filter.ts'
import { isPending, type SpanReading, type TraceContext, type TraceReading } from '../../semantics/reading.ts'

/** What semantics/ does: reads a span, folds readings into a trace, says what a payload means. */
export interface TraceReader {
  readSpan(span: Span): SpanReading
  summarise(readings: readonly SpanReading[], context: TraceContext): TraceReading
  readMeaning(span: Span, logs: readonly LogRecord[], preceding?: readonly Span[]): SpanMeaning
}

/** What a trace's row is made of, whenever it is asked for. */
export interface ReadRow {
  readonly traceId: TraceId
  readonly reading: TraceReading
  /** When the last span came or, where the backend knows no arrival, when the last one ended. */
  readonly newestEnd: Micros
  readonly attributes: AttributeLookup
}

/** Spans after which others get their turn. */
const SPANS_A_STEP = 200

/** Reads a trace from its spans, at least one, with pauses. */
export async function readTrace(
  reader: TraceReader,
  traceId: TraceId,
  spans: readonly Span[],
): Promise<ReadRow> {
  const readings: SpanReading[] = []
  let newestEnd = 0
  for (const span of spans) {
    readings.push(reader.readSpan(span))
    newestEnd = Math.max(
      newestEnd,
      span.duration === null ? span.startTime : endOf(span.startTime, span.duration),
    )
    if (readings.length % SPANS_A_STEP === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    traceId,
    reading: reader.summarise(readings, { traceId }),
    newestEnd: newestEnd as Micros,
    // Events and links are not kept for it.
    attributes: attributesIn(spans.map(({ attributes, resource }) => ({ attributes, resource }))),
  }
}

/** The row as of now: a trace that is still awaited says so. */
export function rowOf({ reading, newestEnd }: ReadRow, now: Micros): TraceRow {
  const { summary, facets, rootSeen } = reading
  return {
    summary: isPending(rootSeen, newestEnd, now) ? { ...summary, status: 'pending' } : summary,
    facets,
  }
}

const withTexts = (summary: TraceSummary, { input, output }: TraceReading): TraceSummary => ({
  ...summary,
  ...(input !== undefined && { input }),
  ...(output !== undefined && { output }),
})

/** The row with its texts whole: what free text is searched in. */
export function wholeRowOf(read: ReadRow, now: Micros): TraceRow {
  const { summary, facets } = rowOf(read, now)
  return { summary: withTexts(summary, read.reading), facets, attributes: read.attributes }
}

/** The turn, whole, without its spans. */
export function traceOf(read: ReadRow, source: string, now: Micros): Trace {
  const { reading, traceId } = read
  const { participantData, sessionData, rootCause, callTurns, models, counted, spansAt, externalUrl } =
    reading
  return {
    ...wholeRowOf(read, now).summary,
    spans: spansAt === undefined ? { source, traceId } : spansAt,
    ...(participantData && { participantData }),
    ...(sessionData !== undefined && { sessionData }),
    ...(rootCause && { rootCause }),
    ...(callTurns && { callTurns }),
    ...(models && { models }),
    ...(counted && { counted }),
    ...(externalUrl !== undefined && { externalUrl }),
  }
}

/** A tool's arguments may stand only in the model's answer that asked for it: a few spans before. */
const PRECEDING = 50

/** Which other spans a span's payload is read with: those that may say more of it, the nearest first. */
export function precedingIds({ reading: { outlines } }: ReadRow, spanId: string): readonly string[] {
  const outline = outlines.find((one) => one.spanId === spanId)
  if (outline?.kind !== 'tool') return []
  return outlines
    .filter(({ startTime, duration }) => startTime + (duration ?? 0) <= outline.startTime)
    .sort((a, b) => b.startTime - a.startTime)
    .slice(0, PRECEDING)
    .map((one) => one.spanId)
}

/** One span's payload; undefined where the trace has no such span. `spans`: it and its `precedingIds`. */
export function detailOf(
  reader: TraceReader,
  read: ReadRow,
  spans: ReadonlyMap<string, Span>,
  spanId: string,
): SpanDetail | undefined {
  const span = spans.get(spanId)
  const outline = read.reading.outlines.find((one) => one.spanId === spanId)
  if (span === undefined || outline === undefined) return undefined
  const preceding = precedingIds(read, spanId).flatMap((id) => spans.get(id) ?? [])
  return { outline, span, meaning: reader.readMeaning(span, [], preceding) }
}

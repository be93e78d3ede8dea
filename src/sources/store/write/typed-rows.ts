import type { SpanOutline } from '../../../domain/model/span.ts'
import type { TraceKind } from '../../../domain/model/trace.ts'
import type { Micros, SpanId, TraceId } from '../../../domain/model/units.ts'
import type { SpanReading } from '../../../semantics/reading.ts'
import { measureSpans } from '../../../semantics/trace/span-measures.ts'
import { typedRow } from '../columns/typed-spans.ts'
import type { Cell } from '../sql/append.ts'

/** What of a trace its spans' typed rows repeat. */
export interface JudgedTrace {
  readonly start: Micros
  readonly kind: TraceKind
  /** The readings' outlines as the whole trace judges them, in their order. */
  readonly outlines: readonly SpanOutline[]
  readonly causeId: SpanId | undefined
}

/** The rows of `typed_spans` of a trace's spans, in the order of the readings; raw copies have none. */
export function* typedRows(
  traceId: TraceId,
  readings: readonly SpanReading[],
  { start, kind, outlines, causeId }: JudgedTrace,
): Generator<Cell[]> {
  const measures = measureSpans(readings, outlines)
  for (const [at, reading] of readings.entries()) {
    const measure = measures[at]
    const outline = outlines[at]
    if (!measure || !outline) continue
    const isCause = outline.spanId === causeId
    yield typedRow({ traceId, traceStart: start, traceKind: kind, reading, outline, measure, isCause })
  }
}

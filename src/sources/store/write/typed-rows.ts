import type { SpanOutline } from '../../../domain/model/span.ts'
import type { TraceKind } from '../../../domain/model/trace.ts'
import type { Micros, SpanId, TraceId } from '../../../domain/model/units.ts'
import type { SpanReading } from '../../../semantics/reading.ts'
import { measureSpans } from '../../../semantics/trace/span-measures.ts'
import { typedRow, typedSignature } from '../columns/typed-spans.ts'
import type { Cell } from '../sql/append.ts'
import type { TraceState } from './trace-states.ts'

/** What of a trace its spans' typed rows repeat. */
export interface TypedTrace {
  readonly traceId: TraceId
  readonly start: Micros
  readonly kind: TraceKind
  /** The readings' outlines as the whole trace judges them, in their order. */
  readonly outlines: readonly SpanOutline[]
  readonly causeId: SpanId | undefined
}

/** The rows of `typed_spans` of a trace's spans, in the order of the readings; undefined for raw copies. */
export function* typedRows(
  readings: readonly SpanReading[],
  { traceId, start, kind, outlines, causeId }: TypedTrace,
): Generator<Cell[] | undefined> {
  const measures = measureSpans(readings, outlines)
  for (const [at, reading] of readings.entries()) {
    const measure = measures[at]
    const outline = outlines[at]
    yield measure &&
      outline &&
      typedRow({
        traceId,
        traceStart: start,
        traceKind: kind,
        reading,
        outline,
        measure,
        isCause: outline.spanId === causeId,
      })
  }
}

/** A typed row that is out of date. */
export interface StaleRow {
  readonly traceId: TraceId
  readonly spanId: SpanId
  readonly startTime: Micros
}

/** What has to be written of a trace's typed rows so that they are as its fold says, and what to delete before. */
export function typedChanges(state: TraceState, trace: TypedTrace, rows: Cell[][], stale: StaleRow[]): void {
  let at = 0
  for (const row of typedRows(state.readings, trace)) {
    const outline = state.readings[at]?.outline
    const before = state.typed[at] ?? null
    const signature = row === undefined ? null : typedSignature(row)
    if (outline !== undefined && signature !== before?.signature) {
      if (before !== null) {
        stale.push({ traceId: state.traceId, spanId: outline.spanId, startTime: before.startTime })
      }
      if (row !== undefined) rows.push(row)
      state.typed[at] = signature === null ? null : { signature, startTime: outline.startTime }
    }
    at++
  }
}

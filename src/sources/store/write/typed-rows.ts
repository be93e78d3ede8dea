import type { SpanOutline } from '../../../domain/model/span.ts'
import type { TraceKind } from '../../../domain/model/trace.ts'
import type { Micros, SpanId, TraceId } from '../../../domain/model/units.ts'
import type { SpanReading } from '../../../semantics/reading.ts'
import { measureSpans } from '../../../semantics/trace/span-measures.ts'
import { saidBy, saysTheSame, typedRow } from '../columns/typed-spans.ts'
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
export function typedRows(
  readings: readonly SpanReading[],
  { traceId, start, kind, outlines, causeId }: TypedTrace,
): readonly (Cell[] | undefined)[] {
  const measures = measureSpans(readings, outlines)
  return readings.map((reading, at) => {
    const measure = measures[at]
    const outline = outlines[at]
    if (!measure || !outline) return undefined
    return typedRow({
      traceId,
      traceStart: start,
      traceKind: kind,
      reading,
      outline,
      measure,
      isCause: outline.spanId === causeId,
    })
  })
}

/** A typed row that is out of date. */
export interface StaleRow {
  readonly traceId: TraceId
  readonly spanId: SpanId
  readonly startTime: Micros
}

/** What has to be written of a trace's typed rows so that they are as its fold says, and what to delete before. */
export function typedChanges(state: TraceState, trace: TypedTrace, rows: Cell[][], stale: StaleRow[]): void {
  const all = typedRows(state.readings, trace)
  for (let at = 0; at < all.length; at++) {
    const row = all[at]
    const outline = state.readings[at]?.outline
    const before = state.typed[at] ?? null
    const said = row && saidBy(row)
    const isSame = said === undefined ? before === null : before !== null && saysTheSame(said, before.said)
    if (outline === undefined || isSame) continue
    if (before !== null) {
      stale.push({ traceId: state.traceId, spanId: outline.spanId, startTime: before.startTime })
    }
    if (row !== undefined) rows.push(row)
    state.typed[at] = said === undefined ? null : { said, startTime: outline.startTime }
  }
}

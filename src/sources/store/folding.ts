import type { SpanOutline } from '../../domain/span.ts'
import type { Reader } from './reader.ts'
import type { StorableTrace } from './trace-columns.ts'
import type { TraceState } from './trace-states.ts'

/** Traces up to this size are folded with every delivery. */
const SMALL = 1_000
/** Larger ones when they have grown by this factor, so that all folds together stay in proportion to size. */
const GROWTH = 1.5

/** Whether a trace's row is to be written again at once; else it is due later. */
export const isFoldedAtOnce = ({ readings, folded }: TraceState): boolean =>
  folded === 0 || readings.length <= SMALL || readings.length >= folded * GROWTH

export const isBehind = ({ readings, folded }: TraceState): boolean => readings.length !== folded

/** All of them, so that a key that is added to outlines is not forgotten here. */
const COMPARED: Record<keyof SpanOutline, true> = {
  spanId: true,
  parentId: true,
  name: true,
  kind: true,
  startTime: true,
  duration: true,
  service: true,
  state: true,
  label: true,
  tool: true,
  error: true,
  duplicate: true,
}
const OUTLINE_KEYS = Object.keys(COMPARED) as (keyof SpanOutline)[]
const differs = (a: SpanOutline, b: SpanOutline) => OUTLINE_KEYS.some((key) => a[key] !== b[key])

/** Outlines that judging the whole trace changed. They stand in the trace's row, not in each span's. */
function judgedOutlines(state: TraceState, outlines: readonly SpanOutline[]): readonly SpanOutline[] | null {
  const changed: SpanOutline[] = []
  for (const outline of outlines) {
    const place = state.places.get(outline.spanId)
    const read = place === undefined ? undefined : state.readings[place]?.outline
    if (read === undefined || read === outline || !differs(read, outline)) continue
    changed.push(outline)
  }
  return changed.length > 0 ? changed : null
}

/** Reads the whole trace from its spans. */
export function fold(state: TraceState, reader: Reader): StorableTrace {
  const reading = reader.summarise(state.readings, { traceId: state.traceId })
  return {
    reading,
    firstTime: state.firstTime,
    lastTime: state.lastTime,
    arrival: state.arrival,
    judged: judgedOutlines(state, reading.outlines),
  }
}

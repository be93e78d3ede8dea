import type { RecordedTurn } from '../../../domain/model/recorded-turn.ts'
import type { SpanOutline } from '../../../domain/model/span.ts'
import type { TraceReading } from '../../../semantics/reading.ts'
import { readRecorded } from '../../../semantics/trace/recorded-reading.ts'
import type { Reader } from '../columns/reader.ts'
import type { StorableTrace } from '../columns/trace-columns.ts'
import { shownFeedback } from './feedback.ts'
import type { TraceState } from './trace-states.ts'

/** Traces up to this size are folded with every delivery. */
const SMALL = 1_000
/** Larger ones when they have grown by this factor, so that all folds together stay in proportion to size. */
const GROWTH = 1.5

/** Whether a trace's row is to be written again at once; else it is due later. */
export const isFoldedAtOnce = ({ readings, folded }: TraceState): boolean =>
  folded <= 0 || readings.length <= SMALL || readings.length >= folded * GROWTH

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

/** What was given by itself hangs beside the turn: it changes nothing else of it. */
function withFeedback(reading: TraceReading, state: TraceState): TraceReading {
  if (state.feedback.size === 0) return reading
  const { summary } = reading
  return { ...reading, summary: { ...summary, feedback: [...summary.feedback, ...shownFeedback(state)] } }
}

function readWhole({ readings, recorded, traceId }: TraceState, reader: Reader): TraceReading {
  if (recorded === null) return reader.summarise(readings, { traceId })
  const read = readings.length === 0 ? null : reader.summarise(readings, { traceId })
  return readRecorded(JSON.parse(recorded) as RecordedTurn, read)
}

/** Reads the whole trace from its spans, and from what its bot recorded of the turn. */
export function fold(state: TraceState, reader: Reader): StorableTrace {
  const reading = withFeedback(readWhole(state, reader), state)
  const { startTime } = reading.summary
  const hasSpans = state.readings.length > 0
  return {
    reading,
    firstTime: hasSpans ? state.firstTime : startTime,
    lastTime: hasSpans ? state.lastTime : startTime,
    arrival: state.arrival,
    judged: judgedOutlines(state, reading.outlines),
    recorded: state.recorded,
  }
}

import type { RecordedTurn } from '../../../domain/model/recorded-turn.ts'
import type { TraceId } from '../../../domain/model/units.ts'
import { STALE, type TraceState } from './trace-states.ts'

/** A turn as its bot recorded it, put into the text that is stored. */
export interface EncodedTurn {
  readonly traceId: TraceId
  readonly text: string
  readonly bytes: number
}

export function encodeTurn(turn: RecordedTurn): EncodedTurn {
  const text = JSON.stringify(turn)
  // It stands in its row twice: as recorded, and as read with its spans.
  return { traceId: turn.trace.traceId, text, bytes: 4 * text.length + 400 }
}

/** Puts turns into their traces' states, of the same id the last. What is recorded again unchanged is no news. */
export function recordTurns(turns: readonly EncodedTurn[], touched: ReadonlyMap<TraceId, TraceState>): void {
  for (const { traceId, text } of turns) {
    const state = touched.get(traceId)
    if (!state || state.recorded === text) continue
    state.bytes += 2 * (text.length - (state.recorded?.length ?? 0))
    state.recorded = text
    state.folded = STALE
  }
}

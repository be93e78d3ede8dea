import type { GivenFeedback } from '../../../domain/model/given-feedback.ts'
import type { Feedback } from '../../../domain/model/trace.ts'
import type { Micros, TraceId } from '../../../domain/model/units.ts'
import { traceKey } from '../columns/stored-text.ts'
import type { Run } from '../engine/connections.ts'
import type { Cell, CellType } from '../sql/append.ts'
import { sql } from '../sql/sql.ts'
import { STALE, type TraceState } from './trace-states.ts'

/** The columns of `feedback`, in the table's order. */
export const FEEDBACK_TYPES: readonly CellType[] = ['INTEGER', 'VARCHAR', 'VARCHAR', 'BIGINT', 'VARCHAR']

/** So many of a turn stand in its row, the newest; the others stay in the store. */
const MOST_SHOWN = 200
/** Objects beside their texts. */
const OVERHEAD = 300

export const feedbackBytes = (given: GivenFeedback): number => 2 * JSON.stringify(given).length + OVERHEAD

export const feedbackRow = (given: GivenFeedback, arrival: Micros): Cell[] => [
  traceKey(given.traceId),
  given.traceId,
  given.id,
  arrival,
  JSON.stringify(given),
]

/** Reads back what was given on traces, whether or not they have a row. */
export async function loadFeedback(run: Run, states: ReadonlyMap<TraceId, TraceState>): Promise<void> {
  const ids = [...states.keys()]
  if (ids.length === 0) return
  const keys = ids.map((id) => String(traceKey(id)))
  const rows = await run(
    sql`SELECT record FROM feedback WHERE trace_key IN (SELECT unnest(${keys})::INTEGER)
        AND trace_id IN (SELECT unnest(${ids}))`,
  )
  for (const row of rows) {
    const given = JSON.parse(String(row.record)) as GivenFeedback
    const state = states.get(given.traceId)
    if (!state) continue
    state.feedback.set(given.id, given)
    state.bytes += feedbackBytes(given)
  }
}

/** Which traces hold feedback of these ids now. */
export async function tracesHolding(run: Run, given: readonly GivenFeedback[]): Promise<TraceId[]> {
  if (given.length === 0) return []
  const ids = given.map(({ id }) => id)
  const rows = await run(sql`SELECT DISTINCT trace_id FROM feedback WHERE id IN (SELECT unnest(${ids}))`)
  return rows.map(({ trace_id }) => String(trace_id) as TraceId)
}

/** A trace that has no row yet stays without one. */
const markStale = (state: TraceState): void => {
  if (state.readings.length > 0 || state.recorded !== null) state.folded = STALE
}

/**
 * Puts feedback beside its turns, of the same id the last, wherever it stood before. What is given again
 * unchanged is no news.
 * @returns what is new
 */
export function placeFeedback(
  given: readonly GivenFeedback[],
  touched: ReadonlyMap<TraceId, TraceState>,
): readonly GivenFeedback[] {
  const newest = new Map(given.map((one) => [one.id, one]))
  const holders = new Map<string, TraceState>()
  if (given.length > 0)
    for (const state of touched.values()) for (const id of state.feedback.keys()) holders.set(id, state)
  const news: GivenFeedback[] = []
  for (const one of newest.values()) {
    const text = JSON.stringify(one)
    if (JSON.stringify(touched.get(one.traceId)?.feedback.get(one.id)) === text) continue
    const holder = holders.get(one.id)
    if (holder?.feedback.delete(one.id)) markStale(holder)
    const state = touched.get(one.traceId)
    if (!state) continue
    state.feedback.set(one.id, one)
    state.bytes += feedbackBytes(one)
    markStale(state)
    news.push(one)
  }
  return news
}

/** What a turn's row shows of them, the oldest first; those without a time stand first. */
export const shownFeedback = (state: TraceState): readonly Feedback[] =>
  [...state.feedback.values()]
    .sort((a, b) => (a.time ?? 0) - (b.time ?? 0) || (a.id < b.id ? -1 : 1))
    .slice(-MOST_SHOWN)
    .map(({ id, traceId, ...feedback }) => feedback)

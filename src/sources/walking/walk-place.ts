import type { AttributeValue } from '../../domain/model/span.ts'
import { isPrintableId, type TraceId } from '../../domain/model/units.ts'
import { compareIds } from '../../domain/query/order.ts'
import type { WindowRow } from './time-windows.ts'

/** Traces that a cursor carries by id, and how long they may be together: a cursor stands in an address. */
const MOST_HELD = 40
const MOST_HELD_BYTES = 1_600

/** What pages before have seen: all that shows up after `at`, and at that moment the ids from `id` on. */
export interface Shown {
  readonly at: number
  /** '' = every id. */
  readonly id: string
}

/** Where a walk stands between two pages: the note in its cursor. */
export interface WalkPlace {
  /** Where the next page begins to look, in stretches of `width`, µs. */
  readonly edge: number
  readonly width: number
  /** Traces to look up again, found before their turn. */
  readonly held: readonly TraceId[]
  /** Traces to look up that were found after their turn, and did not fit on the page. */
  readonly late: readonly TraceId[]
  /** Absent where every trace shows up in the stretch in which it began, or later. */
  readonly shown?: Shown
  /** Down to where the next page looks before it gives anything, µs; absent = it gives what it finds. */
  readonly until?: number
}

const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const isIds = (value: unknown): value is readonly TraceId[] =>
  Array.isArray(value) &&
  value.length <= MOST_HELD &&
  value.every((one) => typeof one === 'string' && isPrintableId(one))

/** Reads a cursor's note; null where it is none. */
export function placeOf(note: AttributeValue | undefined): WalkPlace | null {
  if (!Array.isArray(note)) return null
  const [edge, width, held = [], at = -1, id = '', until = -1, late = []] = note as readonly unknown[]
  if (!isTime(edge) || !isTime(width) || width < 1 || !isIds(held) || !isIds(late)) return null
  if ((at !== -1 && !isTime(at)) || (until !== -1 && !isTime(until)) || typeof id !== 'string') return null
  return {
    edge,
    width,
    held,
    late,
    ...(at !== -1 && { shown: { at: at as number, id } }),
    ...(until !== -1 && { until: until as number }),
  }
}

/** The note that `placeOf` reads, as short as may be. */
export function noteOf({ edge, width, held, late, shown, until }: WalkPlace): AttributeValue {
  if (shown !== undefined || until !== undefined || late.length > 0)
    return [edge, width, [...held], shown?.at ?? -1, shown?.id ?? '', until ?? -1, [...late]]
  return held.length > 0 ? [edge, width, [...held]] : [edge, width]
}

/** Whether pages before cannot have seen a trace that shows up at `at` and before alone. */
export const isBelow = ({ at, id }: Shown, shownAt: number, trace: TraceId): boolean =>
  shownAt < at || (shownAt === at && id !== '' && compareIds(trace, id) < 0)

/** Traces to carry by id: as many as an address bears. */
export function heldOf(rows: readonly WindowRow[]): readonly TraceId[] {
  const held: TraceId[] = []
  let bytes = 0
  for (const { row } of rows) {
    const { traceId } = row.summary
    bytes += new TextEncoder().encode(traceId).length + 3
    if (held.length === MOST_HELD || bytes > MOST_HELD_BYTES) break
    held.push(traceId)
  }
  return held
}

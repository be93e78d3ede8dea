import type { TraceSummary } from '../model/trace.ts'
import type { TraceId } from '../model/units.ts'
import type { Sort, SortField } from './trace-query.ts'

/** What ordering looks at; every trace and summary is one. */
export type Sortable = Pick<TraceSummary, 'traceId' | 'startTime' | 'duration' | 'metrics'>

/** Where a row stands in an order: the sorted value (null = unknown) and, for ties, the trace's id. */
export interface Position {
  readonly key: number | null
  readonly id: TraceId
}

const KEYS: Record<SortField, (row: Sortable) => number | null> = {
  startTime: (row) => row.startTime,
  duration: (row) => row.duration,
  tokens: (row) => row.metrics.totalTokens ?? null,
  cost: (row) => row.metrics.cost ?? null,
}

/** The value a row is sorted by; null where it is unknown or does not apply. Times and durations in µs. */
export const sortKey = (sort: Sort, row: Sortable): number | null => KEYS[sort.field](row)

export const positionOf = (sort: Sort, row: Sortable): Position => ({
  key: sortKey(sort, row),
  id: row.traceId,
})

/**
 * Orders ids by code points, as databases order UTF-8, and not by UTF-16 units. Negative = a before b.
 */
export function compareIds(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left === right) continue
    const leftPair = (left & 0xf800) === 0xd800
    const rightPair = (right & 0xf800) === 0xd800
    return leftPair === rightPair ? left - right : leftPair ? 1 : -1
  }
  return a.length - b.length
}

/** Total order of positions under a sort: unknown last in both directions, ties by id descending. */
function comparePositions(sort: Sort): (a: Position, b: Position) => number {
  const sign = sort.descending ? -1 : 1
  return (a, b) => {
    if (a.key !== b.key) {
      if (a.key === null) return 1
      if (b.key === null) return -1
      return (a.key - b.key) * sign
    }
    return compareIds(b.id, a.id)
  }
}

/** Total order of rows under a sort, for `Array.sort`. */
export function compareRows(sort: Sort): (a: Sortable, b: Sortable) => number {
  const compare = comparePositions(sort)
  return (a, b) => compare(positionOf(sort, a), positionOf(sort, b))
}

/** Whether a row comes after a position: what the next page begins with. */
export function isAfter(sort: Sort, position: Position): (row: Sortable) => boolean {
  const compare = comparePositions(sort)
  return (row) => compare(positionOf(sort, row), position) > 0
}

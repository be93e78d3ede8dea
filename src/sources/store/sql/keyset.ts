import type { Position } from '../../../domain/query/order.ts'
import type { Sort, SortField } from '../../../domain/query/trace-query.ts'
import { constant, type Fragment, sql } from './sql.ts'

const COLUMNS: Record<SortField, string> = {
  startTime: 'start_time',
  duration: 'duration',
  tokens: 'tokens',
  cost: 'cost',
}

/** Times and durations are whole numbers in the store; bound as such, the engine can skip what cannot match. */
const IS_WHOLE: Record<SortField, boolean> = { startTime: true, duration: true, tokens: false, cost: false }

const sortColumn = ({ field }: Sort): Fragment => constant(COLUMNS[field])

/** Total: unknown last in both directions, ties by id descending. */
export const orderBy = (sort: Sort): Fragment =>
  constant(`${COLUMNS[sort.field]} ${sort.descending ? 'DESC' : 'ASC'} NULLS LAST, trace_id DESC`)

const boundKey = (sort: Sort, key: number): number | bigint =>
  IS_WHOLE[sort.field] ? BigInt(Math.round(key)) : key

/** What comes after a position in that order. */
export function afterPosition(sort: Sort, { key, id }: Position): Fragment {
  const column = sortColumn(sort)
  if (key === null) return sql`${column} IS NULL AND trace_id < ${id}`
  const value = boundKey(sort, key)
  const upTo = sort.descending ? sql`${column} <= ${value}` : sql`${column} >= ${value}`
  const known = sql`${upTo} AND (${column} <> ${value} OR trace_id < ${id})`
  // Only columns that can be unknown ask for the unknown: without it, whole row groups are skipped.
  return IS_WHOLE[sort.field] ? known : sql`(${known}) OR ${column} IS NULL`
}

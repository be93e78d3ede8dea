import { NEWEST_FIRST, type Sort } from '../../domain/trace-query.ts'

/**
 * The sort after a press on a column's head: the greatest first, then (where the source can) the least first,
 * then newest first again. Time has no third state: newest first is its first.
 */
export function nextSort(now: Sort, field: Sort['field'], ascending: boolean): Sort {
  if (now.field !== field) return { field, descending: true }
  if (now.descending && ascending) return { field, descending: false }
  return NEWEST_FIRST
}

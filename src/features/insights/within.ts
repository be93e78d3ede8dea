import { FILTER_FIELDS, type FilterField, type TraceQuery } from '../../domain/query/trace-query.ts'
import { narrowedTo } from '../../filters/narrowed-to.ts'

/**
 * The turns of a query that also have a value. Of a field that holds several (a turn has each of its flows), what
 * was asked of it before still stands.
 */
export function within(field: FilterField, value: string, query: TraceQuery): TraceQuery {
  const isAsked = query.conditions.some((condition) => condition.field === field)
  if (FILTER_FIELDS[field] !== 'list' || !isAsked) return narrowedTo(field, value, query)
  const all = query.conditions.find((one) => one.field === field && one.operator === 'all')
  const values = [...new Set([...(all?.values ?? []), value])]
  return {
    ...query,
    conditions: [...query.conditions.filter((one) => one !== all), { field, operator: 'all', values }],
  }
}

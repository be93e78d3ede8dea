import { EVERYTHING, type FilterField, type TraceQuery } from '../domain/query/trace-query.ts'

/** A query narrowed to one value of a field; what it said of that field before gives way, the rest is kept. */
export const narrowedTo = (
  field: FilterField,
  value: string,
  query: TraceQuery = EVERYTHING,
): TraceQuery => ({
  ...query,
  conditions: [
    ...query.conditions.filter((condition) => condition.field !== field),
    { field, operator: 'is', values: [value] },
  ],
})

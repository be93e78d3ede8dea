import type { Micros } from '../../domain/model/units.ts'
import { freeze } from '../../domain/query/match.ts'
import { NEWEST_FIRST, type TraceQuery } from '../../domain/query/trace-query.ts'

/**
 * What the page is about, as of one moment, so that all its figures are of the same turns: the address's filters,
 * and turns and calls alone where those say nothing of kinds.
 */
export function turnsOfView(query: TraceQuery, now: Micros): TraceQuery {
  const asked = freeze({ ...query, sort: NEWEST_FIRST }, now)
  if (asked.conditions.some(({ field }) => field === 'kind')) return asked
  const turns = { field: 'kind', operator: 'is', values: ['turn', 'call'] } as const
  return { ...asked, conditions: [...asked.conditions, turns] }
}

/** The same question about as long a time before; undefined where the time has no beginning or no end. */
export function periodBefore(query: TraceQuery): TraceQuery | undefined {
  const { from, to } = query
  if (from === undefined || to === undefined || to <= from) return undefined
  return { ...query, from: Math.max(0, from - (to - from)) as Micros, to: from }
}

/** The turns that took at least so long, µs; those that are under way have no duration yet. */
export function slowerThan(duration: number, query: TraceQuery): TraceQuery {
  const own = query.conditions.find(({ field, operator }) => field === 'duration' && operator === 'min')
  const least = Math.max(duration / 1000, Number(own?.values[0] ?? 0))
  return {
    ...query,
    conditions: [
      ...query.conditions.filter((one) => one !== own),
      { field: 'duration', operator: 'min', values: [String(least)] },
    ],
  }
}

import type { FilterField, FilterOperator, TraceQuery } from '../../domain/query/trace-query.ts'
import type { Params } from './langfuse-api.ts'

/** What Langfuse finds itself; everything else is matched on what comes back, and so are these once more. */
export const PUSHED: readonly {
  readonly field: FilterField
  readonly operators: readonly FilterOperator[]
}[] = [
  { field: 'traceId', operators: ['is'] },
  { field: 'session', operators: ['is'] },
  { field: 'participant', operators: ['is'] },
  { field: 'tag', operators: ['is', 'all'] },
  { field: 'environment', operators: ['is'] },
]

/** How one stretch of time is asked for: once for each of several values. */
export interface RowPlan {
  readonly asked: readonly Params[]
  /** Only top observations are asked for: those that match may be any of a trace otherwise. */
  readonly topsAlone: boolean
}

/** More values than these cost more than looking at everything. */
const MOST_VALUES = 8

const valuesOf = (
  query: TraceQuery,
  field: FilterField,
  operators: readonly FilterOperator[] = ['is'],
): readonly string[] | undefined => {
  const found = query.conditions.find((one) => one.field === field && operators.includes(one.operator))
  const values = found && [...new Set(found.values)]
  return values && values.length > 0 && values.length <= MOST_VALUES ? values : undefined
}

/** Langfuse's own word for what has no environment is left to what comes back. */
const ENVIRONMENT = /^(?!langfuse)[a-z0-9_-]{1,40}$/
const isEnvironments = (values: readonly string[] | undefined): values is readonly string[] =>
  values?.every((value) => ENVIRONMENT.test(value)) === true

/**
 * How a question is put to the newer API. Session, participant and tags may stand on any observation of a trace;
 * one of them is handed on, since two might stand on different ones.
 */
export function planRows(
  query: TraceQuery,
  filterOf: (column: string, values: readonly string[]) => Params,
): RowPlan {
  const session = valuesOf(query, 'session')
  if (session) return { asked: session.map((value) => [['sessionId', value]]), topsAlone: false }
  const user = valuesOf(query, 'participant')
  if (user) return { asked: user.map((value) => [['userId', value]]), topsAlone: false }
  const tags = valuesOf(query, 'tag', ['is', 'all'])
  if (tags) return { asked: [filterOf('tags', tags)], topsAlone: false }
  const tops: Params = [['isRootObservation', 'true']]
  const environments = valuesOf(query, 'environment')
  if (!isEnvironments(environments)) return { asked: [tops], topsAlone: true }
  const named: Params = environments.map((value) => ['environment', value] as const)
  return { asked: [[...tops, ...named]], topsAlone: true }
}

/** How a question is put to the legacy API, which joins what it is given by "and". */
export function planTraces(query: TraceQuery): readonly Params[] {
  const session = valuesOf(query, 'session')
  const user = valuesOf(query, 'participant')
  const all = valuesOf(query, 'tag', ['all'])
  const some = valuesOf(query, 'tag')
  const environments = valuesOf(query, 'environment')
  const shared: Params = [
    ...(all ?? []).map((value) => ['tags', value] as const),
    ...(all === undefined && some?.length === 1 ? [['tags', some[0] as string] as const] : []),
    ...(isEnvironments(environments) ? environments.map((value) => ['environment', value] as const) : []),
  ]
  if (session) {
    const only: Params = user?.length === 1 ? [['userId', user[0] as string]] : []
    return session.map((value) => [['sessionId', value], ...only, ...shared])
  }
  if (user) return user.map((value) => [['userId', value], ...shared])
  return [shared]
}

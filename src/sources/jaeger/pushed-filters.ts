import type { FilterField, FilterOperator, TraceQuery } from '../../domain/query/trace-query.ts'
import type { FactConcept } from '../../semantics/conventions/convention.ts'
import { keysOf } from '../../semantics/conventions/convention-table.ts'
import type { KeyOverrides } from '../../semantics/conventions/key-index.ts'
import type { Search } from './query-api.ts'

/** What is asked for in each stretch of time. */
export interface SearchPlan {
  readonly searches: readonly Search[]
  /** A trace shows up in the stretch in which its first span began, whichever service that is of. */
  readonly byEverySpan: boolean
}

/** Fields whose values stand under known keys of spans, as they were recorded. */
const CONCEPTS: { readonly [Field in FilterField]?: readonly FactConcept[] } = {
  session: ['session'],
  participant: ['participant', 'participantName'],
}

/** What Jaeger finds itself; everything else is matched on what comes back, and so are these once more. */
export const PUSHED: readonly {
  readonly field: FilterField
  readonly operators: readonly FilterOperator[]
}[] = (['traceId', 'service', 'session', 'participant', 'spanName'] as const).map((field) => ({
  field,
  operators: ['is'],
}))

/** More searches than this for a stretch of time cost more than looking at everything. */
const MOST_SEARCHES = 64
/** Storages index no longer values of tags, and Elasticsearch takes them for regular expressions. */
const FINDABLE = /^[\p{L}\p{N}_@:/=, -][\p{L}\p{N}_@.:/=, -]{0,199}$/u

const isValues = (query: TraceQuery, field: FilterField): readonly string[] | undefined =>
  query.conditions.find((one) => one.field === field && one.operator === 'is')?.values

function tagsFor(
  query: TraceQuery,
  overrides: KeyOverrides,
): readonly (readonly [string, string])[] | undefined {
  for (const field of Object.keys(CONCEPTS) as ('session' | 'participant')[]) {
    const values = isValues(query, field)
    if (values === undefined || !values.every((value) => FINDABLE.test(value) && value.trim() === value))
      continue
    const keys = new Set([
      ...(overrides[field] ?? []),
      ...(CONCEPTS[field] ?? []).flatMap((concept) => keysOf(concept)),
    ])
    return [...keys].flatMap((key) => values.map((value) => [key, value] as const))
  }
  return undefined
}

/**
 * How a question is put to Jaeger: for each service one search, or several where a condition can be asked for.
 * One condition alone is handed on: two might hold on different spans of a trace, which storages judge
 * differently.
 */
export function planSearches(
  query: TraceQuery,
  services: readonly string[],
  operations: readonly string[],
  takesTags: boolean,
  overrides: KeyOverrides = {},
): SearchPlan {
  const wanted = isValues(query, 'service')
  const asked = wanted === undefined ? services : [...new Set(wanted)]
  const plain = asked.map((service): Search => ({ service }))
  if (operations.length > 0) {
    const searches = plain.flatMap(({ service }) => operations.map((operation) => ({ service, operation })))
    return { searches, byEverySpan: false }
  }
  const tags = takesTags ? tagsFor(query, overrides) : undefined
  const names = isValues(query, 'spanName')
  const pushed =
    tags !== undefined
      ? plain.flatMap(({ service }) => tags.map((tag) => ({ service, tag })))
      : (names ?? []).flatMap((operation) => plain.map(({ service }) => ({ service, operation })))
  if (pushed.length > 0 && pushed.length <= MOST_SEARCHES) return { searches: pushed, byEverySpan: false }
  return { searches: plain, byEverySpan: wanted === undefined }
}

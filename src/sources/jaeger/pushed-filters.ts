import type { FilterField, FilterOperator, TraceQuery } from '../../domain/query/trace-query.ts'
import type { FactConcept } from '../../semantics/conventions/convention.ts'
import { keysOf } from '../../semantics/conventions/convention-table.ts'
import type { KeyOverrides } from '../../semantics/conventions/key-index.ts'
import type { Search } from './query-api.ts'

/** What is asked for in each stretch of time. */
export interface SearchPlan {
  readonly searches: readonly Search[]
  /**
   * What finds a trace: any of its spans, so that it shows up in the stretch in which it began; spans of some
   * services or names; or spans with a tag, which storages judge by rules of their own.
   */
  readonly by: 'every span' | 'some spans' | 'tags'
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

/**
 * More searches than this for a stretch of time cost more than looking at everything. A session may stand under
 * some 15 keys in each of 60 services: storages look such a pair up in an index, however long the stretch, where
 * looking at everything brings whole traces of every service.
 */
const MOST_SEARCHES = 1_500
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
  {
    takesTags,
    allServices,
    overrides = {},
  }: {
    readonly takesTags: boolean
    /** Whether `services` are all that the backend has. */
    readonly allServices: boolean
    readonly overrides?: KeyOverrides
  },
): SearchPlan {
  const wanted = isValues(query, 'service')
  const asked = wanted === undefined ? services : [...new Set(wanted)]
  const plain = asked.map((service): Search => ({ service }))
  if (operations.length > 0) {
    const searches = plain.flatMap(({ service }) => operations.map((operation) => ({ service, operation })))
    return { searches, by: 'some spans' }
  }
  const tags = takesTags ? tagsFor(query, overrides) : undefined
  const names = isValues(query, 'spanName')
  const pushed =
    tags !== undefined
      ? plain.flatMap(({ service }) => tags.map((tag) => ({ service, tag })))
      : (names ?? []).flatMap((operation) => plain.map(({ service }) => ({ service, operation })))
  if (pushed.length > 0 && pushed.length <= MOST_SEARCHES)
    return { searches: pushed, by: tags === undefined ? 'some spans' : 'tags' }
  return { searches: plain, by: wanted === undefined && allServices ? 'every span' : 'some spans' }
}

import { keepPreviousData, useQueries } from '@tanstack/react-query'
import type { AggregateReply, AggregateRequest } from '../../domain/aggregate/aggregate-request.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { Answer, TraceSource } from '../../domain/port/trace-source.ts'
import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { keys } from '../../state/queries.ts'
import { useSource } from '../../state/source-context.tsx'

/** One aggregate: of what, over which turns. */
export interface AsksAggregate extends Partial<AggregateRequest> {
  readonly measure: AggregateRequest['measure']
  readonly query: TraceQuery
}

/** Several aggregates as one answer: none is shown before all are there. */
export interface Aggregates {
  /** In the order in which they were asked for; undefined until all are there. */
  readonly replies: readonly AggregateReply[] | undefined
  readonly error: Error | null
  /** Why they are not the whole, each once. */
  readonly problems: readonly string[]
  /** Of how many traces it was made, where that is not all. */
  readonly scanned: number | undefined
  readonly retry: () => void
}

const ask = (
  source: TraceSource,
  { query, by = [], top = 20, ...rest }: AsksAggregate,
  signal: AbortSignal,
) =>
  source.aggregate?.(query, { by, top, ...rest }, signal) ??
  Promise.reject(new SourceError('unsupported', 'this source cannot aggregate'))

/** @param enabled false = nothing is asked for yet */
export function useAggregates(asked: readonly AsksAggregate[], enabled = true): Aggregates {
  const { source } = useSource()
  return useQueries({
    queries: asked.map(({ query, ...request }) => ({
      queryKey: [...keys.source(source.info.id), 'aggregate', query, request],
      queryFn: ({ signal }: { signal: AbortSignal }) => ask(source, { query, ...request }, signal),
      enabled,
      placeholderData: keepPreviousData<Answer<AggregateReply>>,
      refetchOnWindowFocus: false,
      staleTime: 60_000,
    })),
    combine: (results): Aggregates => {
      const answers = results.flatMap(({ data }) => data ?? [])
      const parts = answers.flatMap(({ scanned }) => (scanned && !scanned.complete ? [scanned.traces] : []))
      return {
        replies: answers.length === results.length ? answers.map(({ value }) => value) : undefined,
        error: results.find(({ error }) => error !== null)?.error ?? null,
        problems: [...new Set(answers.flatMap(({ problems = [] }) => problems))],
        scanned: parts.length > 0 ? Math.min(...parts) : undefined,
        retry: () => {
          for (const { refetch, error } of results) if (error) void refetch()
        },
      }
    },
  })
}

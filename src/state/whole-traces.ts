import { useQueries } from '@tanstack/react-query'
import type { Trace } from '../domain/model/trace.ts'
import type { TraceId } from '../domain/model/units.ts'
import { keys } from './queries.ts'
import { useSource } from './source-context.tsx'

const SETTLED = 300_000

export interface WholeTraces {
  /** In the order asked for; undefined where not there (yet). */
  readonly traces: readonly (Trace | undefined)[]
  readonly loaded: number
  readonly failed: number
}

/** Several turns, whole. For what compares turns; keep the list bounded. */
export function useWholeTraces(ids: readonly TraceId[], enabled = true): WholeTraces {
  const { source } = useSource()
  return useQueries({
    queries: ids.map((id) => ({
      queryKey: keys.trace(source.info.id, id),
      queryFn: ({ signal }: { signal: AbortSignal }) => source.getTrace(id, signal),
      enabled,
      staleTime: SETTLED,
    })),
    combine: (results) => ({
      traces: results.map(({ data }) => data),
      loaded: results.filter(({ data }) => data !== undefined).length,
      failed: results.filter(({ error }) => error !== null).length,
    }),
  })
}

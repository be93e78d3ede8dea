import { useCallback, useEffect, useMemo } from 'react'
import type { TraceSummary } from '../../domain/trace.ts'
import { NEWEST_FIRST, type TraceQuery } from '../../domain/trace-query.ts'
import { useTraces } from '../../state/queries.ts'
import { useSource } from '../../state/source-context.tsx'

/** The question that lists a session's turns. */
export const sessionQuery = (session: string): TraceQuery => ({
  conditions: [{ field: 'session', operator: 'is', values: [session] }],
  sort: NEWEST_FIRST,
})

/** Summaries oldest first, each once: pages may repeat what moved while they were read. */
export function inOrderOfTalk(pages: readonly (readonly TraceSummary[])[]): readonly TraceSummary[] {
  const once = new Map(pages.flat().map((turn) => [turn.traceId, turn]))
  return [...once.values()].sort(
    (a, b) => a.startTime - b.startTime || (a.traceId < b.traceId ? -1 : a.traceId > b.traceId ? 1 : 0),
  )
}

export interface SessionTurns {
  /** In order of talk. Where the source lists newest first alone, the beginning comes last: see `complete`. */
  readonly turns: readonly TraceSummary[]
  readonly complete: boolean
  readonly loading: boolean
  readonly error: Error | null
  readonly retry: () => void
  /** Asks for more turns; a source that lists newest first fetches on by itself until the beginning. */
  readonly more: () => void
}

/** A session's turns, oldest first whatever order the source can give. */
export function useSessionTurns(session: string): SessionTurns {
  const { source } = useSource()
  const { ascending } = source.info.capabilities
  const query = useMemo(
    () => ({ ...sessionQuery(session), sort: { field: 'startTime', descending: !ascending } as const }),
    [session, ascending],
  )
  const { data, error, isPending, hasNextPage, isFetching, fetchNextPage, refetch } = useTraces(query)
  const more = useCallback(() => {
    if (hasNextPage && !isFetching) fetchNextPage()
  }, [hasNextPage, isFetching, fetchNextPage])
  useEffect(() => {
    // Newest first: the transcript begins with what comes last, so all of it is wanted.
    if (!ascending && !error) more()
  }, [ascending, error, more])
  const turns = useMemo(() => inOrderOfTalk(data?.pages.map((page) => page.items) ?? []), [data])
  return {
    turns,
    complete: data !== undefined && !hasNextPage,
    loading: isPending || (!ascending && hasNextPage && !error),
    error,
    retry: refetch,
    more,
  }
}

import { useCallback, useEffect, useMemo } from 'react'
import type { TraceSummary } from '../../domain/model/trace.ts'
import { useTraces } from '../../state/queries.ts'
import { useSource } from '../../state/source-context.tsx'
import { useLatestTurns } from './latest-turns.ts'
import { sessionQuery } from './session-query.ts'

/** Turns that are read by themselves: figures beside the transcript cover them all. */
const MOST_BY_ITSELF = 20_000

/** Summaries oldest first, each once: pages may repeat what moved while they were read, the later word counts. */
export function inOrderOfTalk(pages: readonly (readonly TraceSummary[])[]): readonly TraceSummary[] {
  const once = new Map<string, TraceSummary>()
  for (const page of pages) for (const turn of page) once.set(turn.traceId, turn)
  return [...once.values()].sort(
    (a, b) => a.startTime - b.startTime || (a.traceId < b.traceId ? -1 : a.traceId > b.traceId ? 1 : 0),
  )
}

export interface SessionTurns {
  /** In order of talk. Where the source lists newest first alone, the beginning comes last: see `complete`. */
  readonly turns: readonly TraceSummary[]
  readonly complete: boolean
  /** More turns are being read. */
  readonly loading: boolean
  readonly error: Error | null
  readonly retry: () => void
  /** Reads on where the session is too long to be read by itself. */
  readonly more: () => void
}

/** A session's turns, oldest first whatever order the source can give; new ones are added as they come. */
export function useSessionTurns(session: string): SessionTurns {
  const { source } = useSource()
  const { ascending } = source.info.capabilities
  const query = useMemo(
    () => ({ ...sessionQuery(session), sort: { field: 'startTime', descending: !ascending } as const }),
    [session, ascending],
  )
  const { data, error, hasNextPage, isFetching, fetchNextPage, refetch } = useTraces(query)
  const read = useMemo(() => inOrderOfTalk(data?.pages.map((page) => page.items) ?? []), [data])
  const more = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage()
  }, [hasNextPage, isFetching, fetchNextPage])
  useEffect(() => {
    if (!error && read.length < MOST_BY_ITSELF) more()
  }, [error, read.length, more])
  const complete = data !== undefined && !hasNextPage
  const latest = useLatestTurns(session, read, complete)
  const turns = useMemo(() => (latest.length === 0 ? read : inOrderOfTalk([read, latest])), [read, latest])
  return { turns, complete, loading: isFetching && !complete, error, retry: refetch, more }
}

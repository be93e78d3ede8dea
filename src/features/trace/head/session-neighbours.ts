import { useEffect, useMemo } from 'react'
import type { TraceSummary } from '../../../domain/model/trace.ts'
import type { TraceId } from '../../../domain/model/units.ts'
import { NEWEST_FIRST, type TraceQuery } from '../../../domain/query/trace-query.ts'
import { useTraces } from '../../../state/queries.ts'
import { useSource } from '../../../state/source-context.tsx'

/** Where a turn stands in its session. */
export interface SessionPlace {
  /** From 1; absent while it is not known how many turns stand before. */
  readonly position?: number
  readonly total?: number
  readonly previous?: TraceSummary
  readonly next?: TraceSummary
}

/** How far a session is walked to find a turn in it. */
const MOST_TURNS = 5_000

/** The turns of a session, asked for in the order that the source has. */
const sessionQuery = (session: string, ascending: boolean): TraceQuery => ({
  conditions: [{ field: 'session', operator: 'is', values: [session] }],
  sort: ascending ? { field: 'startTime', descending: false } : NEWEST_FIRST,
})

/** The place of a turn among the loaded turns of its session. */
export const placeIn = (
  turns: readonly TraceSummary[],
  trace: TraceId,
  ascending: boolean,
  complete: boolean,
): SessionPlace | undefined => {
  const at = turns.findIndex((turn) => turn.traceId === trace)
  if (at < 0) return undefined
  const [before, after] = [turns[at - 1], turns[at + 1]]
  const previous = ascending ? before : after
  const next = ascending ? after : before
  const position = ascending ? at + 1 : complete ? turns.length - at : undefined
  return {
    ...(position !== undefined && { position }),
    ...(complete && { total: turns.length }),
    ...(previous && { previous }),
    ...(next && { next }),
  }
}

/** The turns before and after this one in its session; undefined while not known or where there is none. */
export function useSessionPlace(session: string | undefined, trace: TraceId): SessionPlace | undefined {
  const { ascending } = useSource().source.info.capabilities
  const query = useMemo(() => sessionQuery(session ?? '', ascending), [session, ascending])
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useTraces(query, session !== undefined)
  const turns = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data])
  const place = useMemo(
    () => placeIn(turns, trace, ascending, data !== undefined && !hasNextPage),
    [turns, trace, ascending, data, hasNextPage],
  )
  // The neighbour behind the last loaded turn stands on the page after.
  const farNeighbour = ascending ? place?.next : place?.previous
  const wanting = hasNextPage && turns.length < MOST_TURNS && (!place || !farNeighbour)
  useEffect(() => {
    if (wanting && !isFetchingNextPage) void fetchNextPage()
  }, [wanting, isFetchingNextPage, fetchNextPage])
  return place
}

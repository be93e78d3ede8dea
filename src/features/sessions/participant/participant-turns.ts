import { useCallback, useEffect, useMemo, useState } from 'react'
import type { TraceSummary } from '../../../domain/model/trace.ts'
import { EVERYTHING, type TraceQuery } from '../../../domain/query/trace-query.ts'
import { useTraces } from '../../../state/queries.ts'
import { inOrderOfTalk } from '../session-turns.ts'

/** Turns that are read by themselves, and with each wish for more. */
const STEP = 2_000

/** The question that lists a participant's turns. */
export const participantQuery = (participant: string): TraceQuery => ({
  ...EVERYTHING,
  conditions: [{ field: 'participant', operator: 'is', values: [participant] }],
})

export interface ParticipantTurns {
  /** Oldest first, as far as read; what is missing is older. */
  readonly turns: readonly TraceSummary[]
  readonly complete: boolean
  readonly loading: boolean
  readonly error: Error | null
  readonly retry: () => void
  /** Reads on; absent while it does, and where all was read. */
  readonly more?: () => void
}

/** A participant's turns, newest read first: some thousand by themselves, older ones when wished for. */
export function useParticipantTurns(participant: string): ParticipantTurns {
  const query = useMemo(() => participantQuery(participant), [participant])
  const { data, error, hasNextPage, isFetching, fetchNextPage, refetch } = useTraces(query)
  const [wanted, setWanted] = useState(STEP)
  const turns = useMemo(() => inOrderOfTalk(data?.pages.map((page) => page.items) ?? []), [data])
  useEffect(() => {
    if (!error && hasNextPage && !isFetching && turns.length < wanted) void fetchNextPage()
  }, [error, hasNextPage, isFetching, turns.length, wanted, fetchNextPage])
  const more = useCallback(() => setWanted(turns.length + STEP), [turns.length])
  const complete = data !== undefined && !hasNextPage
  return {
    turns,
    complete,
    loading: isFetching && !complete,
    error,
    retry: refetch,
    ...(hasNextPage && turns.length >= wanted && { more }),
  }
}

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import type { TraceSummary } from '../../domain/model/trace.ts'
import type { Micros } from '../../domain/model/units.ts'
import { keys } from '../../state/queries.ts'
import { useSource } from '../../state/source-context.tsx'
import { sessionQuery } from './session-query.ts'

/** While somebody talks, a look every few seconds; a talk that has gone quiet is looked at now and then. ms */
const LOOKS = { lively: 4_000, quiet: 60_000 }
/** Quiet after, µs. */
const QUIET = 30 * 60 * 1e6
const MOST = 200
/** How many of the last turns may still be running. */
const RECENT = 50

const NONE: readonly TraceSummary[] = []

/** From when on to look: the last turn, or an earlier one that was still running. */
function latestSince(turns: readonly TraceSummary[]): Micros | undefined {
  const running = turns.slice(-RECENT).find(({ status }) => status === 'pending')
  return (running ?? turns.at(-1))?.startTime
}

/** Whether somebody talked within the last half hour. */
const isLively = (turns: readonly TraceSummary[], now: number): boolean => {
  const last = turns.at(-1)
  return last !== undefined && now * 1000 - (last.startTime + last.duration) < QUIET
}

/** Turns that came, or ended, after the others were read. Looked for again and again while the page is seen. */
export function useLatestTurns(
  session: string,
  read: readonly TraceSummary[],
  enabled: boolean,
): readonly TraceSummary[] {
  const { source } = useSource()
  const client = useQueryClient()
  const known = useRef(read)
  known.current = read
  const { id, sample, capabilities } = source.info
  const queryKey = [...keys.source(id), 'latest turns', session]
  const { data } = useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const before = client.getQueryData<readonly TraceSummary[]>(queryKey) ?? NONE
      const from = latestSince([...known.current, ...before])
      const query = { ...sessionQuery(session), ...(from !== undefined && { from }) }
      const { items } = await source.listTraces(query, { limit: MOST }, signal)
      const fresh = new Set(items.map(({ traceId }) => traceId))
      return [...before.filter(({ traceId }) => !fresh.has(traceId)), ...items.toReversed()]
    },
    enabled: enabled && !sample,
    refetchInterval: (query) => {
      const turns = [...known.current, ...(query.state.data ?? NONE)]
      const lively = isLively(turns, Date.now())
      return Math.max(lively ? LOOKS.lively : LOOKS.quiet, capabilities.pollMs)
    },
    refetchOnWindowFocus: true,
    staleTime: 2_000,
  })
  return data ?? NONE
}

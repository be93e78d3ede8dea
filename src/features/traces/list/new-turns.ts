import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { TraceSummary } from '../../../domain/model/trace.ts'
import { type Micros, micros } from '../../../domain/model/units.ts'
import type { TraceQuery } from '../../../domain/query/trace-query.ts'
import type { Announcement } from '../../../state/live.ts'
import { keys } from '../../../state/queries.ts'
import { useSource } from '../../../state/source-context.tsx'
import type { TraceList } from './use-trace-list.ts'

const MOST = 99

/** A question for what is newer than a moment; undefined where the query ends before it. */
export function newerThan(query: TraceQuery, moment: Micros): TraceQuery | undefined {
  const { last: _last, ...rest } = query
  const from = micros(Math.max(query.from ?? 0, moment + 1))
  if (query.to !== undefined && query.to <= from) return undefined
  return { ...rest, from, sort: { field: 'startTime', descending: true } }
}

/** The newest start among traces; undefined for none. */
export const newestStart = (traces: readonly Pick<TraceSummary, 'startTime'>[]): Micros | undefined =>
  traces.reduce<Micros | undefined>(
    (newest, { startTime }) => (newest === undefined || startTime > newest ? startTime : newest),
    undefined,
  )

/**
 * Looks now and then for turns that match and are newer than those that were read.
 * @param show brings the new turns into the list
 */
export function useNewTurns(
  query: TraceQuery,
  { rows, loading, error: listError }: Pick<TraceList, 'rows' | 'loading' | 'error'>,
  show: () => void,
): Announcement {
  const { source } = useSource()
  const [paused, setPaused] = useState(false)
  const failed = listError !== null
  const since = useMemo(() => {
    if (loading || failed) return undefined
    return newestStart(rows) ?? micros((Date.now() - 60_000) * 1000)
  }, [loading, failed, rows])
  const asked = useMemo(() => (since === undefined ? undefined : newerThan(query, since)), [query, since])
  const { data, error } = useQuery({
    queryKey: [...keys.source(source.info.id), 'newer', asked],
    queryFn: ({ signal }) => source.listTraces(asked as TraceQuery, { limit: MOST }, signal),
    enabled: asked !== undefined && !paused,
    refetchInterval: source.info.capabilities.pollMs,
    retry: false,
    gcTime: 0,
    staleTime: 0,
  })
  const toggle = useCallback(() => setPaused((now) => !now), [])
  const state = paused ? 'paused' : error || failed ? 'offline' : 'live'
  const fresh = data?.items.length ?? 0
  const more = data?.nextCursor !== undefined
  // An empty table has nothing that could move.
  const empty = rows.length === 0
  useEffect(() => {
    if (fresh > 0 && empty) show()
  }, [fresh, empty, show])
  return useMemo(() => ({ state, fresh, more, show, toggle }), [state, fresh, more, show, toggle])
}

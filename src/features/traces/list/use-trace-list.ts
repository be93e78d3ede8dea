import type { InfiniteData } from '@tanstack/react-query'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo } from 'react'
import type { TraceSummary } from '../../../domain/model/trace.ts'
import type { TraceId } from '../../../domain/model/units.ts'
import type { Gap, Page, Scanned } from '../../../domain/port/trace-source.ts'
import type { TraceQuery } from '../../../domain/query/trace-query.ts'
import { keys, mayPass, useTraces } from '../../../state/queries.ts'
import { useSource } from '../../../state/source-context.tsx'

type Pages = InfiniteData<Page<TraceSummary>, string | undefined>

/** How many running turns are looked after at once, and how often, ms. */
const MOST_PENDING = 20
const PENDING_EVERY = 3_000
const PREVIEW = 500
/** A look through a backend that finds fewer than this stops: going on by itself would walk to the end unasked. */
const LITTLE = 10

/** The rows of all pages, each trace once: a late span may have moved one to the next page. */
export function rowsOf(pages: readonly Page<TraceSummary>[]): readonly TraceSummary[] {
  const rows = new Map<TraceId, TraceSummary>()
  for (const { items } of pages)
    for (const trace of items) if (!rows.has(trace.traceId)) rows.set(trace.traceId, trace)
  return [...rows.values()]
}

/** The pages with some of their rows in a newer state, in their places. */
export function patched(data: Pages, newer: ReadonlyMap<TraceId, TraceSummary>): Pages {
  return {
    ...data,
    pages: data.pages.map((page) => ({
      ...page,
      items: page.items.map((trace) => newer.get(trace.traceId) ?? trace),
    })),
  }
}

/** How far all pages together looked; undefined for sources that find without looking through. */
export function scannedBy(pages: readonly Page<TraceSummary>[]): Scanned | undefined {
  const looked = pages.flatMap(({ scanned }) => scanned ?? [])
  const [first] = looked
  const last = looked.at(-1)
  if (!first || !last) return undefined
  return {
    traces: looked.reduce((sum, { traces }) => sum + traces, 0),
    from: last.from ?? first.from,
    to: first.to,
    complete: last.complete,
  }
}

/** Where rows are missing, over all pages. */
export const gapsOf = (pages: readonly Page<TraceSummary>[]): readonly Gap[] =>
  pages.flatMap(({ gaps }) => gaps ?? [])

/**
 * What was odd in the pages, each once, but for gaps, which stand among the rows, and for failures that the page
 * behind them did not meet.
 */
export function problemsOf(pages: readonly Page<TraceSummary>[]): readonly string[] {
  const problems = pages.flatMap(({ problems: said = [], gaps = [], stopped }, at) => {
    const told = new Set(gaps.map(({ fact }) => fact))
    const isOver = at < pages.length - 1
    return said.filter((one) => !told.has(one) && !(isOver && one === stopped))
  })
  return [...new Set(problems)]
}

const cut = (text: string | undefined) => text?.slice(0, PREVIEW)

export interface TraceList {
  readonly rows: readonly TraceSummary[]
  readonly gaps: readonly Gap[]
  readonly problems: readonly string[]
  readonly scanned: Scanned | undefined
  /** The first page is on its way. */
  readonly loading: boolean
  readonly loadingMore: boolean
  /** More come by scrolling on. */
  readonly flows: boolean
  /** More may come, but only when asked: the last look found little. */
  readonly further: boolean
  readonly loadMore: () => void
  /** Of the first page; a failure of a later one stands in `moreError`. */
  readonly error: unknown
  readonly moreError: unknown
  /** Reads the first page anew, new turns included, without an empty table in between. */
  readonly refresh: () => Promise<void>
  readonly retry: () => void
}

/** The list of traces of a query: pages as rows, running turns kept up to date, in place. */
export function useTraceList(query: TraceQuery, enabled: boolean): TraceList {
  const { source } = useSource()
  const client = useQueryClient()
  const list = useTraces(query, enabled)
  const { data, fetchNextPage, refetch, isFetchingNextPage, isFetchNextPageError, hasNextPage } = list
  const pages = data?.pages
  const rows = useMemo(() => rowsOf(pages ?? []), [pages])
  const scanned = useMemo(() => scannedBy(pages ?? []), [pages])
  const gaps = useMemo(() => gapsOf(pages ?? []), [pages])
  const problems = useMemo(() => problemsOf(pages ?? []), [pages])
  const sourceId = source.info.id

  const pending = useMemo(
    () =>
      rows
        .filter(({ status }) => status === 'pending')
        .slice(0, MOST_PENDING)
        .map(({ traceId }) => traceId),
    [rows],
  )
  const settled = useQuery({
    queryKey: [...keys.source(sourceId), 'pending', pending],
    queryFn: async ({ signal }) => {
      const looked = await Promise.allSettled(pending.map((id) => source.getTrace(id, signal)))
      return looked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    },
    enabled: pending.length > 0,
    refetchInterval: PENDING_EVERY,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  }).data
  useEffect(() => {
    if (!settled || settled.length === 0) return
    const newer = new Map(
      settled.map((trace) => [trace.traceId, { ...trace, ...previewOf(trace) } as TraceSummary]),
    )
    client.setQueryData<Pages>(keys.traces(sourceId, query), (old) => old && patched(old, newer))
  }, [settled, client, sourceId, query])

  const refresh = useCallback(async () => {
    const page = await source.listTraces(query, { limit: 50 }, new AbortController().signal)
    client.setQueryData<Pages>(keys.traces(sourceId, query), { pages: [page], pageParams: [undefined] })
    for (const name of ['count', 'histogram', 'suggest']) {
      void client.invalidateQueries({ queryKey: [...keys.source(sourceId), name] })
    }
  }, [client, source, sourceId, query])

  const loadMore = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage()
  }, [fetchNextPage, isFetchingNextPage])

  // A page that failed behind those that are there is asked for again by itself.
  const owed = isFetchNextPageError && mayPass(list.error) && !isFetchingNextPage
  const pollMs = source.info.capabilities.pollMs
  useEffect(() => {
    if (!owed) return
    const timer = setTimeout(() => void fetchNextPage(), pollMs)
    return () => clearTimeout(timer)
  }, [owed, pollMs, fetchNextPage])

  const last = pages?.at(-1)
  const stopped = last?.scanned !== undefined && !last.scanned.complete && last.items.length < LITTLE
  return {
    rows,
    gaps,
    problems,
    scanned,
    loading: list.isPending && enabled,
    loadingMore: isFetchingNextPage,
    flows: hasNextPage && !stopped && !isFetchNextPageError,
    further: hasNextPage && stopped && !isFetchNextPageError && !isFetchingNextPage,
    loadMore,
    error: pages ? null : list.error,
    moreError: isFetchNextPageError ? list.error : null,
    refresh,
    retry: useCallback(() => void refetch(), [refetch]),
  }
}

const previewOf = ({ input, output, error }: TraceSummary) => ({
  ...(input !== undefined && { input: cut(input) }),
  ...(output !== undefined && { output: cut(output) }),
  ...(error !== undefined && { error: cut(error) }),
})

import {
  type InfiniteData,
  keepPreviousData,
  type QueryClient,
  queryOptions,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQueries,
  useQuery,
} from '@tanstack/react-query'
import type { SpanDetail, SpanOutline } from '../domain/model/span.ts'
import type { ChatbotSummary, SessionSummary, Trace, TraceSummary } from '../domain/model/trace.ts'
import type { SpanId, TraceId } from '../domain/model/units.ts'
import { isGatewayAway, SourceError } from '../domain/port/source-error.ts'
import type { SourceInfo } from '../domain/port/source-info.ts'
import type {
  Answer,
  Bounds,
  CountReply,
  HistogramReply,
  LogList,
  Page,
  SpanList,
  Suggestion,
  TraceSource,
} from '../domain/port/trace-source.ts'
import type { FilterField, TraceQuery } from '../domain/query/trace-query.ts'
import { useBackend, useSource } from './source-context.tsx'
import { payloadOf } from './span-payloads.ts'

/** The first page fills a screen and comes at once; the next ones are for scrolling. */
const FIRST_PAGE = 50
const NEXT_PAGE = 200

/** Turns inside a trace do not change once it has ended: fresh for five minutes. */
const SETTLED = 300_000
const RUNNING = 2_000
/** A backend that could not answer is asked again after so long, ms. */
const RETURNING = 5_000

/** Cache keys, from general to particular. */
export const keys = {
  sources: ['sources'] as const,
  health: ['health'] as const,
  source: (source: string) => ['source', source] as const,
  traces: (source: string, query: TraceQuery) => ['source', source, 'traces', query] as const,
  count: (source: string, query: TraceQuery) => ['source', source, 'count', query] as const,
  trace: (source: string, trace: TraceId) => ['source', source, 'trace', trace] as const,
  spans: (source: string, trace: TraceId) => ['source', source, 'spans', trace] as const,
}

/** A backend that did not answer in time was waited for long enough before that is told. */
const PASSING: ReadonlySet<string> = new Set(['unreachable'])

/**
 * Whether to ask again by itself: only where the failure may be a passing one, and twice at most. A gateway that
 * is away is waited for by `watchGateway`, for everything that it owes at once.
 */
export const retryPassing = (failures: number, error: Error): boolean =>
  failures < 2 && error instanceof SourceError && PASSING.has(error.kind) && !isGatewayAway(error)

const PASSES: ReadonlySet<string> = new Set([
  ...PASSING,
  'timeout',
  'rate-limited',
  'bad-reply',
  'unauthorized',
  'forbidden',
])

/** Whether the same question may be answered later: a backend may come back, or be set right. */
export const mayPass = (error: unknown): boolean => error instanceof SourceError && PASSES.has(error.kind)

/** Where nothing could be read yet, it is asked for again until it can: ms, or not at all. */
const untilRead = ({
  state,
}: {
  readonly state: { readonly data: unknown; readonly error: Error | null }
}) => (state.data === undefined && mayPass(state.error) ? RETURNING : false)

/** All sources. `sample` goes with the store's first trace: who reads it watches. */
export function useSources(
  options: { readonly watch?: boolean } = {},
): UseQueryResult<readonly SourceInfo[]> {
  const backend = useBackend()
  return useQuery({
    queryKey: keys.sources,
    queryFn: ({ signal }) => backend.listSources(signal),
    refetchInterval: options.watch ? 1_000 : false,
    staleTime: 30_000,
  })
}

const tracesQuestion = (source: TraceSource, query: TraceQuery) => ({
  queryKey: keys.traces(source.info.id, query),
  queryFn: ({ pageParam, signal }: { pageParam: string | undefined; signal: AbortSignal }) =>
    source.listTraces(
      query,
      pageParam === undefined ? { limit: FIRST_PAGE } : { limit: NEXT_PAGE, cursor: pageParam },
      signal,
    ),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page: Page<TraceSummary>) => page.nextCursor,
  // A list that is being read stays as it is: new turns are announced instead.
  staleTime: Number.POSITIVE_INFINITY,
})

/** Asks for the first page of a list before its page does. */
export function prefetchList(client: QueryClient, source: TraceSource, query: TraceQuery): void {
  void client.prefetchInfiniteQuery(tracesQuestion(source, query))
}

/** One page after the other, in the query's order. */
export function useTraces(
  query: TraceQuery,
  enabled = true,
): UseInfiniteQueryResult<InfiniteData<Page<TraceSummary>, string | undefined>> {
  const { source } = useSource()
  return useInfiniteQuery({
    ...tracesQuestion(source, query),
    enabled,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    refetchInterval: untilRead,
  })
}

/** An answer as views take it: its value, and beside it how far was looked. */
const flat = <Value extends object>({ value, ...bounds }: Answer<Value>): Value & Bounds => ({
  ...value,
  ...bounds,
})

/** How many match; null-like (disabled) where the source cannot count. */
export function useCount(query: TraceQuery, enabled = true): UseQueryResult<CountReply & Bounds> {
  const { source } = useSource()
  return useQuery({
    queryKey: keys.count(source.info.id, query),
    queryFn: ({ signal }): Promise<Answer<CountReply>> =>
      source.count?.(query, signal) ?? Promise.reject(cannot('count')),
    select: flat<CountReply>,
    enabled: enabled && source.count !== undefined,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  })
}

/** Turns over time. */
export function useHistogram(
  query: TraceQuery,
  buckets: number,
  enabled = true,
): UseQueryResult<HistogramReply & Bounds> {
  const { source } = useSource()
  return useQuery({
    queryKey: [...keys.source(source.info.id), 'histogram', query, buckets],
    queryFn: ({ signal }): Promise<Answer<HistogramReply>> =>
      source.histogram?.(query, buckets, signal) ?? Promise.reject(cannot('histogram')),
    select: flat<HistogramReply>,
    enabled: enabled && source.histogram !== undefined,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  })
}

/** So many of the slowest turns are drawn. */
const SLOWEST = 200

/** The slowest turns, the slowest first. */
export function useSlowestTurns(
  query: TraceQuery,
  enabled: boolean,
): UseQueryResult<readonly TraceSummary[]> {
  const { source } = useSource()
  return useQuery({
    queryKey: [...keys.source(source.info.id), 'slowest', query],
    queryFn: async ({ signal }) => {
      const sort = { field: 'duration', descending: true } as const
      return (await source.listTraces({ ...query, sort }, { limit: SLOWEST }, signal)).items
    },
    enabled,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  })
}

/** Values of a field that begin with or contain the prefix, within the query. */
export function useSuggestions(
  field: FilterField,
  prefix: string,
  query: TraceQuery,
  enabled = true,
): UseQueryResult<Page<Suggestion>> {
  const { source } = useSource()
  return useQuery({
    queryKey: [...keys.source(source.info.id), 'suggest', field, prefix, query],
    queryFn: ({ signal }): Promise<Page<Suggestion>> =>
      source.suggest?.(field, prefix, query, signal) ?? Promise.reject(cannot('suggest')),
    enabled: enabled && source.suggest !== undefined,
    placeholderData: keepPreviousData,
  })
}

const traceQuestion = (source: TraceSource, trace: TraceId) =>
  queryOptions({
    queryKey: keys.trace(source.info.id, trace),
    queryFn: ({ signal }) => source.getTrace(trace, signal),
    staleTime: (query) => (query.state.data?.status === 'pending' ? 0 : SETTLED),
  })

const spansQuestion = (id: string, open: () => TraceSource | undefined, trace: TraceId) =>
  queryOptions({
    queryKey: keys.spans(id, trace),
    queryFn: ({ signal }) => (open() ?? missing(id)).getSpans(trace, signal),
    staleTime: (query) => (query.state.data?.complete === false ? 0 : SETTLED),
    // A list that came again unchanged is the one that is shown: the tree is not built anew.
    structuralSharing: (old, next) => (isSameList(old as SpanList, next as SpanList) ? old : next),
  })

/** Asks for a turn and its spans before their page does: it then finds them, or joins the waiting. */
export function prefetchTrace(client: QueryClient, source: TraceSource, trace: TraceId): void {
  void client.prefetchQuery(traceQuestion(source, trace))
  void client.prefetchQuery(spansQuestion(source.info.id, () => source, trace))
}

/** The turn: whole texts, data, metrics. A pending one is asked again until it has ended. */
export function useTrace(trace: TraceId | undefined): UseQueryResult<Trace> {
  const { source } = useSource()
  return useQuery({
    ...traceQuestion(source, trace as TraceId),
    enabled: trace !== undefined,
    refetchInterval: (query) => (query.state.data?.status === 'pending' ? RUNNING : untilRead(query)),
  })
}

/** A trace's outlines, from the source that holds them (default: the page's own). */
export function useSpans(
  trace: TraceId | undefined,
  options: { readonly source?: string; readonly enabled?: boolean } = {},
): UseQueryResult<SpanList> {
  const control = useSource()
  const id = options.source ?? control.source.info.id
  return useQuery({
    ...spansQuestion(id, () => control.open(id), trace as TraceId),
    enabled: trace !== undefined && options.enabled !== false,
    refetchInterval: (query) => (query.state.data?.complete === false ? RUNNING : false),
  })
}

const isSameList = (old: SpanList | undefined, next: SpanList): boolean =>
  old !== undefined &&
  old.complete === next.complete &&
  old.problems?.join() === next.problems?.join() &&
  old.spans.length === next.spans.length &&
  next.spans.every((span, at) => isSameOutline(old.spans[at], span))

const isSameOutline = (old: SpanOutline | undefined, next: SpanOutline): boolean =>
  old !== undefined &&
  old.spanId === next.spanId &&
  old.duration === next.duration &&
  (Object.keys(next) as (keyof SpanOutline)[]).every((key) => old[key] === next[key]) &&
  Object.keys(old).length === Object.keys(next).length

/** One span's payload. */
export function useSpan(
  trace: TraceId | undefined,
  span: SpanId | undefined,
  options: { readonly source?: string } = {},
): UseQueryResult<SpanDetail> {
  const control = useSource()
  const id = options.source ?? control.source.info.id
  return useQuery({
    queryKey: [...keys.spans(id, trace as TraceId), 'span', span],
    queryFn: ({ signal }) =>
      payloadOf(control.open(id) ?? missing(id), trace as TraceId, span as SpanId, signal),
    enabled: trace !== undefined && span !== undefined,
    staleTime: SETTLED,
  })
}

/** A trace's log records, from the source that holds its spans (default: the page's own). */
export function useLogs(
  trace: TraceId | undefined,
  options: { readonly source?: string; readonly enabled?: boolean; readonly running?: boolean } = {},
): UseQueryResult<LogList> {
  const control = useSource()
  const id = options.source ?? control.source.info.id
  return useQuery({
    queryKey: [...keys.spans(id, trace as TraceId), 'logs'],
    queryFn: ({ signal }): Promise<LogList> =>
      (control.open(id) ?? missing(id)).getLogs?.(trace as TraceId, signal) ??
      Promise.reject(cannot('give log records')),
    enabled: trace !== undefined && options.enabled !== false,
    staleTime: options.running ? 0 : SETTLED,
    refetchInterval: options.running ? RUNNING : false,
  })
}

/** Several spans' payloads, those that have come so far in the order asked for; shared with `useSpan`. */
export function useSpanPayloads(
  trace: TraceId,
  spans: readonly SpanId[],
  options: { readonly source?: string } = {},
): { readonly details: readonly SpanDetail[]; readonly pending: boolean } {
  const control = useSource()
  const id = options.source ?? control.source.info.id
  return useQueries({
    queries: spans.map((span) => ({
      queryKey: [...keys.spans(id, trace), 'span', span],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        payloadOf(control.open(id) ?? missing(id), trace, span, signal),
      staleTime: SETTLED,
    })),
    combine: gathered,
  })
}

const gathered = (results: readonly UseQueryResult<SpanDetail>[]) => ({
  details: results.flatMap(({ data }) => data ?? []),
  pending: results.some(({ isPending }) => isPending),
})

/** Sessions, the one with the newest turn first. */
export function useSessions(
  query: TraceQuery,
  enabled = true,
): UseInfiniteQueryResult<InfiniteData<Page<SessionSummary>, string | undefined>> {
  const { source } = useSource()
  return useInfiniteQuery({
    queryKey: [...keys.source(source.info.id), 'sessions', query],
    queryFn: ({ pageParam, signal }) =>
      source.listSessions?.(
        query,
        { limit: NEXT_PAGE, ...(pageParam !== undefined && { cursor: pageParam }) },
        signal,
      ) ?? Promise.reject(cannot('list sessions')),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
    enabled: enabled && source.listSessions !== undefined,
    refetchOnWindowFocus: false,
    refetchInterval: untilRead,
  })
}

/** Chatbots with their traffic. */
export function useChatbots(query: TraceQuery, enabled = true): UseQueryResult<Page<ChatbotSummary>> {
  const { source } = useSource()
  return useQuery({
    queryKey: [...keys.source(source.info.id), 'chatbots', query],
    queryFn: ({ signal }): Promise<Page<ChatbotSummary>> =>
      source.listChatbots?.(query, signal) ?? Promise.reject(cannot('list chatbots')),
    enabled: enabled && source.listChatbots !== undefined,
    placeholderData: keepPreviousData,
    refetchInterval: untilRead,
  })
}

const cannot = (what: string) => new SourceError('unsupported', `this source cannot ${what}`)

function missing(id: string): never {
  throw new SourceError('not-found', `there is no source "${id}"`)
}

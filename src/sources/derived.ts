import { encodeCursor, openListing } from '../domain/cursor.ts'
import { histogramOf } from '../domain/histogram-steps.ts'
import { freeze } from '../domain/match.ts'
import { compareIds } from '../domain/order.ts'
import { SourceError } from '../domain/port/source-error.ts'
import type {
  CountReply,
  HistogramReply,
  LogList,
  Page,
  PageRequest,
  Scanned,
  Suggestion,
  TraceSource,
} from '../domain/port/trace-source.ts'
import type { AttributeValue, Span } from '../domain/span.ts'
import type { ChatbotSummary, SessionSummary, TraceSummary } from '../domain/trace.ts'
import type { FilterField, TraceQuery } from '../domain/trace-query.ts'
import { NEWEST_FIRST } from '../domain/trace-query.ts'
import { type Micros, microsFromMillis, type TraceId } from '../domain/units.ts'
import { noLogs, spansOneByOne } from './derived-trace.ts'
import { chatbotsOf, rowOf, SUMMARY_TEXT_FIELDS, sessionsOf, suggestionsOf } from './summary-groups.ts'

/** How far an answer may look. */
export interface Bound {
  /** Matching traces to read at most. */
  readonly traces: number
  /** Pages to ask for at most: a source that matches while walking may give empty ones. */
  readonly pages?: number
}

const DEFAULT_BOUND: Bound = { traces: 2000, pages: 60 }

/** An answer found by walking, and how far that went. */
export type Walked<Reply> = Reply & { readonly scanned: Scanned }

const now = (): Micros => microsFromMillis(Date.now())

interface Walk {
  readonly summaries: readonly TraceSummary[]
  readonly scanned: Scanned
}

const wider = (sum: Scanned | undefined, next: Scanned): Scanned => ({
  traces: (sum?.traces ?? 0) + next.traces,
  from: sum === undefined || sum.from === null ? next.from : sum.from,
  to: sum === undefined || sum.to === null ? next.to : sum.to,
  complete: next.complete,
})

/** What was looked at, from the rows given alone: for sources that do not say. */
const lookedAt = (summaries: readonly TraceSummary[], complete: boolean): Scanned => ({
  traces: summaries.length,
  from: summaries.reduce<Micros | null>(
    (least, { startTime }) => (least === null || startTime < least ? startTime : least),
    null,
  ),
  to: summaries.reduce<Micros | null>(
    (most, { startTime }) => (most === null || startTime > most ? startTime : most),
    null,
  ),
  complete,
})

/** The newest traces of a query, up to the bound, each once. */
async function walk(
  source: TraceSource,
  query: TraceQuery,
  bound: Bound,
  signal: AbortSignal,
): Promise<Walk> {
  const frozen: TraceQuery = { ...freeze(query, now()), sort: NEWEST_FIRST }
  const found = new Map<TraceId, TraceSummary>()
  let told: Scanned | undefined
  let cursor: string | undefined
  let pages = 0
  let complete = false
  while (!complete && found.size < bound.traces && pages < (bound.pages ?? Number.POSITIVE_INFINITY)) {
    signal.throwIfAborted()
    const limit = Math.min(1000, bound.traces - found.size)
    const page = await source.listTraces(frozen, cursor === undefined ? { limit } : { limit, cursor }, signal)
    for (const summary of page.items) found.set(summary.traceId, summary)
    if (page.scanned !== undefined) told = wider(told, page.scanned)
    cursor = page.nextCursor
    complete = cursor === undefined
    pages++
  }
  const summaries = [...found.values()]
  return { summaries, scanned: told === undefined ? lookedAt(summaries, complete) : { ...told, complete } }
}

/** How many traces answer the query, as far as the bound lets one look. */
export async function countByWalking(
  source: TraceSource,
  query: TraceQuery,
  bound: Bound,
  signal: AbortSignal,
): Promise<Walked<CountReply>> {
  const { summaries, scanned } = await walk(source, query, bound, signal)
  return { count: summaries.length, complete: scanned.complete, scanned }
}

async function histogramByWalking(
  source: TraceSource,
  query: TraceQuery,
  buckets: number,
  bound: Bound,
  signal: AbortSignal,
): Promise<Walked<HistogramReply>> {
  const { summaries, scanned } = await walk(source, query, bound, signal)
  const histogram = histogramOf(summaries, freeze(query, now()), buckets)
  return { ...histogram, complete: scanned.complete, scanned }
}

/** Values seen in the newest traces. Fields that only whole traces tell give none. */
async function suggestByWalking(
  source: TraceSource,
  field: FilterField,
  prefix: string,
  query: TraceQuery,
  bound: Bound,
  signal: AbortSignal,
): Promise<readonly Suggestion[]> {
  signal.throwIfAborted()
  if (!SUMMARY_TEXT_FIELDS.has(field)) return []
  const { summaries } = await walk(source, query, bound, signal)
  return suggestionsOf(
    summaries.map((summary) => rowOf(summary)),
    field as Parameters<typeof suggestionsOf>[1],
    prefix,
  )
}

async function chatbotsByWalking(
  source: TraceSource,
  query: TraceQuery,
  bound: Bound,
  signal: AbortSignal,
): Promise<Walked<{ readonly items: readonly ChatbotSummary[] }>> {
  const { summaries, scanned } = await walk(source, query, bound, signal)
  return { items: chatbotsOf(summaries), scanned }
}

const SESSIONS = 'sessions'
const GROWTH = 4
const FURTHEST: Bound = { traces: 50_000, pages: 2000 }

/** Where a listing stands that has given nothing yet but has further to look. */
const BEFORE_ALL = { key: Number.MAX_SAFE_INTEGER, id: 'none' as TraceId }

const noteOf = (own: AttributeValue | undefined): { to: Micros | null; traces: number } | null => {
  if (!Array.isArray(own)) return null
  const [to, traces] = own as readonly unknown[]
  if (typeof traces !== 'number' || !(traces > 0)) return null
  return to === null || typeof to === 'number' ? { to: to as Micros | null, traces } : null
}

/**
 * Sessions of the newest traces, the latest end first. Each page walks anew up to a moment fixed on the first
 * page; where the sessions of one walk are used up, the next looks four times as far back. A session that
 * reaches beyond the walk counts what was seen of it: `scanned` says how far that was.
 */
export async function sessionsByWalking(
  source: TraceSource,
  query: TraceQuery,
  page: PageRequest,
  bound: Bound,
  signal: AbortSignal,
): Promise<Page<SessionSummary>> {
  checkLimit(page.limit)
  const opened = openListing({ ...query, sort: NEWEST_FIRST }, page.cursor, now(), SESSIONS)
  if (!opened.ok) throw new SourceError('bad-request', `cursor: ${opened.problem}`)
  const { listing } = opened
  const note = noteOf(listing.own) ?? { to: null, traces: bound.traces }
  const reach: Bound = {
    traces: Math.min(note.traces, FURTHEST.traces),
    pages: Math.ceil(((bound.pages ?? 60) * note.traces) / bound.traces),
  }
  const { summaries, scanned } = await walk(
    source,
    note.to === null ? listing.query : { ...listing.query, to: note.to },
    reach,
    signal,
  )
  // Fixed by what was seen, not by a clock of ours: a backend's may be ahead.
  const newest = summaries.reduce((most, { startTime }) => Math.max(most, startTime), 0)
  const { after } = listing
  const left = sessionsOf(summaries).filter(
    (session) =>
      after === undefined ||
      session.end < (after.key ?? 0) ||
      (session.end === after.key && compareIds(session.id, after.id) < 0),
  )
  const items = left.slice(0, page.limit)
  const last = items.at(-1)
  const position =
    last === undefined ? (after ?? BEFORE_ALL) : { key: last.end as number, id: last.id as TraceId }
  const further = !scanned.complete && reach.traces < FURTHEST.traces
  const next = left.length > items.length ? note.traces : further ? note.traces * GROWTH : undefined
  if (next === undefined) return { items, scanned }
  return {
    items,
    scanned,
    nextCursor: encodeCursor(
      { ...listing, after: position, own: [note.to ?? (newest === 0 ? null : newest + 1), next] },
      SESSIONS,
    ),
  }
}

/** Refuses a page size that is no whole number from 1 to 1000. */
export function checkLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new SourceError('bad-request', `limit: not a whole number from 1 to 1000: ${limit}`)
  }
}

/** What every source answers once the missing questions are derived. */
export interface AnsweringSource extends TraceSource {
  count(query: TraceQuery, signal: AbortSignal): Promise<CountReply & { readonly scanned?: Scanned }>
  histogram(
    query: TraceQuery,
    buckets: number,
    signal: AbortSignal,
  ): Promise<HistogramReply & { readonly scanned?: Scanned }>
  suggest(
    field: FilterField,
    prefix: string,
    query: TraceQuery,
    signal: AbortSignal,
  ): Promise<readonly Suggestion[]>
  listSessions(query: TraceQuery, page: PageRequest, signal: AbortSignal): Promise<Page<SessionSummary>>
  listChatbots(query: TraceQuery, signal: AbortSignal): Promise<readonly ChatbotSummary[]>
  getLogs(id: TraceId, signal: AbortSignal): Promise<LogList>
  streamSpans(id: TraceId, signal: AbortSignal): AsyncIterable<readonly Span[]>
}

/** A source that answers every question: natively where it can, else by walking up to the bound. */
export function deriveMissing(source: TraceSource, bound: Bound = DEFAULT_BOUND): AnsweringSource {
  const stream = source.streamTraces?.bind(source)
  const version = source.spansVersion?.bind(source)
  return {
    info: source.info,
    listTraces: (query, page, signal) => source.listTraces(query, page, signal),
    getTrace: (id, signal) => source.getTrace(id, signal),
    getSpans: (id, signal) => source.getSpans(id, signal),
    getSpan: (id, span, signal) => source.getSpan(id, span, signal),
    count: (query, signal) => source.count?.(query, signal) ?? countByWalking(source, query, bound, signal),
    histogram: (query, buckets, signal) =>
      source.histogram?.(query, buckets, signal) ?? histogramByWalking(source, query, buckets, bound, signal),
    suggest: (field, prefix, query, signal) =>
      source.suggest?.(field, prefix, query, signal) ??
      suggestByWalking(source, field, prefix, query, bound, signal),
    listSessions: (query, page, signal) =>
      source.listSessions?.(query, page, signal) ?? sessionsByWalking(source, query, page, bound, signal),
    listChatbots: async (query, signal) =>
      source.listChatbots?.(query, signal) ?? (await chatbotsByWalking(source, query, bound, signal)).items,
    getLogs: async (id, signal) => source.getLogs?.(id, signal) ?? noLogs(source, id, signal),
    streamSpans: (id, signal) => source.streamSpans?.(id, signal) ?? spansOneByOne(source, id, signal),
    ...(stream && { streamTraces: stream }),
    ...(version && { spansVersion: version }),
  }
}

import type { AttributeValue } from '../domain/model/span.ts'
import type { SessionSummary } from '../domain/model/trace.ts'
import { type Micros, microsFromMillis, type TraceId } from '../domain/model/units.ts'
import { SourceError } from '../domain/port/source-error.ts'
import type { Costs, SourceInfo } from '../domain/port/source-info.ts'
import type { Page, PageRequest, Suggestion, TraceSource } from '../domain/port/trace-source.ts'
import { encodeCursor, openListing } from '../domain/query/cursor.ts'
import { histogramOf } from '../domain/query/histogram-steps.ts'
import { compareIds } from '../domain/query/order.ts'
import { type FilterField, NEWEST_FIRST, type TraceQuery } from '../domain/query/trace-query.ts'
import { noLogs, payloadsOneByOne, spansOneByOne } from './derived-trace.ts'
import { chatbotsOf, rowOf, SUMMARY_TEXT_FIELDS, sessionsOf, suggestionsOf } from './summary-groups.ts'
import { type Budget, boundsOf, DEFAULT_BUDGET, type Walk } from './walking/bounded-walk.ts'
import { SharedWalks } from './walking/shared-walks.ts'
import { SpanWalks } from './walking/span-walks.ts'
import { aggregateByWalking } from './walking/walked-aggregate.ts'

const now = (): Micros => microsFromMillis(Date.now())

/** Values seen in the newest traces. */
const suggestionsIn = ({ summaries }: Walk, field: FilterField, prefix: string): readonly Suggestion[] =>
  suggestionsOf(
    summaries.map((summary) => rowOf(summary)),
    field as Parameters<typeof suggestionsOf>[1],
    prefix,
  )

const SESSIONS = 'sessions'
const GROWTH = 4
const FURTHEST = { traces: 50_000, pages: 2000 }

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
async function sessionsByWalking(
  walks: SharedWalks,
  query: TraceQuery,
  page: PageRequest,
  budget: Budget,
  signal: AbortSignal,
): Promise<Page<SessionSummary>> {
  checkLimit(page.limit)
  const opened = openListing({ ...query, sort: NEWEST_FIRST }, page.cursor, now(), SESSIONS)
  if (!opened.ok) throw new SourceError('bad-request', `cursor: ${opened.problem}`)
  const { listing } = opened
  const note = noteOf(listing.own) ?? { to: null, traces: budget.traces }
  const reach: Budget = {
    traces: Math.min(note.traces, FURTHEST.traces),
    pages: Math.min(FURTHEST.pages, Math.ceil((budget.pages * note.traces) / budget.traces)),
    ms: budget.ms,
  }
  const walk = await walks.walk(
    note.to === null ? listing.query : { ...listing.query, to: note.to },
    reach,
    signal,
  )
  const { summaries, scanned, stopped } = walk
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
  // A walk that ran out of time, or met a failing backend, would come no further if it were longer.
  const further = (stopped?.by === 'traces' || stopped?.by === 'pages') && reach.traces < FURTHEST.traces
  const next = left.length > items.length ? note.traces : further ? note.traces * GROWTH : undefined
  if (next === undefined) return { items, ...boundsOf(walk) }
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

type Derived =
  | 'count'
  | 'histogram'
  | 'suggest'
  | 'listSessions'
  | 'listChatbots'
  | 'aggregate'
  | 'getLogs'
  | 'getSpanDetails'
  | 'streamSpans'

/** What every source answers once the missing questions are derived. */
export type AnsweringSource = TraceSource & Required<Pick<TraceSource, Derived>>

/** What answers cost once they are derived: nothing is exact that the source does not do itself. */
function costsOf(source: TraceSource): Costs {
  const { costs } = source.info.capabilities
  const cost = (question: keyof Costs, native: unknown) =>
    native === undefined && costs[question] === 'exact' ? 'walk' : costs[question]
  return {
    count: cost('count', source.count),
    histogram: cost('histogram', source.histogram),
    suggest: cost('suggest', source.suggest),
    sessions: cost('sessions', source.listSessions),
    chatbots: cost('chatbots', source.listChatbots),
    aggregate: cost('aggregate', source.aggregate),
  }
}

/**
 * A source that answers every question: natively where it can, else by walking. What a page asks at once about
 * one query shares one walk. An answer whose cost is `none` is refused as unsupported.
 */
export function deriveMissing(source: TraceSource, budget: Budget = DEFAULT_BUDGET): AnsweringSource {
  const costs = costsOf(source)
  const walks = new SharedWalks(source)
  const spanWalks = new SpanWalks(source, walks)
  const offered = (question: keyof Costs): void => {
    if (costs[question] === 'none')
      throw new SourceError('unsupported', `${question}: not offered by this source`)
  }
  const walked = (question: keyof Costs, query: TraceQuery, signal: AbortSignal): Promise<Walk> => {
    offered(question)
    return walks.walk(query, budget, signal)
  }
  const stream = source.streamTraces?.bind(source)
  const version = source.spansVersion?.bind(source)
  const state = source.state?.bind(source)
  return {
    // Asked each time: what a backend is may be known only once it has answered.
    get info(): SourceInfo {
      return { ...source.info, capabilities: { ...source.info.capabilities, costs } }
    },
    listTraces: (query, page, signal) => source.listTraces(query, page, signal),
    getTrace: (id, signal) => source.getTrace(id, signal),
    getSpans: (id, signal) => source.getSpans(id, signal),
    getSpan: (id, span, signal) => source.getSpan(id, span, signal),
    getSpanDetails: async (id, spans, signal) =>
      source.getSpanDetails?.(id, spans, signal) ?? payloadsOneByOne(source, id, spans, signal),
    count: async (query, signal) => {
      if (source.count) return source.count(query, signal)
      const walk = await walked('count', query, signal)
      return { value: { count: walk.summaries.length, complete: walk.scanned.complete }, ...boundsOf(walk) }
    },
    histogram: async (query, buckets, signal) => {
      if (source.histogram) return source.histogram(query, buckets, signal)
      const walk = await walked('histogram', query, signal)
      const { complete } = walk.scanned
      return {
        value: { ...histogramOf(walk.summaries, walk.query, buckets), complete },
        ...boundsOf(walk),
      }
    },
    suggest: async (field, prefix, query, signal) => {
      if (source.suggest) return source.suggest(field, prefix, query, signal)
      signal.throwIfAborted()
      offered('suggest')
      if (!SUMMARY_TEXT_FIELDS.has(field))
        return { items: [], problems: [`${field}: no list of traces tells its values`] }
      const walk = await walked('suggest', query, signal)
      return { items: suggestionsIn(walk, field, prefix), ...boundsOf(walk) }
    },
    listSessions: async (query, page, signal) => {
      if (source.listSessions) return source.listSessions(query, page, signal)
      offered('sessions')
      return sessionsByWalking(walks, query, page, budget, signal)
    },
    listChatbots: async (query, signal) => {
      if (source.listChatbots) return source.listChatbots(query, signal)
      const walk = await walked('chatbots', query, signal)
      return { items: chatbotsOf(walk.summaries), ...boundsOf(walk) }
    },
    aggregate: async (query, request, signal) => {
      if (source.aggregate) return source.aggregate(query, request, signal)
      offered('aggregate')
      return aggregateByWalking({ rows: walks, spans: spanWalks }, query, request, budget, signal)
    },
    getLogs: async (id, signal) => source.getLogs?.(id, signal) ?? noLogs(source, id, signal),
    streamSpans: (id, signal) => source.streamSpans?.(id, signal) ?? spansOneByOne(source, id, signal),
    ...(stream && { streamTraces: stream }),
    ...(version && { spansVersion: version }),
    ...(state && { state }),
  }
}

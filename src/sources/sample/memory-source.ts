import {
  type AggregateReply,
  type AggregateRequest,
  isOfSpans,
} from '../../domain/aggregate/aggregate-request.ts'
import { evaluateAggregate } from '../../domain/aggregate/evaluate-aggregate.ts'
import type { Span, SpanDetail } from '../../domain/model/span.ts'
import type {
  ChatbotSummary,
  SessionSummary,
  Trace,
  TraceRow,
  TraceSummary,
} from '../../domain/model/trace.ts'
import { type Micros, microsFromMillis, type SpanId, type TraceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { SourceInfo } from '../../domain/port/source-info.ts'
import type {
  Answer,
  CountReply,
  HistogramReply,
  Page,
  PageRequest,
  SpanList,
  Suggestion,
  TraceSource,
} from '../../domain/port/trace-source.ts'
import { encodeCursor, type Listing, openListing } from '../../domain/query/cursor.ts'
import { TEXTS_OF, type TextField } from '../../domain/query/filter-values.ts'
import { histogramOf } from '../../domain/query/histogram-steps.ts'
import { compileQuery, freeze } from '../../domain/query/match.ts'
import { compareIds, compareRows, isAfter, positionOf } from '../../domain/query/order.ts'
import {
  type FilterField,
  NEWEST_FIRST,
  SORT_FIELDS,
  type TraceQuery,
} from '../../domain/query/trace-query.ts'
import { checkLimit } from '../derived.ts'
import { chatbotsOf, sessionsOf, suggestionsOf } from '../summary-groups.ts'
import { type HeldTrace, rowOfHeld, spansOfHeld, traceOfHeld, wholeRow } from './held-rows.ts'

const BATCH = 100

/** Lets others run before an answer, so that whoever gives up meanwhile is heard. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

const opened = (query: TraceQuery, cursor: string | undefined, now: Micros, scope: string): Listing => {
  const listing = openListing(query, cursor, now, scope)
  if (!listing.ok) throw new SourceError('bad-request', `cursor: ${listing.problem}`)
  return listing.listing
}

/** A source over traces held in memory. It does everything natively; traces may be added while it is read. */
export class MemorySource implements TraceSource {
  readonly info: SourceInfo
  private readonly held = new Map<TraceId, HeldTrace>()
  private readonly clock: () => number
  private load: (() => Iterable<HeldTrace>) | undefined

  /**
   * `clock` gives milliseconds since the epoch: what `last` and pending are counted from. `load` gives the
   * traces to begin with, when they are first asked for.
   */
  constructor(
    identity: Pick<SourceInfo, 'id' | 'label' | 'kind' | 'about' | 'sample'>,
    clock: () => number,
    load?: () => Iterable<HeldTrace>,
  ) {
    this.clock = clock
    this.load = load
    this.info = {
      ...identity,
      capabilities: {
        sorts: SORT_FIELDS,
        ascending: true,
        filters: 'all',
        text: true,
        costs: {
          count: 'exact',
          histogram: 'exact',
          suggest: 'exact',
          sessions: 'exact',
          chatbots: 'exact',
          aggregate: 'exact',
        },
        payloads: 'batch',
        pollMs: 10_000,
      },
    }
  }

  /** Adds traces; one that is there already is replaced. */
  add(traces: Iterable<HeldTrace>): void {
    for (const trace of traces) this.held.set(trace.traceId, trace)
  }

  async listTraces(query: TraceQuery, page: PageRequest, signal: AbortSignal): Promise<Page<TraceSummary>> {
    await this.begin(signal)
    checkLimit(page.limit)
    const listing = opened(query, page.cursor, this.now(), this.info.id)
    const { after } = listing
    const rows = this.rows(listing.query)
    const left =
      after === undefined ? rows : rows.filter(({ summary }) => isAfter(query.sort, after)(summary))
    const items = left.slice(0, page.limit).map(({ summary }) => summary)
    const last = items.at(-1)
    if (last === undefined || left.length === items.length) return { items }
    return {
      items,
      nextCursor: encodeCursor({ ...listing, after: positionOf(query.sort, last) }, this.info.id),
    }
  }

  async getTrace(id: TraceId, signal: AbortSignal): Promise<Trace> {
    await this.begin(signal)
    return traceOfHeld(this.find(id), this.info.id, this.now())
  }

  async getSpans(id: TraceId, signal: AbortSignal): Promise<SpanList> {
    await this.begin(signal)
    const held = this.find(id)
    const { status } = rowOfHeld(held, this.now()).summary
    return { spans: held.reading.outlines, complete: status !== 'pending' }
  }

  async getSpan(id: TraceId, span: SpanId, signal: AbortSignal): Promise<SpanDetail> {
    await this.begin(signal)
    const held = this.find(id)
    const found = held.spans.find(({ spanId }) => spanId === span)
    if (found === undefined) throw new SourceError('not-found', `no span ${span} in trace ${id}`)
    return held.detail(found)
  }

  async getSpanDetails(
    id: TraceId,
    spans: readonly SpanId[],
    signal: AbortSignal,
  ): Promise<readonly SpanDetail[]> {
    await this.begin(signal)
    const held = this.find(id)
    const byId = new Map(held.spans.map((span) => [span.spanId, span]))
    return spans.flatMap((span) => byId.get(span) ?? []).map((span) => held.detail(span))
  }

  async *streamSpans(id: TraceId, signal: AbortSignal): AsyncGenerator<readonly Span[]> {
    await this.begin(signal)
    yield this.find(id).spans.toSorted((a, b) => a.startTime - b.startTime)
  }

  async count(query: TraceQuery, signal: AbortSignal): Promise<Answer<CountReply>> {
    await this.begin(signal)
    return { value: { count: this.rows(query).length, complete: true } }
  }

  async histogram(query: TraceQuery, buckets: number, signal: AbortSignal): Promise<Answer<HistogramReply>> {
    await this.begin(signal)
    const bounds = freeze(query, this.now())
    return { value: { ...histogramOf(this.summaries(query), bounds, buckets), complete: true } }
  }

  async suggest(
    field: FilterField,
    prefix: string,
    query: TraceQuery,
    signal: AbortSignal,
  ): Promise<Page<Suggestion>> {
    await this.begin(signal)
    if (!(field in TEXTS_OF)) return { items: [] }
    return { items: suggestionsOf(this.rows(query), field as TextField, prefix) }
  }

  async listSessions(
    query: TraceQuery,
    page: PageRequest,
    signal: AbortSignal,
  ): Promise<Page<SessionSummary>> {
    await this.begin(signal)
    checkLimit(page.limit)
    const scope = `${this.info.id} sessions`
    const listing = opened({ ...query, sort: NEWEST_FIRST }, page.cursor, this.now(), scope)
    const { after } = listing
    const left = sessionsOf(this.summaries(listing.query)).filter(
      ({ end, id }) =>
        after === undefined || end < (after.key ?? 0) || (end === after.key && compareIds(id, after.id) < 0),
    )
    const items = left.slice(0, page.limit)
    const last = items.at(-1)
    if (last === undefined || left.length === items.length) return { items }
    const position = { key: last.end as number, id: last.id as TraceId }
    return { items, nextCursor: encodeCursor({ ...listing, after: position }, scope) }
  }

  async listChatbots(query: TraceQuery, signal: AbortSignal): Promise<Page<ChatbotSummary>> {
    await this.begin(signal)
    return { items: chatbotsOf(this.summaries(query)) }
  }

  async aggregate(
    query: TraceQuery,
    request: AggregateRequest,
    signal: AbortSignal,
  ): Promise<Answer<AggregateReply>> {
    await this.begin(signal)
    const ofSpans = isOfSpans(request)
    const turns = this.rows(query).map((row) => ({
      row,
      spans: ofSpans ? spansOfHeld(this.find(row.summary.traceId)) : [],
    }))
    return { value: { ...evaluateAggregate(turns, query, request), complete: true } }
  }

  async *streamTraces(query: TraceQuery, signal: AbortSignal): AsyncGenerator<readonly Trace[]> {
    await this.begin(signal)
    const ids = this.rows(query).map(({ summary }) => summary.traceId)
    for (let at = 0; at < ids.length; at += BATCH) {
      await this.begin(signal)
      const now = this.now()
      yield ids.slice(at, at + BATCH).flatMap((id) => {
        const held = this.held.get(id)
        return held === undefined ? [] : [traceOfHeld(held, this.info.id, now)]
      })
    }
  }

  private now(): Micros {
    return microsFromMillis(this.clock())
  }

  private async begin(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    await turn()
    signal.throwIfAborted()
    const { load } = this
    this.load = undefined
    if (load !== undefined) this.add(load())
  }

  private find(id: TraceId): HeldTrace {
    const held = this.held.get(id)
    if (held === undefined) throw new SourceError('not-found', `no trace ${id}`)
    return held
  }

  /** All rows that answer the query, in its order, their texts cut as in any list. */
  private rows(query: TraceQuery): readonly TraceRow[] {
    const now = this.now()
    const answers = compileQuery(query, now)
    const found: TraceRow[] = []
    for (const held of this.held.values()) if (answers(wholeRow(held, now))) found.push(rowOfHeld(held, now))
    const compare = compareRows(query.sort)
    return found.sort((a, b) => compare(a.summary, b.summary))
  }

  private summaries(query: TraceQuery): readonly TraceSummary[] {
    return this.rows(query).map(({ summary }) => summary)
  }
}

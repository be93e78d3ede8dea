import { encodeCursor, openListing } from '../../domain/cursor.ts'
import { compileQuery } from '../../domain/match.ts'
import { compareRows, isAfter, positionOf } from '../../domain/order.ts'
import { SourceError, type SourceErrorKind } from '../../domain/port/source-error.ts'
import type { SourceInfo } from '../../domain/port/source-info.ts'
import type { Page, PageRequest, SpanList, TraceSource } from '../../domain/port/trace-source.ts'
import type { SpanDetail } from '../../domain/span.ts'
import type { Trace, TraceSummary } from '../../domain/trace.ts'
import type { FilterField, TraceQuery } from '../../domain/trace-query.ts'
import { type Micros, microsFromMillis, type SpanId, type TraceId } from '../../domain/units.ts'
import { checkLimit } from '../derived.ts'
import { pause } from '../pause.ts'
import { type HeldTrace, rowOfHeld, traceOfHeld, wholeRow } from './held-rows.ts'

/** The calls of a source that may be made to fail. */
export type LimitedCall = 'listTraces' | 'getTrace' | 'getSpans' | 'getSpan'

export interface LimitedOptions {
  readonly id?: string
  readonly label?: string
  /** Milliseconds since the epoch. */
  readonly clock?: () => number
  /** Milliseconds that every call takes. */
  readonly delayMs?: number
  /** How many traces one call looks at before it gives what it has, though it be nothing. */
  readonly looksAt?: number
  /** Fields it says that it filters itself; the others it matches while walking. */
  readonly filters?: readonly FilterField[]
  /** Asked before every call: the failure that it shall end with, if any. */
  readonly failure?: (call: LimitedCall, count: number) => SourceErrorKind | SourceError | undefined
}

/**
 * What a backend is like that is no store of ours: newest first and nothing else, no counts, filters matched
 * while walking so that pages are short or empty while more may come, slow, and failing on demand.
 */
export class LimitedSource implements TraceSource {
  readonly info: SourceInfo
  private readonly held = new Map<TraceId, HeldTrace>()
  private readonly options: LimitedOptions
  private calls = 0

  constructor(options: LimitedOptions = {}) {
    this.options = options
    this.info = {
      id: options.id ?? 'limited',
      label: options.label ?? 'a limited backend',
      kind: 'limited',
      about: 'a test’s own',
      capabilities: {
        sorts: ['startTime'],
        ascending: false,
        filters: (options.filters ?? ['service', 'chatbot']).map((field) => ({ field, operators: 'all' })),
        text: false,
        costs: { count: 'walk', histogram: 'walk', suggest: 'walk', sessions: 'walk', chatbots: 'walk' },
        payloads: 'single',
        pollMs: 15_000,
      },
      links: [
        { label: 'Open in backend', template: 'http://backend.example/trace/{traceId}', on: 'trace' },
        { label: 'Open span', template: 'http://backend.example/trace/{traceId}?span={spanId}', on: 'span' },
      ],
    }
  }

  add(traces: Iterable<HeldTrace>): void {
    for (const trace of traces) this.held.set(trace.traceId, trace)
  }

  async listTraces(query: TraceQuery, page: PageRequest, signal: AbortSignal): Promise<Page<TraceSummary>> {
    await this.begin('listTraces', signal)
    checkLimit(page.limit)
    const { sort } = query
    if (sort.field !== 'startTime' || !sort.descending) {
      throw new SourceError('unsupported', 'sort: only newest first')
    }
    const now = this.now()
    const opened = openListing(query, page.cursor, now, this.info.id)
    if (!opened.ok) throw new SourceError('bad-request', `cursor: ${opened.problem}`)
    const { listing } = opened
    const answers = compileQuery(listing.query, now)
    const follows = listing.after === undefined ? () => true : isAfter(sort, listing.after)
    const compare = compareRows(sort)
    const { from, to } = listing.query
    const left = [...this.held.values()]
      .map((held) => ({ held, summary: rowOfHeld(held, now).summary }))
      .filter(({ summary }) => follows(summary) && (to === undefined || summary.startTime < to))
      .filter(({ summary }) => from === undefined || summary.startTime >= from)
      .sort((a, b) => compare(a.summary, b.summary))

    const items: TraceSummary[] = []
    let looked = 0
    for (const { held, summary } of left) {
      if (items.length === page.limit || looked === (this.options.looksAt ?? 40)) break
      looked++
      if (answers(wholeRow(held, now))) items.push(summary)
    }
    const complete = looked === left.length
    const last = left[looked - 1]?.summary
    return {
      items,
      scanned: {
        traces: looked,
        from: last?.startTime ?? null,
        to: left[0]?.summary.startTime ?? null,
        complete,
      },
      ...(!complete &&
        last !== undefined && {
          nextCursor: encodeCursor({ ...listing, after: positionOf(sort, last) }, this.info.id),
        }),
    }
  }

  async getTrace(id: TraceId, signal: AbortSignal): Promise<Trace> {
    await this.begin('getTrace', signal)
    return traceOfHeld(this.find(id), this.info.id, this.now())
  }

  async getSpans(id: TraceId, signal: AbortSignal): Promise<SpanList> {
    await this.begin('getSpans', signal)
    const held = this.find(id)
    return {
      spans: held.reading.outlines,
      complete: rowOfHeld(held, this.now()).summary.status !== 'pending',
    }
  }

  async getSpan(id: TraceId, span: SpanId, signal: AbortSignal): Promise<SpanDetail> {
    await this.begin('getSpan', signal)
    const held = this.find(id)
    const found = held.spans.find(({ spanId }) => spanId === span)
    if (found === undefined) throw new SourceError('not-found', `no span ${span} in trace ${id}`)
    return held.detail(found)
  }

  private now(): Micros {
    return microsFromMillis((this.options.clock ?? Date.now)())
  }

  private find(id: TraceId): HeldTrace {
    const held = this.held.get(id)
    if (held === undefined) throw new SourceError('not-found', `no trace ${id}`)
    return held
  }

  private async begin(call: LimitedCall, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const failure = this.options.failure?.(call, this.calls++)
    await pause(this.options.delayMs ?? 0, signal)
    if (failure instanceof SourceError) throw failure
    if (failure !== undefined) throw new SourceError(failure, `the backend failed on demand: ${failure}`)
  }
}

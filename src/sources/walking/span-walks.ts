import type { AggregatedTurn } from '../../domain/aggregate/aggregated-turn.ts'
import type { Span } from '../../domain/model/span.ts'
import type { TraceSummary } from '../../domain/model/trace.ts'
import type { TraceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { TraceSource } from '../../domain/port/trace-source.ts'
import { formatQuery } from '../../domain/query/query-params.ts'
import { NEWEST_FIRST, type TraceQuery } from '../../domain/query/trace-query.ts'
import { readSpan } from '../../semantics/span/read-span.ts'
import { aggregatedSpans } from '../../semantics/trace/aggregated-spans.ts'
import { summarise } from '../../semantics/trace/summarise.ts'
import { spansOneByOne } from '../derived-trace.ts'
import { SharedWork } from '../shared-work.ts'
import type { Budget, Walk } from './bounded-walk.ts'
import type { SharedWalks } from './shared-walks.ts'

/** Traces whose spans are read at a time, and spans of one whose payloads are asked for at once. */
const AT_ONCE = 4
const PAYLOADS_AT_ONCE = 100
/** A page asks a dozen questions about the same spans: so long are they at hand. */
const KEPT_MS = 15_000
const MOST_KEPT = 4
/** Spans cost far more than rows: so many times fewer traces are looked at. */
const FEWER = 10

/** The newest traces of a query with their spans. */
export interface SpanWalk {
  readonly walk: Walk
  readonly turns: readonly AggregatedTurn[]
  /** How many of the traces that were found their spans were not read of in time. */
  readonly unread: number
}

async function wholeSpans(source: TraceSource, id: TraceId, signal: AbortSignal): Promise<readonly Span[]> {
  const spans: Span[] = []
  if (source.streamSpans === undefined && source.getSpanDetails !== undefined) {
    const { spans: outlines } = await source.getSpans(id, signal)
    for (let at = 0; at < outlines.length; at += PAYLOADS_AT_ONCE) {
      const ids = outlines.slice(at, at + PAYLOADS_AT_ONCE).map(({ spanId }) => spanId)
      spans.push(...(await source.getSpanDetails(id, ids, signal)).map(({ span }) => span))
    }
  } else {
    const batches = source.streamSpans?.(id, signal) ?? spansOneByOne(source, id, signal)
    for await (const batch of batches) spans.push(...batch)
  }
  // Of repeated deliveries the first, as everywhere.
  return [...new Map(spans.toReversed().map((span) => [span.spanId, span])).values()].reverse()
}

async function turnOf(
  source: TraceSource,
  summary: TraceSummary,
  signal: AbortSignal,
): Promise<AggregatedTurn | undefined> {
  try {
    const spans = await wholeSpans(source, summary.traceId, signal)
    const logs = (await source.getLogs?.(summary.traceId, signal))?.logs ?? []
    const readings = spans.map((span) =>
      readSpan(span, { logs: logs.filter(({ spanId }) => spanId === span.spanId) }),
    )
    const { facets, outlines } = summarise(readings, { traceId: summary.traceId })
    return { row: { summary, facets }, spans: aggregatedSpans(spans, readings, outlines) }
  } catch (error) {
    if (error instanceof SourceError && error.kind === 'not-found') return undefined
    throw error
  }
}

/** The spans of the newest traces of a query: the same question asked several times is read once. */
export class SpanWalks {
  readonly #source: TraceSource
  readonly #walks: SharedWalks
  readonly #kept = new Map<string, SharedWork<SpanWalk>>()

  constructor(source: TraceSource, walks: SharedWalks) {
    this.#source = source
    this.#walks = walks
  }

  /** @param budget that of a walk without spans: a tenth of its traces is looked at */
  walk(query: TraceQuery, budget: Budget, signal: AbortSignal): Promise<SpanWalk> {
    const key = `${budget.traces} ${formatQuery({ ...query, sort: NEWEST_FIRST })}`
    const known = this.#kept.get(key)
    if (known && !known.abandoned) return known.join(signal)
    const work = new SharedWork((shared) => this.#read(query, budget, shared))
    this.#kept.set(key, work)
    const drop = () => {
      if (this.#kept.get(key) === work) this.#kept.delete(key)
    }
    const reply = work.join(signal)
    reply.then(() => setTimeout(drop, KEPT_MS).unref(), drop)
    for (const oldest of [...this.#kept.keys()].slice(0, -MOST_KEPT)) this.#kept.delete(oldest)
    return reply
  }

  async #read(query: TraceQuery, budget: Budget, signal: AbortSignal): Promise<SpanWalk> {
    const until = performance.now() + budget.ms
    const walk = await this.#walks.walk(
      query,
      { ...budget, traces: Math.ceil(budget.traces / FEWER) },
      signal,
    )
    const turns: AggregatedTurn[] = []
    let read = 0
    while (read < walk.summaries.length && performance.now() < until) {
      const group = walk.summaries.slice(read, read + AT_ONCE)
      const found = await Promise.all(group.map((summary) => turnOf(this.#source, summary, signal)))
      for (const turn of found) if (turn) turns.push(turn)
      read += group.length
    }
    signal.throwIfAborted()
    return { walk, turns, unread: walk.summaries.length - read }
  }
}

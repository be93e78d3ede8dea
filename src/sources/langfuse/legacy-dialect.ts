import type { Span } from '../../domain/model/span.ts'
import type { Feedback } from '../../domain/model/trace.ts'
import { micros, type SpanId, type TraceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { type NumberedPage, numberedPageIn } from '../../formats/langfuse/api-replies.ts'
import { isLegacyTrace, legacyTraceInSteps } from '../../formats/langfuse/api-traces.ts'
import type { Window } from '../walking/time-windows.ts'
import {
  coveredDownTo,
  type Dialect,
  type FoundTrace,
  type FoundTraces,
  fromText,
  toText,
} from './dialect.ts'
import { type KnownTrace, knownTraceOf } from './known-traces.ts'
import { inTurns, PATH, type Params, type Reply } from './langfuse-api.ts'
import { ObservationReader } from './observation-reader.ts'
import { planTraces } from './pushed-filters.ts'
import { type Row, textOf } from './row-reader.ts'
import type { DialectParts } from './v4-dialect.ts'

const PAGE = 100
const LIST_MS = 30_000
const TRACE_MS = 60_000
const LIST_BYTES = 64_000_000
const TRACE_BYTES = 128_000_000
/** Traces of a page that are asked for one by one, where that costs less than reading all observations between. */
const SPANS_A_BATCH = 1000

/** Of a row of the list, µs; NaN where it says none. */
const timestampOf = (row: Row): number => Date.parse(String(row.timestamp)) * 1000

const objectIn = (reply: unknown): Row | undefined => (isLegacyTrace(reply) ? reply : undefined)

/** The older API: lists of traces, of observations and of scores, in numbered pages. */
export class LegacyDialect implements Dialect {
  readonly #parts: DialectParts
  readonly #observations: ObservationReader

  constructor(parts: DialectParts) {
    this.#parts = parts
    this.#observations = new ObservationReader(parts.api, (id, signal) => this.#detail(id, signal))
  }

  async find(window: Window, query: TraceQuery, signal: AbortSignal): Promise<FoundTraces> {
    const rows = new Map<string, Row>()
    let covered: number = window.from
    for (const params of planTraces(query)) {
      const found = await this.#list(window, params, signal)
      for (const row of found.rows) rows.set(String(row.id), row)
      covered = Math.max(covered, found.coveredFrom)
    }
    const listed = [...rows.values()].filter((row) => timestampOf(row) >= covered)
    const { traces, problems } = await this.#readListed(listed, signal)
    return { traces, coveredFrom: micros(Math.min(window.to, covered)), problems }
  }

  async byIds(ids: readonly TraceId[], signal: AbortSignal): Promise<readonly KnownTrace[]> {
    const found = await Promise.all(
      ids.map(async (id) => {
        const kept = this.#parts.known.get(id)
        if (kept && kept.unread === undefined) return kept
        const detail = await this.#detail(id, signal)
        return detail && this.#whole(detail.value, detail.size, signal)
      }),
    )
    return found.flatMap((trace) => trace ?? [])
  }

  async payloads(trace: KnownTrace, spans: readonly SpanId[]): Promise<readonly Span[]> {
    const wanted = new Set(spans)
    return trace.spans.filter(({ spanId }) => wanted.has(spanId))
  }

  async *stream({ spans }: KnownTrace, signal: AbortSignal): AsyncGenerator<readonly Span[]> {
    const sorted = spans.toSorted((a, b) => a.startTime - b.startTime)
    for (let at = 0; at < sorted.length; at += SPANS_A_BATCH) {
      signal.throwIfAborted()
      yield sorted.slice(at, at + SPANS_A_BATCH)
    }
  }

  /** The rows of a stretch of time, page by page: what arrives meanwhile lies beyond its end, or repeats rows. */
  async #list(window: Window, params: Params, signal: AbortSignal) {
    const rows = new Map<string, Row>()
    for (let page = 1; ; page++) {
      const asked: Params = [
        ['page', String(page)],
        ['limit', String(Math.min(PAGE, Math.max(10, window.limit)))],
        ['orderBy', 'timestamp.desc'],
        ['fromTimestamp', fromText(window.from)],
        ['toTimestamp', toText(window.to)],
        ...params,
      ]
      const { rows: found, pages } = await this.#page(PATH.traces, asked, signal)
      for (const row of found) if (!Number.isNaN(timestampOf(row))) rows.set(String(row.id), row)
      if (page >= pages || found.length === 0) return { rows: [...rows.values()], coveredFrom: window.from }
      const last = coveredDownTo(Math.min(...[...rows.values()].map(timestampOf)))
      if (rows.size >= window.limit && last < window.to)
        return { rows: [...rows.values()], coveredFrom: last }
    }
  }

  async #page(path: string, params: Params, signal: AbortSignal): Promise<NumberedPage> {
    const call = { path, params, limits: { ms: LIST_MS, bytes: LIST_BYTES } }
    return (await this.#parts.api.ask(call, numberedPageIn, signal)).value
  }

  async #readListed(rows: readonly Row[], signal: AbortSignal) {
    const { known, feedback } = this.#parts
    const fresh = rows.filter((row) => {
      const kept = known.get(String(row.id) as TraceId)
      return kept === undefined || kept.unread !== undefined
    })
    const observations = await this.#observations.ofTraces(fresh, signal)
    const scores = new Set(fresh.flatMap((row) => (Array.isArray(row.scores) ? row.scores.map(String) : [])))
    const earliest = Math.min(...fresh.map(timestampOf))
    const ids = fresh.map((row) => String(row.id) as TraceId)
    const { said, missing } =
      scores.size === 0
        ? { said: new Map(), missing: 0 }
        : await feedback.since(fromText(earliest), scores, signal)
    const all = fresh.length === 0 ? said : await feedback.withComments(ids, said, signal)
    const problems: string[] = []
    if (missing > 0) problems.push(`${missing} scores of these traces were not read`)
    const found: FoundTrace[] = []
    let unread = 0
    for (const row of rows) {
      const id = String(row.id) as TraceId
      let trace = fresh.includes(row) ? undefined : known.get(id)
      if (trace === undefined) {
        const own = observations.get(id)
        trace = await this.#listed(row, own, all.get(id) ?? [], signal)
        if (trace && own !== undefined) known.keep(id, trace)
        if (own === undefined) unread++
      }
      if (trace) found.push({ trace, seenAt: micros(timestampOf(row)) })
    }
    if (unread > 0)
      problems.push(
        `the steps of ${unread} traces were not read: their status, tokens and calls are not known`,
      )
    return { traces: found, problems }
  }

  /** A trace of the list with its observations; without them its numbers are unknown. */
  async #listed(
    row: Row,
    observations: readonly Row[] | undefined,
    said: readonly Feedback[],
    signal: AbortSignal,
  ): Promise<KnownTrace | undefined> {
    const size = JSON.stringify(row).length + JSON.stringify(observations ?? []).length
    const trace = await this.#made({ ...row, scores: [] }, observations ?? [], said, size, signal)
    if (observations !== undefined || trace === undefined) return trace
    return withoutNumbers(trace, row)
  }

  async #detail(id: TraceId, signal: AbortSignal): Promise<Reply<Row> | undefined> {
    const limits = { ms: TRACE_MS, bytes: TRACE_BYTES }
    try {
      return await this.#parts.api.ask({ path: PATH.trace, ids: { traceId: id }, limits }, objectIn, signal)
    } catch (error) {
      if (error instanceof SourceError && error.kind === 'not-found' && this.#parts.api.speaks('legacy'))
        return undefined
      throw error
    }
  }

  async #whole(detail: Row, size: number, signal: AbortSignal): Promise<KnownTrace | undefined> {
    const id = String(detail.id) as TraceId
    const said = await this.#parts.feedback.withComments([id], new Map(), signal)
    const trace = await this.#made(detail, detail.observations, said.get(id) ?? [], size, signal)
    if (trace) this.#parts.known.keep(id, trace)
    return trace
  }

  async #made(
    row: Row,
    observations: unknown,
    said: readonly Feedback[],
    size: number,
    signal: AbortSignal,
  ): Promise<KnownTrace | undefined> {
    const { spans, feedback, problems } = await inTurns(legacyTraceInSteps(row, observations), signal)
    const timestamp = timestampOf(row)
    if (spans.length === 0 || Number.isNaN(timestamp)) return undefined
    const id = String(row.id) as TraceId
    const project = textOf(row.projectId)
    const rows = Array.isArray(observations) ? (observations as readonly Row[]) : []
    return knownTraceOf(this.#parts.reader, {
      id,
      spans,
      whole: new Set(spans.map(({ spanId }) => spanId)),
      feedback: [...feedback, ...said],
      problems,
      size,
      startTime: micros(timestamp),
      arrival: Math.max(
        0,
        ...[row, ...rows].map((one) => Date.parse(String(one.updatedAt ?? one.createdAt)) * 1000 || 0),
      ),
      ...(project !== undefined && { externalUrl: this.#parts.pageOf(project, id) }),
    })
  }
}

const isAmount = (value: unknown): value is number => typeof value === 'number' && value >= 0

/** A trace of which the list alone is known: what it says itself, and nothing about its steps. */
function withoutNumbers(trace: KnownTrace, row: Row): KnownTrace {
  const { read } = trace
  const { errorCount: _errors, recovered: _recovered, spanCount: _spans, ...summary } = read.reading.summary
  const unread = 'its observations were not read'
  return {
    ...trace,
    unread,
    read: {
      ...read,
      reading: {
        ...read.reading,
        summary: {
          ...summary,
          ...(isAmount(row.latency) && {
            duration: micros(row.latency * 1e6) as unknown as typeof summary.duration,
          }),
          metrics: {
            llmTurns: null,
            toolCalls: null,
            inputTokens: null,
            outputTokens: null,
            totalTokens: null,
            cost: isAmount(row.totalCost) ? row.totalCost : null,
            timeToFirstToken: null,
          },
          ...(Array.isArray(row.observations) && { spanCount: row.observations.length }),
        },
      },
    },
  }
}

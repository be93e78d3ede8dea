import type { Span, SpanDetail } from '../../domain/model/span.ts'
import type { TraceSummary } from '../../domain/model/trace.ts'
import {
  type Micros,
  micros,
  microsFromMillis,
  type SpanId,
  type TraceId,
  traceId,
} from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { SourceInfo } from '../../domain/port/source-info.ts'
import type { Page, PageRequest, TraceSource } from '../../domain/port/trace-source.ts'
import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { BackendClient, type BackendLimits } from '../backend/backend-client.ts'
import { detailOf, rowOf, type TraceReader, traceOf, wholeRowOf } from '../backend/read-trace.ts'
import { WholeTraces } from '../backend/whole-traces.ts'
import { checkLimit } from '../derived.ts'
import type { Window, WindowReply, WindowRow } from '../walking/time-windows.ts'
import { walkListing } from '../walking/walked-listing.ts'
import type { Dialect } from './dialect.ts'
import { FeedbackReader } from './feedback-reader.ts'
import { bytesOf, type KnownTrace, KnownTraces } from './known-traces.ts'
import { type DialectName, isTooMuch, LANGFUSE_PATHS, LangfuseApi } from './langfuse-api.ts'
import { LegacyDialect } from './legacy-dialect.ts'
import { PUSHED } from './pushed-filters.ts'
import { V4Dialect } from './v4-dialect.ts'

export interface LangfuseOptions {
  /** Names the source. */
  readonly id: string
  /** With its base path, without a trailing slash; people open Langfuse's own pages there too. */
  readonly baseUrl: string
  readonly publicKey: string
  readonly secretKey: string
  readonly reader: TraceReader
  readonly limits?: Partial<BackendLimits>
  /** Milliseconds since the epoch. */
  readonly clock?: () => number
}

const FIRST_WIDTH = 86_400e6
const LONGEST_WIDTH = 20 * 365 * 86_400e6
/** What is too much even between two moments so close is an error, µs. */
const NARROW_ENOUGH = 60e6
const DEPTH = { least: 50, most: 500 }
const MOST_CALLS = 30
const MOST_IDS = 200
/** So long after its newest part came, a trace may still grow: Langfuse takes in what it is sent bit by bit. */
const ARRIVING = 120e6
const PENDING_MS = 15_000

function infoOf({ id, baseUrl }: LangfuseOptions, project: string | undefined): SourceInfo {
  const suffix = id.replace(/^langfuse-?/, '')
  const page = `${baseUrl}/project/${project === undefined ? '' : encodeURIComponent(project)}/traces/{traceId}`
  return {
    id,
    label: suffix === '' ? 'Langfuse' : `Langfuse (${suffix})`,
    kind: 'langfuse',
    about: 'Langfuse',
    capabilities: {
      sorts: [],
      ascending: false,
      filters: PUSHED,
      text: false,
      costs: {
        count: 'walk',
        histogram: 'walk',
        suggest: 'walk',
        sessions: 'walk',
        chatbots: 'walk',
        aggregate: 'walk',
      },
      payloads: 'batch',
      pollMs: 30_000,
    },
    ...(project !== undefined && {
      links: [
        { label: 'Open in Langfuse', template: page, on: 'trace' as const },
        { label: 'Open in Langfuse', template: `${page}?observation={spanId}`, on: 'span' as const },
      ],
    }),
  }
}

function apiOf({ baseUrl, publicKey, secretKey, limits }: LangfuseOptions, clock: () => number): LangfuseApi {
  const encoded = Buffer.from(`${publicKey}:${secretKey}`, 'utf8').toString('base64')
  const headers = { authorization: `Basic ${encoded}` }
  const client = new BackendClient(
    { baseUrl, paths: LANGFUSE_PATHS, headers, secrets: [secretKey, encoded] },
    limits,
  )
  return new LangfuseApi(client, clock)
}

/** Traces that live in Langfuse, whichever of its APIs the server still has. */
export class LangfuseSource implements TraceSource {
  readonly #options: LangfuseOptions
  readonly #api: LangfuseApi
  readonly #clock: () => number
  readonly #known: KnownTraces
  readonly #whole: WholeTraces<KnownTrace>
  readonly #dialects: Readonly<Record<DialectName, Dialect>>
  #longestWidth = LONGEST_WIDTH

  constructor(options: LangfuseOptions) {
    this.#options = options
    this.#clock = options.clock ?? Date.now
    this.#api = apiOf(options, this.#clock)
    this.#known = new KnownTraces(this.#clock)
    this.#whole = new WholeTraces({ ms: 60_000, pendingMs: PENDING_MS }, this.#clock)
    const parts = {
      api: this.#api,
      reader: options.reader,
      known: this.#known,
      feedback: new FeedbackReader(this.#api, this.#clock),
      pageOf: (project: string, id: TraceId) =>
        `${options.baseUrl}/project/${encodeURIComponent(project)}/traces/${encodeURIComponent(id)}`,
      clock: this.#clock,
    }
    this.#dialects = { v4: new V4Dialect(parts), legacy: new LegacyDialect(parts) }
  }

  /** Its links name the project, which is known once the server has been asked. */
  get info(): SourceInfo {
    return infoOf(this.#options, this.#api.project?.id)
  }

  state: NonNullable<TraceSource['state']> = () => this.#api.state

  /** Finds out how the backend is, so that the list of sources can say so before anybody asks for traces. */
  async look(signal: AbortSignal): Promise<void> {
    await this.#api.dialect(signal)
  }

  async listTraces(query: TraceQuery, page: PageRequest, signal: AbortSignal): Promise<Page<TraceSummary>> {
    signal.throwIfAborted()
    checkLimit(page.limit)
    const ids = query.conditions.find(
      ({ field, operator }) => field === 'traceId' && operator === 'is',
    )?.values
    const depth = Math.min(DEPTH.most, Math.max(DEPTH.least, page.limit))
    const limits = ids
      ? { firstWidth: 200 * 365 * 86_400e6, longestWidth: 200 * 365 * 86_400e6 }
      : { firstWidth: FIRST_WIDTH, longestWidth: this.#longestWidth }
    return walkListing(
      {
        scope: this.#options.id,
        clock: this.#clock,
        limits: { ...limits, depth, mostDepth: 1000, calls: MOST_CALLS },
        read: ids
          ? (_window, _query, aborted) => this.#named(ids.map(traceId), aborted)
          : (window, asked, aborted) => this.#between(window, asked, aborted),
        byIds: async (held, aborted) => (await this.#byIds(held, aborted)).map((trace) => this.#rowOf(trace)),
      },
      query,
      page,
      signal,
    )
  }

  async getTrace(id: TraceId, signal: AbortSignal): ReturnType<TraceSource['getTrace']> {
    const { read } = await this.#trace(id, signal)
    signal.throwIfAborted()
    return traceOf(read, this.#options.id, this.#now())
  }

  async getSpans(id: TraceId, signal: AbortSignal): ReturnType<TraceSource['getSpans']> {
    const { read, problems } = await this.#trace(id, signal)
    signal.throwIfAborted()
    const now = this.#now()
    const complete = rowOf(read, now).summary.status !== 'pending' && now - read.newestEnd >= ARRIVING
    return { spans: read.reading.outlines, complete, ...(problems.length > 0 && { problems }) }
  }

  async getSpan(
    ...[id, span, signal]: Parameters<TraceSource['getSpan']>
  ): ReturnType<TraceSource['getSpan']> {
    const [detail] = await this.getSpanDetails(id, [span], signal)
    if (!detail) throw new SourceError('not-found', `no span ${span} in trace ${id}`)
    return detail
  }

  getSpanDetails = async (
    id: TraceId,
    wanted: readonly SpanId[],
    signal: AbortSignal,
  ): Promise<readonly SpanDetail[]> => {
    const trace = await this.#trace(id, signal)
    signal.throwIfAborted()
    const payloads = await this.#with(signal, (dialect) => dialect.payloads(trace, wanted, signal))
    const whole = new Map(payloads.map((span) => [span.spanId, span]))
    const spans = new Map(trace.spans.map((span) => [span.spanId as string, whole.get(span.spanId) ?? span]))
    return wanted.flatMap((span) =>
      whole.has(span) ? (detailOf(this.#options.reader, trace.read, spans, span) ?? []) : [],
    )
  }

  async *streamSpans(id: TraceId, signal: AbortSignal): AsyncGenerator<readonly Span[]> {
    const trace = await this.#trace(id, signal)
    yield* this.#dialects[await this.#api.dialect(signal)].stream(trace, signal)
  }

  #now = (): Micros => microsFromMillis(this.#clock())

  /** Asks in the dialect that is spoken, once more where the server turns out to speak another one by now. */
  async #with<Value>(signal: AbortSignal, ask: (dialect: Dialect) => Promise<Value>): Promise<Value> {
    const name = await this.#api.dialect(signal)
    try {
      return await ask(this.#dialects[name])
    } catch (error) {
      signal.throwIfAborted()
      if (this.#api.speaks(name)) throw error
      return ask(this.#dialects[await this.#api.dialect(signal)])
    }
  }

  #byIds(ids: readonly TraceId[], signal: AbortSignal): Promise<readonly KnownTrace[]> {
    return this.#with(signal, (dialect) => dialect.byIds(ids, signal))
  }

  async #trace(id: TraceId, signal: AbortSignal): Promise<KnownTrace> {
    signal.throwIfAborted()
    const kept = this.#known.get(id)
    if (kept && kept.unread === undefined) return kept
    const fetch = async (shared: AbortSignal) => {
      const [value] = await this.#byIds([id], shared)
      if (!value) throw new SourceError('not-found', `Langfuse has no trace ${id}`)
      const pending = this.#now() - value.read.newestEnd < ARRIVING
      return { value, bytes: bytesOf(value), pending }
    }
    return this.#whole.get(id, fetch, signal)
  }

  #rowOf({ read }: KnownTrace, seenAt?: Micros): WindowRow {
    const now = this.#now()
    const row = rowOf(read, now)
    const elsewhere = seenAt !== undefined && seenAt !== row.summary.startTime
    return { row, whole: wholeRowOf(read, now), ...(elsewhere && { seenAt }) }
  }

  async #between(window: Window, query: TraceQuery, signal: AbortSignal): Promise<WindowReply> {
    try {
      const { traces, coveredFrom, problems } = await this.#with(signal, (dialect) =>
        dialect.find(window, query, signal),
      )
      const rows = traces.map(({ trace, seenAt }) => this.#rowOf(trace, seenAt))
      return { rows, coveredFrom, ...(problems.length > 0 && { problem: problems.join('; ') }) }
    } catch (error) {
      signal.throwIfAborted()
      const width = window.to - window.from
      if (!isTooMuch(error) || width <= NARROW_ENOUGH) throw error
      this.#longestWidth = Math.max(NARROW_ENOUGH, Math.min(this.#longestWidth, width / 4))
      return { rows: [], coveredFrom: window.to }
    }
  }

  /** Named traces are looked up, not searched for. */
  async #named(ids: readonly TraceId[], signal: AbortSignal): Promise<WindowReply> {
    const wanted = [...new Set(ids)]
    const found = await this.#byIds(wanted.slice(0, MOST_IDS), signal)
    const rows = found.map((trace) => this.#rowOf(trace))
    const coveredFrom = micros(0)
    return wanted.length <= MOST_IDS
      ? { rows, coveredFrom }
      : { rows, coveredFrom, problem: `only the first ${MOST_IDS} of ${wanted.length} ids are looked up` }
  }
}

import type { Span } from '../../domain/model/span.ts'
import type { TraceSummary } from '../../domain/model/trace.ts'
import { type Micros, micros, microsFromMillis, type TraceId, traceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { SourceInfo } from '../../domain/port/source-info.ts'
import type { Page, PageRequest, TraceSource } from '../../domain/port/trace-source.ts'
import type { TraceQuery } from '../../domain/query/trace-query.ts'
import type { KeyOverrides } from '../../semantics/conventions/key-index.ts'
import { PENDING_WINDOW } from '../../semantics/reading.ts'
import { BackendClient, type BackendLimits } from '../backend/backend-client.ts'
import {
  detailOf,
  type ReadRow,
  readTrace,
  rowOf,
  type TraceReader,
  traceOf,
  wholeRowOf,
} from '../backend/read-trace.ts'
import { WholeTraces } from '../backend/whole-traces.ts'
import { checkLimit } from '../derived.ts'
import type { WindowRow } from '../walking/time-windows.ts'
import { walkListing } from '../walking/walked-listing.ts'
import { type FoundRow, seenIn, startsOf, windowRowOf } from './found-rows.ts'
import { PUSHED, planSearches, type SearchPlan } from './pushed-filters.ts'
import { type Dialect, JAEGER_PATHS, QueryApi } from './query-api.ts'
import { MOST_TRACES, WindowReader } from './window-reader.ts'

export interface JaegerOptions {
  /** Names the source. */
  readonly id: string
  /** With its base path, without a trailing slash. */
  readonly queryUrl: string
  /** Where people open Jaeger's own pages. */
  readonly uiUrl?: string
  /** Empty = all that there are. */
  readonly services: readonly string[]
  readonly operations: readonly string[]
  /** Added to every call: credentials, a tenant. */
  readonly headers: Readonly<Record<string, string>>
  /** Texts that no message may repeat. */
  readonly secrets: readonly string[]
  readonly reader: TraceReader
  /** Attribute keys that are looked at before the known ones. */
  readonly keys?: KeyOverrides
  /** Where it is not to be found out. */
  readonly dialect?: Dialect
  readonly limits?: Partial<BackendLimits>
  /** Traces asked for at a time, and the most that are. */
  readonly depth?: { readonly usual: number; readonly most: number }
  /** Milliseconds since the epoch. */
  readonly clock?: () => number
}

/** What the source asks: Jaeger's query API, over HTTP unless it is given. */
export type JaegerApi = Pick<QueryApi, 'search' | 'trace' | 'services' | 'takesTags' | 'state'>

/** Traces asked for at a time: as many as a short page needs, or as make a long walk short. */
const DEPTH = { page: 500, walk: 1_500 }
const LONG_PAGE = 100
const FIRST_WIDTH = 6 * 3_600e6
const MOST_CALLS = 30
/** A search for what a tag names finds little: it may look far back at once. */
const PUSHED_WIDTH = 32 * 86_400e6
const MOST_SERVICES = 60
const SERVICES_MS = 30_000
const SPANS_A_BATCH = 1_000

interface WholeJaegerTrace {
  readonly read: ReadRow
  readonly spans: readonly Span[]
  readonly problems: readonly string[]
}

/** Ids are found in either case, with and without the zeros before them: one form for the cache. */
const fullId = (id: TraceId): TraceId =>
  /^[0-9a-f]{1,32}$/i.test(id) ? traceId(id.toLowerCase().padStart(32, '0')) : id

function infoOf({ id, queryUrl, uiUrl = queryUrl }: JaegerOptions): SourceInfo {
  const suffix = id.replace(/^jaeger-?/, '')
  const page = `${uiUrl}/trace/{traceId}`
  return {
    id,
    label: suffix === '' ? 'Jaeger' : `Jaeger (${suffix})`,
    kind: 'jaeger',
    about: 'Jaeger',
    capabilities: {
      sorts: [],
      ascending: false,
      filters: PUSHED,
      text: false,
      costs: { count: 'walk', histogram: 'walk', suggest: 'walk', sessions: 'walk', chatbots: 'walk' },
      payloads: 'batch',
      pollMs: 15_000,
    },
    links: [
      { label: 'Open in Jaeger', template: page, on: 'trace' },
      { label: 'Open in Jaeger', template: `${page}?uiFind={spanId}`, on: 'span' },
    ],
  }
}

function apiOf({ queryUrl, headers, secrets, limits, dialect }: JaegerOptions): JaegerApi {
  const client = new BackendClient({ baseUrl: queryUrl, paths: JAEGER_PATHS, headers, secrets }, limits)
  return new QueryApi(client, dialect)
}

/** Traces that live in Jaeger, or in whatever speaks one of its query APIs. */
export class JaegerSource implements TraceSource {
  readonly info: SourceInfo
  readonly #options: JaegerOptions
  readonly #api: JaegerApi
  readonly #clock: () => number
  readonly #windows: WindowReader
  readonly #whole: WholeTraces<WholeJaegerTrace>
  #services: { readonly names: readonly string[]; readonly until: number } | undefined

  constructor(options: JaegerOptions, api?: JaegerApi) {
    this.#options = options
    this.#clock = options.clock ?? Date.now
    this.info = infoOf(options)
    this.#api = api ?? apiOf(options)
    this.#windows = new WindowReader(this.#api, options.reader, () => this.#now(), options.depth?.most)
    this.#whole = new WholeTraces({}, this.#clock)
  }

  state: NonNullable<TraceSource['state']> = () => this.#api.state

  /** Finds out how the backend is, so that the list of sources can say so before anybody asks for traces. */
  async look(signal: AbortSignal): Promise<void> {
    await this.#api.services(signal)
  }

  async listTraces(query: TraceQuery, page: PageRequest, signal: AbortSignal): Promise<Page<TraceSummary>> {
    signal.throwIfAborted()
    checkLimit(page.limit)
    const ids = query.conditions.find(
      ({ field, operator }) => field === 'traceId' && operator === 'is',
    )?.values
    if (ids)
      return this.#listByIds(
        ids.map((id) => traceId(id)),
        query,
        page,
        signal,
      )
    const isFirst = page.cursor === undefined
    const { names, left } = await this.#serviceNames(isFirst, signal)
    const { operations, keys } = this.#options
    const plan = planSearches(query, names, operations, await this.#api.takesTags(signal), keys)
    const {
      depth: { usual: depth, most } = {
        usual: page.limit > LONG_PAGE ? DEPTH.walk : DEPTH.page,
        most: MOST_TRACES,
      },
    } = this.#options
    const usual = plan.searches.some(({ tag }) => tag !== undefined) ? PUSHED_WIDTH : FIRST_WIDTH
    const found = await walkListing(
      {
        scope: this.info.id,
        clock: this.#clock,
        limits: {
          firstWidth: this.#windows.firstWidth(plan, usual),
          longestWidth: this.#windows.longestWidth,
          depth,
          mostDepth: most,
          calls: MOST_CALLS,
        },
        read: (window, _query, aborted) => this.#windows.read(plan, window, isFirst, aborted),
        byIds: (held, aborted) => this.#heldRows(plan, held, aborted),
      },
      query,
      page,
      signal,
    )
    if (left === 0) return found
    const problem = `only ${MOST_SERVICES} of ${MOST_SERVICES + left} services are looked at: JAEGER_SERVICES names those that matter`
    return { ...found, problems: [...(found.problems ?? []), problem] }
  }

  async getTrace(id: TraceId, signal: AbortSignal): ReturnType<TraceSource['getTrace']> {
    signal.throwIfAborted()
    // Searches answer with whole traces: an export needs no call for each of them.
    const found = this.#windows.known(fullId(id))?.read
    const isSettled = found !== undefined && !this.#isYoung(found)
    return traceOf(isSettled ? found : (await this.#fetch(id, signal)).read, this.info.id, this.#now())
  }

  async getSpans(id: TraceId, signal: AbortSignal): ReturnType<TraceSource['getSpans']> {
    const { read, problems } = await this.#fetch(id, signal)
    const complete = rowOf(read, this.#now()).summary.status !== 'pending'
    return { spans: read.reading.outlines, complete, ...(problems.length > 0 && { problems }) }
  }

  async getSpan(
    ...[id, span, signal]: Parameters<TraceSource['getSpan']>
  ): ReturnType<TraceSource['getSpan']> {
    const { read, spans } = await this.#fetch(id, signal)
    const detail = detailOf(this.#options.reader, read, spans, span)
    if (!detail) throw new SourceError('not-found', `no span ${span} in trace ${id}`)
    return detail
  }

  getSpanDetails: NonNullable<TraceSource['getSpanDetails']> = async (id, wanted, signal) => {
    const { read, spans } = await this.#fetch(id, signal)
    return wanted.flatMap((span) => detailOf(this.#options.reader, read, spans, span) ?? [])
  }

  async *streamSpans(id: TraceId, signal: AbortSignal): AsyncGenerator<readonly Span[]> {
    const { spans } = await this.#fetch(id, signal)
    const sorted = spans.toSorted((a, b) => a.startTime - b.startTime)
    for (let at = 0; at < sorted.length; at += SPANS_A_BATCH) {
      signal.throwIfAborted()
      yield sorted.slice(at, at + SPANS_A_BATCH)
    }
  }

  #now = (): Micros => microsFromMillis(this.#clock())

  /** Whether spans may still be on their way. */
  #isYoung = ({ newestEnd }: ReadRow): boolean => this.#now() - newestEnd < PENDING_WINDOW

  #fetch(id: TraceId, signal: AbortSignal): Promise<WholeJaegerTrace> {
    const full = fullId(id)
    const fetch = async (shared: AbortSignal) => {
      const { traces, problems, bytes } = await this.#api.trace(full, shared)
      const [[own, spans] = []] = [...traces].filter(([found]) => found === full)
      if (!own || !spans) throw new SourceError('not-found', `no trace ${id}`)
      const read = await readTrace(this.#options.reader, own, spans)
      return { value: { read, spans, problems }, bytes: bytes * 2, pending: this.#isYoung(read) }
    }
    return this.#whole.get(full, fetch, signal)
  }

  async #find(id: TraceId, signal: AbortSignal): Promise<WholeJaegerTrace | undefined> {
    try {
      return await this.#fetch(id, signal)
    } catch (error) {
      if (error instanceof SourceError && error.kind === 'not-found') return undefined
      throw error
    }
  }

  async #heldRows(
    plan: SearchPlan,
    ids: readonly TraceId[],
    signal: AbortSignal,
  ): Promise<readonly WindowRow[]> {
    const services = new Set(plan.searches.map(({ service }) => service))
    const rows = await Promise.all(
      ids.map(async (id): Promise<FoundRow | undefined> => {
        const known = this.#windows.known(id)
        if (known) return known
        const whole = await this.#find(id, signal)
        return whole && { read: whole.read, starts: startsOf(whole.spans) }
      }),
    )
    return rows.flatMap((row) => {
      if (!row) return []
      const seen = seenIn(row, services, 0, Number.MAX_SAFE_INTEGER) ?? row.read.reading.summary.startTime
      return [windowRowOf(row, { ...plan, byEverySpan: false }, services, seen, this.#now())]
    })
  }

  /** Named traces are looked up, not searched for. */
  async #listByIds(ids: readonly TraceId[], query: TraceQuery, page: PageRequest, signal: AbortSignal) {
    let rows: Promise<readonly WindowRow[]> | undefined
    const read = async () => {
      const found = await Promise.all([...new Set(ids)].map((id) => this.#find(id, signal)))
      const now = this.#now()
      return found.flatMap((whole) =>
        whole ? { row: rowOf(whole.read, now), whole: wholeRowOf(whole.read, now) } : [],
      )
    }
    const limits = { firstWidth: 200 * 365 * 86_400e6, longestWidth: 200 * 365 * 86_400e6, depth: 1000 }
    return walkListing(
      {
        scope: this.info.id,
        clock: this.#clock,
        limits: { ...limits, mostDepth: 1000, calls: 10 },
        read: async () => {
          rows ??= read()
          return { rows: await rows, coveredFrom: micros(0) }
        },
      },
      query,
      page,
      signal,
    )
  }

  /** Asked anew for each listing that begins: a service may have just sent its first spans. */
  async #serviceNames(
    isFirst: boolean,
    signal: AbortSignal,
  ): Promise<{ names: readonly string[]; left: number }> {
    const { services } = this.#options
    if (services.length > 0) return { names: services, left: 0 }
    if (isFirst || this.#services === undefined || this.#services.until <= this.#clock()) {
      const names = [...(await this.#api.services(signal))].sort()
      this.#services = { names, until: this.#clock() + SERVICES_MS }
    }
    const { names } = this.#services
    return { names: names.slice(0, MOST_SERVICES), left: Math.max(0, names.length - MOST_SERVICES) }
  }
}

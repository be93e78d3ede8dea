import { setImmediate } from 'node:timers/promises'
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
  precedingIds,
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
import { type FoundRow, shownBy, windowRowOf } from './found-rows.ts'
import { HeldSpans } from './held-spans.ts'
import { JaegerVersion } from './jaeger-version.ts'
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
/** Stretches of time for one page at most, and searches over all of them. */
const STRETCHES = { least: 4, most: 30, searches: 1_200 }
/** A page that finds little says after so long how far it looked, ms: before what is derived of pages gives up. */
const PAGE_MS = 10_000
/** A search for what a tag names finds little: it may look far back at once. */
const PUSHED_WIDTH = 1_024 * 86_400e6
/**
 * Where only some spans of a trace are searched for, they may lie outside of the time that is asked about though
 * the trace began within it: so far they are looked for there, µs. Tags are looked for at all times.
 */
const AROUND = { 'every span': 0, 'some spans': 300e6, tags: 200 * 365 * 86_400e6 } as const
const MOST_SERVICES = 60
const SERVICES_MS = 30_000
/** What an outline weighs, about, in bytes. */
const OUTLINE_BYTES = 300
/** When a trace that was opened is packed: its page has asked for what it shows first by then. */
const PACKED_AFTER_MS = 2_000
/** Traces that are fetched by their ids at a time. */
const AT_ONCE = 4

interface WholeJaegerTrace {
  readonly read: ReadRow
  readonly spans: HeldSpans
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
      costs: {
        count: 'walk',
        histogram: 'walk',
        suggest: 'walk',
        sessions: 'walk',
        chatbots: 'walk',
        aggregate: 'walk',
      },
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
  readonly #version: JaegerVersion | undefined
  #services: { readonly names: readonly string[]; readonly until: number } | undefined

  constructor(options: JaegerOptions, api?: JaegerApi) {
    this.#options = options
    this.#clock = options.clock ?? Date.now
    this.info = infoOf(options)
    this.#api = api ?? apiOf(options)
    const { queryUrl: baseUrl, headers, secrets } = options
    this.#version = api ? undefined : new JaegerVersion({ baseUrl, headers, secrets })
    this.#windows = new WindowReader(this.#api, options.reader, () => this.#now(), options.depth?.most)
    this.#whole = new WholeTraces({}, this.#clock)
  }

  state: NonNullable<TraceSource['state']> = () => {
    const version = this.#version?.said
    return {
      ...this.#api.state,
      ...(version !== undefined && { version }),
      ...(this.#services && { services: this.#services.names.length }),
    }
  }

  /** Finds out how the backend is, so that the list of sources can say so before anybody asks for traces. */
  async look(signal: AbortSignal): Promise<void> {
    await this.#namedServices(signal)
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
    const plan = planSearches(query, names, operations, {
      takesTags: await this.#api.takesTags(signal),
      allServices: left === 0 && this.#options.services.length === 0,
      ...(keys && { overrides: keys }),
    })
    const {
      depth: { usual: depth, most } = {
        usual: page.limit > LONG_PAGE ? DEPTH.walk : DEPTH.page,
        most: MOST_TRACES,
      },
    } = this.#options
    const usual = plan.by === 'tags' ? PUSHED_WIDTH : FIRST_WIDTH
    const { least, most: mostStretches, searches } = STRETCHES
    const calls = Math.floor(searches / Math.max(1, plan.searches.length))
    const found = await walkListing(
      {
        scope: this.info.id,
        clock: this.#clock,
        limits: {
          firstWidth: this.#windows.firstWidth(plan, usual),
          longestWidth: this.#windows.longestWidth,
          depth,
          mostDepth: most,
          calls: Math.max(least, Math.min(mostStretches, calls)),
          ms: PAGE_MS,
        },
        around: AROUND[plan.by],
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
    if (found === undefined || this.#isYoung(found)) {
      return traceOf((await this.#fetch(id, signal)).read, this.info.id, this.#now())
    }
    await setImmediate()
    signal.throwIfAborted()
    return traceOf(found, this.info.id, this.#now())
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
    const found = await spans.find([span, ...precedingIds(read, span)])
    const detail = detailOf(this.#options.reader, read, found, span)
    if (!detail) throw new SourceError('not-found', `no span ${span} in trace ${id}`)
    return detail
  }

  getSpanDetails: NonNullable<TraceSource['getSpanDetails']> = async (id, wanted, signal) => {
    const { read, spans } = await this.#fetch(id, signal)
    const found = await spans.find(wanted.flatMap((span) => [span, ...precedingIds(read, span)]))
    return wanted.flatMap((span) => detailOf(this.#options.reader, read, found, span) ?? [])
  }

  async *streamSpans(id: TraceId, signal: AbortSignal): AsyncGenerator<readonly Span[]> {
    const { spans } = await this.#fetch(id, signal)
    for await (const batch of spans.batches()) {
      signal.throwIfAborted()
      yield batch
    }
  }

  #now = (): Micros => microsFromMillis(this.#clock())

  /** Whether spans may still be on their way. */
  #isYoung = ({ newestEnd }: ReadRow): boolean => this.#now() - newestEnd < PENDING_WINDOW

  async #fetch(id: TraceId, signal: AbortSignal): Promise<WholeJaegerTrace> {
    const full = fullId(id)
    const fetch = async (shared: AbortSignal) => {
      const { traces, problems } = await this.#api.trace(full, shared)
      const found = traces.get(full)
      if (!found) throw new SourceError('not-found', `no trace ${id}`)
      const read = await readTrace(this.#options.reader, full, found)
      const spans = new HeldSpans(found)
      // Behind the answer, which it would hold up; until it is done, the spans lie open.
      setTimeout(() => spans.pack().catch(() => {}), PACKED_AFTER_MS).unref()
      const bytes = spans.bytes + spans.count * OUTLINE_BYTES
      return {
        value: { read, spans, problems },
        bytes,
        pending: this.#isYoung(read),
      }
    }
    const whole = await this.#whole.get(full, fetch, signal)
    signal.throwIfAborted()
    return whole
  }

  async #find(id: TraceId, signal: AbortSignal): Promise<WholeJaegerTrace | undefined> {
    try {
      return await this.#fetch(id, signal)
    } catch (error) {
      if (error instanceof SourceError && error.kind === 'not-found') return undefined
      throw error
    }
  }

  /** Those that are there, a few at a time. */
  async #findAll(ids: readonly TraceId[], signal: AbortSignal): Promise<readonly WholeJaegerTrace[]> {
    const found: WholeJaegerTrace[] = []
    const left = [...new Set(ids)]
    const work = async () => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) {
        const whole = await this.#find(id, signal)
        if (whole) found.push(whole)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    return found
  }

  async #heldRows(
    plan: SearchPlan,
    ids: readonly TraceId[],
    signal: AbortSignal,
  ): Promise<readonly WindowRow[]> {
    const shownAt = shownBy(plan.searches)
    const known = ids.flatMap((id) => this.#windows.known(id, plan) ?? [])
    const found = new Set(known.map(({ read }) => read.traceId))
    const fetched = await this.#findAll(
      ids.filter((id) => !found.has(id)),
      signal,
    )
    const rows: FoundRow[] = [...known]
    for (const { read, spans } of fetched) {
      const all: Span[] = []
      for await (const batch of spans.batches()) all.push(...batch)
      rows.push({ read, shownAt: shownAt(all) })
    }
    return rows.map((row) =>
      windowRowOf(row, plan, row.shownAt.at(-1) ?? row.read.reading.summary.startTime, this.#now()),
    )
  }

  /** Named traces are looked up, not searched for. */
  async #listByIds(ids: readonly TraceId[], query: TraceQuery, page: PageRequest, signal: AbortSignal) {
    let rows: Promise<readonly WindowRow[]> | undefined
    const read = async () => {
      const found = await this.#findAll(ids, signal)
      const now = this.#now()
      return found.map(({ read: one }) => ({ row: rowOf(one, now), whole: wholeRowOf(one, now) }))
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
    const isOld = this.#services === undefined || this.#services.until <= this.#clock()
    const names = isFirst || isOld ? await this.#namedServices(signal) : (this.#services?.names ?? [])
    return { names: names.slice(0, MOST_SERVICES), left: Math.max(0, names.length - MOST_SERVICES) }
  }

  async #namedServices(signal: AbortSignal): Promise<readonly string[]> {
    const names = [...(await this.#api.services(signal))].sort()
    this.#services = { names, until: this.#clock() + SERVICES_MS }
    // Nobody waits for it.
    void this.#version?.look()
    return names
  }
}

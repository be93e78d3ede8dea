import { type Micros, micros, type TraceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import { readTrace, type TraceReader } from '../backend/read-trace.ts'
import type { Window, WindowReply } from '../walking/time-windows.ts'
import { type FoundRow, seenIn, serviceOf, shownBy, windowRowOf } from './found-rows.ts'
import type { SearchPlan } from './pushed-filters.ts'
import { type FoundTraces, isTooLarge, type QueryApi, type Search, TRACE_BYTES } from './query-api.ts'
import { WindowCache } from './window-cache.ts'

/** Searches at a time for one stretch of time: replies are held whole. */
const AT_ONCE = 3
/** Cassandra reads so many spans for each trace that is asked for, and gives the traces of those alone. */
const SPANS_A_TRACE = 3
/**
 * Where not every span of a trace is searched for, one that began before the root may be the only one that
 * matches: so much earlier is looked for it, µs.
 */
const EARLIER = 5_000_000
/** Elasticsearch names an index a day in its request: stretches that are refused are shortened down to this, µs. */
const NEVER_TOO_WIDE = 40 * 86_400e6
/** Replies that are too large are asked for in shorter stretches, down to this, µs. */
const NARROW_ENOUGH = 1_000_000

/** So many replies in a row may be too large: enough to come from half a year down to a second. */
const MOST_TOO_LARGE = 14

/** The most traces that any backend is asked for at once. */
export const MOST_TRACES = 10_000

const LONGEST_WIDTH = 60 * 365 * 86_400e6

const isRefused = (error: unknown): boolean =>
  error instanceof SourceError && / answered (400|413|414|50[0-4]) /.test(error.message)

/** A stretch of time as it is asked for, µs, and how many traces of it. */
interface Stretch {
  readonly from: number
  readonly to: number
  readonly limit: number
}

/** Where a stretch could not be read as a whole: shorter ones are asked for. */
const cutOff = (window: Window, problem?: string): WindowReply => ({
  rows: [],
  coveredFrom: window.to,
  ...(problem !== undefined && { problem }),
})

/** Asks Jaeger what it has between two moments, and says whether that is all. */
export class WindowReader {
  /** The longest stretch that the backend was found to bear. */
  longestWidth = LONGEST_WIDTH
  readonly #api: Pick<QueryApi, 'search'>
  readonly #mostTraces: number
  readonly #reader: TraceReader
  readonly #clock: () => Micros
  readonly #cache: WindowCache
  readonly #firstWidths = new Map<string, number>()
  #tooLarge = 0

  constructor(
    api: Pick<QueryApi, 'search'>,
    reader: TraceReader,
    clock: () => Micros,
    mostTraces = MOST_TRACES,
    cache = new WindowCache(),
  ) {
    this.#mostTraces = mostTraces
    this.#api = api
    this.#reader = reader
    this.#clock = clock
    this.#cache = cache
  }

  /** How wide the newest stretch of a question was when it was last read as a whole, µs. */
  firstWidth(plan: SearchPlan, usual: number): number {
    return Math.min(usual, this.#firstWidths.get(keyOf(plan)) ?? usual)
  }

  /** A trace that was found lately, by a plan's searches where one is given. */
  known(id: TraceId, plan?: SearchPlan): FoundRow | undefined {
    return this.#cache.trace(id, plan && keyOf(plan))
  }

  /**
   * What a plan's searches find in a stretch of time. `isFirst`: of a listing's first page, which wants to know
   * what is new.
   */
  async read(plan: SearchPlan, window: Window, isFirst: boolean, signal: AbortSignal): Promise<WindowReply> {
    const key = keyOf(plan)
    const known = isFirst ? undefined : this.#cache.find(key, window.from, window.to)
    if (known) {
      const shownFrom = Math.max(known.shownFrom, window.from - EARLIER)
      return this.#reply(plan, known.rows, shownFrom, window.to, micros(known.from))
    }
    const isNarrowest = window.to - window.from <= 1000 && window.limit >= this.#mostTraces
    const earlier = plan.by === 'every span' ? 1 : Math.min(EARLIER, window.to - window.from)
    const from = Math.max(0, window.from - earlier)
    let replies: readonly FoundTraces[]
    try {
      replies = await this.#searchDeeply(plan.searches, { ...window, from }, signal)
    } catch (error) {
      signal.throwIfAborted()
      return this.#unreadable(error, window)
    }
    this.#tooLarge = 0
    const isCut = replies.some((reply, at) => isCutOff(reply, plan.searches[at], from, window.to))
    if (isCut && !isNarrowest) return cutOff(window)
    const rows = await this.#readAll(plan, replies)
    signal.throwIfAborted()
    const problems = replies.flatMap((reply) => reply.problems)
    if (!isCut) {
      const bytes = replies.reduce((sum, reply) => sum + reply.bytes, 0)
      const stretch = { from: window.from, to: window.to, shownFrom: from }
      this.#cache.keep(key, stretch, rows, bytes)
      if (isFirst && !this.#firstWidths.has(key)) this.#noteWidth(key, window.to - window.from)
    }
    const reply = this.#reply(plan, rows, from, window.to, isCut ? window.to : window.from)
    return problems.length > 0 ? { ...reply, problem: problems.join('; ') } : reply
  }

  #noteWidth(key: string, width: number): void {
    // Questions are many: those that were asked long ago are asked widely again.
    if (this.#firstWidths.size >= 200) this.#firstWidths.clear()
    this.#firstWidths.set(key, width)
  }

  #unreadable(error: unknown, window: Window): WindowReply {
    const width = window.to - window.from
    if (isTooLarge(error)) {
      // A backend that has no end is not asked again and again: each time costs as much as is ever read.
      if (++this.#tooLarge >= MOST_TOO_LARGE) {
        this.#tooLarge = 0
        throw error
      }
      if (width > NARROW_ENOUGH) return cutOff(window)
      const [from, to] = [window.from, window.to].map((at) => new Date(at / 1000).toISOString())
      const left = `what began between ${from} and ${to} is too large to be listed`
      return { rows: [], coveredFrom: window.from, left }
    }
    if (!isRefused(error) || width <= NEVER_TOO_WIDE) throw error
    this.longestWidth = Math.max(NEVER_TOO_WIDE, width / 4)
    return cutOff(window)
  }

  #reply(
    plan: SearchPlan,
    found: ReadonlyMap<TraceId, FoundRow>,
    shownFrom: number,
    to: number,
    coveredFrom: Micros,
  ): WindowReply {
    const now = this.#clock()
    const rows = [...found.values()].flatMap((row) => {
      const seen = seenIn(row, shownFrom, to)
      return seen === undefined ? [] : [windowRowOf(row, plan, seen, now)]
    })
    return { rows, coveredFrom, ...(plan.by !== 'every span' && { shownFrom: micros(shownFrom) }) }
  }

  /**
   * Where so many spans match that a storage may have read no further, though it gave fewer traces than were
   * asked for, more are asked for: shorter stretches would each bring the same long traces again.
   */
  async #searchDeeply(
    searches: readonly Search[],
    window: Stretch,
    signal: AbortSignal,
  ): Promise<readonly FoundTraces[]> {
    const replies = await this.#searchWindow(searches, window, signal)
    if (replies.some(({ traces, limit }) => traces.size >= limit)) return replies
    const matching = Math.max(
      ...replies.map((reply, at) => matchingIn(reply, searches[at], window.from, window.to)),
    )
    const enough = Math.floor(matching / SPANS_A_TRACE) + 1
    if (enough <= window.limit || enough > this.#mostTraces) return replies
    return this.#searchWindow(searches, { ...window, limit: enough }, signal)
  }

  /** One search may be answered with as much as one trace; several at a time with less, or one by one. */
  async #searchWindow(
    searches: readonly Search[],
    window: Stretch,
    signal: AbortSignal,
  ): Promise<readonly FoundTraces[]> {
    const alone = { atOnce: 1, most: TRACE_BYTES }
    if (searches.length === 1) return this.#searchAll(searches, window, signal, alone)
    try {
      return await this.#searchAll(searches, window, signal, { atOnce: AT_ONCE })
    } catch (error) {
      signal.throwIfAborted()
      if (!isTooLarge(error)) throw error
      return this.#searchAll(searches, window, signal, alone)
    }
  }

  async #searchAll(
    searches: readonly Search[],
    { from, to, limit }: Stretch,
    signal: AbortSignal,
    { atOnce, most }: { readonly atOnce: number; readonly most?: number },
  ): Promise<readonly FoundTraces[]> {
    const replies: FoundTraces[] = []
    const failed = new AbortController()
    const either = AbortSignal.any([signal, failed.signal])
    let next = 0
    const work = async () => {
      while (next < searches.length && !failed.signal.aborted) {
        const at = next++
        try {
          replies[at] = await this.#api.search(searches[at] as Search, from, to, limit, either, most)
        } catch (error) {
          // The others' failures follow from this one.
          failed.abort(error)
        }
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    if (failed.signal.aborted) throw failed.signal.reason
    return replies
  }

  async #readAll(plan: SearchPlan, replies: readonly FoundTraces[]): Promise<ReadonlyMap<TraceId, FoundRow>> {
    const rows = new Map<TraceId, FoundRow>()
    const shownAt = shownBy(plan.searches)
    for (const { traces } of replies)
      for (const [id, spans] of traces) {
        if (rows.has(id)) continue
        rows.set(id, { read: await readTrace(this.#reader, id, spans), shownAt: shownAt(spans) })
      }
    return rows
  }
}

const keyOf = ({ searches }: SearchPlan): string => JSON.stringify(searches)

/** How many spans a search may have found its traces by. */
function matchingIn({ traces }: FoundTraces, search: Search | undefined, from: number, to: number): number {
  let matching = 0
  for (const spans of traces.values())
    for (const span of spans)
      if (serviceOf(span) === search?.service && span.startTime >= from && span.startTime <= to) matching++
  return matching
}

/** Whether something may have been left out: as many traces as were asked for, or as many spans as are read. */
const isCutOff = (reply: FoundTraces, search: Search | undefined, from: number, to: number): boolean =>
  reply.traces.size >= reply.limit || matchingIn(reply, search, from, to) >= SPANS_A_TRACE * reply.limit

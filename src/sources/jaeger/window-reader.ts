import { type Micros, micros, type TraceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import { type ReadRow, readTrace, type TraceReader } from '../backend/read-trace.ts'
import type { Window, WindowReply } from '../walking/time-windows.ts'
import { type FoundRow, seenIn, shownBy, windowRowOf } from './found-rows.ts'
import type { SearchPlan } from './pushed-filters.ts'
import { type FoundTraces, isTooLarge, type QueryApi, type Search, TRACE_BYTES } from './query-api.ts'
import { type Coverage, coverageOf, SPANS_A_TRACE } from './reply-coverage.ts'
import { WindowCache } from './window-cache.ts'

/** Searches at a time for one stretch of time: replies are held whole. */
const AT_ONCE = 3
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
/** So many times more are asked for to look behind one long trace: few come. Backends that refuse are believed. */
const DEEPER = 5
/** How long it is believed that a storage reads as far as it must, µs: another one may stand there some day. */
const BELIEVED = 600e6
/** Of longer traces the outlines are not kept: a row needs none. */
const SPANS_OF_A_ROW = 1_000

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
const cutOff = (window: Window, coverages: readonly Coverage[] = []): WindowReply => {
  const [likely, empty] = (['likelyFrom', 'emptyFrom'] as const).map((name) =>
    Math.max(...coverages.flatMap((one) => one[name] ?? [])),
  ) as [number, number]
  const hints = Number.isFinite(likely) && { likelyFrom: likely, emptyFrom: empty }
  return { rows: [], coveredFrom: window.to, ...hints }
}

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
  #goesDeeper = true
  /** Until when the storage is known to find every trace of a stretch, however many spans there are; µs. */
  #readsOnUntil = 0

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
    const coverages = this.#coverages(plan.searches, replies, from, window.to)
    const covered = Math.max(from, ...coverages.map((one) => one.from))
    const isCut = covered >= window.to
    if (isCut && !isNarrowest) return cutOff(window, coverages)
    const rows = await this.#readAll(plan, replies)
    signal.throwIfAborted()
    const problems = replies.flatMap((reply) => reply.problems)
    const coveredFrom = micros(Math.max(window.from, covered))
    if (!isCut) {
      const bytes = replies.reduce((sum, reply) => sum + reply.bytes, 0)
      const stretch = { from: coveredFrom, to: window.to, shownFrom: covered }
      this.#cache.keep(key, stretch, rows, bytes)
      if (isFirst && !this.#firstWidths.has(key)) this.#noteWidth(key, window.to - window.from)
    }
    const reply = this.#reply(plan, rows, isCut ? from : covered, window.to, coveredFrom)
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

  /** How much of a stretch the replies cover, one by one; notes what they tell of the storage. */
  #coverages(
    searches: readonly Search[],
    replies: readonly FoundTraces[],
    from: number,
    to: number,
  ): readonly Coverage[] {
    const now = this.#clock()
    const judge = () =>
      replies.map((reply, at) => coverageOf(reply, searches[at], from, to, now >= this.#readsOnUntil))
    const coverages = judge()
    if (!coverages.some(({ readsOn }) => readsOn)) return coverages
    this.#readsOnUntil = now + BELIEVED
    return judge()
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
    // Let go of before more are asked for: a long trace is held once.
    let replies: readonly FoundTraces[] = await this.#searchWindow(searches, window, signal)
    if (replies.some(({ traces, limit }) => traces.size >= limit)) return replies
    const coverages = this.#coverages(searches, replies, window.from, window.to)
    if (coverages.every(({ from }) => from <= window.from)) return replies
    const matching = Math.max(...coverages.map((one) => one.matching))
    const enough = Math.floor(matching / SPANS_A_TRACE) + 1
    for (const most of [DEEPER * this.#mostTraces, this.#mostTraces]) {
      const limit = Math.min(most, enough)
      const isBeyond = limit > this.#mostTraces
      if (limit <= window.limit || (isBeyond && !this.#goesDeeper)) continue
      replies = []
      try {
        return await this.#searchWindow(searches, { ...window, limit }, signal)
      } catch (error) {
        signal.throwIfAborted()
        if (!isTooLarge(error) && !isRefused(error)) throw error
        if (isBeyond) this.#goesDeeper = false
      }
    }
    return replies.length > 0 ? replies : this.#searchWindow(searches, window, signal)
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
        const read = await readTrace(this.#reader, id, spans)
        rows.set(id, {
          read: spans.length > SPANS_OF_A_ROW ? withoutOutlines(read) : read,
          shownAt: shownAt(spans),
        })
      }
    return rows
  }
}

const withoutOutlines = (read: ReadRow): ReadRow => ({ ...read, reading: { ...read.reading, outlines: [] } })

const keyOf = ({ searches }: SearchPlan): string => JSON.stringify(searches)

import { type Micros, micros, type TraceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import { readTrace, type TraceReader } from '../backend/read-trace.ts'
import type { Window, WindowReply } from '../walking/time-windows.ts'
import { type FoundRow, seenIn, startsOf, windowRowOf } from './found-rows.ts'
import type { SearchPlan } from './pushed-filters.ts'
import { type FoundTraces, isTooLarge, type QueryApi, type Search } from './query-api.ts'
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
/** Replies that are too large are asked for in shorter stretches down to this, µs. */
const NARROW_ENOUGH = 1_000_000

/** The most traces that any backend is asked for at once. */
export const MOST_TRACES = 10_000

const LONGEST_WIDTH = 20 * 365 * 86_400e6

const isRefused = (error: unknown): boolean =>
  error instanceof SourceError && / answered (400|413|414|50[0-4]) /.test(error.message)

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

  /** A trace that was found lately. */
  known(id: TraceId): FoundRow | undefined {
    return this.#cache.trace(id)
  }

  /**
   * What a plan's searches find in a stretch of time. `isFirst`: of a listing's first page, which wants to know
   * what is new.
   */
  async read(plan: SearchPlan, window: Window, isFirst: boolean, signal: AbortSignal): Promise<WindowReply> {
    const key = keyOf(plan)
    const services = new Set(plan.searches.map(({ service }) => service))
    const known = isFirst ? undefined : this.#cache.find(key, window.from, window.to)
    if (known) return this.#reply(plan, services, known.rows, window, micros(known.from))
    const isNarrowest = window.to - window.from <= 1000 && window.limit >= this.#mostTraces
    const earlier = plan.byEverySpan ? 1 : Math.min(EARLIER, window.to - window.from)
    const from = window.from - earlier
    let replies: readonly FoundTraces[]
    try {
      replies = await this.#searchAll(plan.searches, from, window.to, window.limit, signal)
    } catch (error) {
      signal.throwIfAborted()
      return this.#unreadable(error, window)
    }
    const isCut = replies.some((reply, at) => isCutOff(reply, plan.searches[at], from, window.to))
    if (isCut && !isNarrowest) return cutOff(window)
    const rows = await this.#readAll(replies)
    signal.throwIfAborted()
    const problems = replies.flatMap((reply) => reply.problems)
    const covered = isCut ? window.to : window.from
    if (!isCut) {
      const bytes = replies.reduce((sum, reply) => sum + reply.bytes, 0)
      this.#cache.keep(key, window.from, window.to, rows, bytes)
      if (isFirst && !this.#firstWidths.has(key)) this.#noteWidth(key, window.to - window.from)
    }
    const reply = this.#reply(plan, services, rows, window, covered)
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
      if (width > NARROW_ENOUGH) return cutOff(window)
      const [from, to] = [window.from, window.to].map((at) => new Date(at / 1000).toISOString())
      const problem = `what began between ${from} and ${to} is too large to be listed`
      return { rows: [], coveredFrom: window.from, problem }
    }
    if (!isRefused(error) || width <= NEVER_TOO_WIDE) throw error
    this.longestWidth = Math.max(NEVER_TOO_WIDE, width / 4)
    return cutOff(window)
  }

  #reply(
    plan: SearchPlan,
    services: ReadonlySet<string>,
    found: ReadonlyMap<TraceId, FoundRow>,
    { from, to }: Window,
    coveredFrom: Micros,
  ): WindowReply {
    const now = this.#clock()
    const low = Math.min(to, Math.max(from, coveredFrom)) - EARLIER
    const rows = [...found.values()].flatMap((row) => {
      const seen = seenIn(row, services, coveredFrom >= to ? from - EARLIER : low, to)
      return seen === undefined ? [] : [windowRowOf(row, plan, services, seen, now)]
    })
    return { rows, coveredFrom }
  }

  async #searchAll(
    searches: readonly Search[],
    from: number,
    to: number,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly FoundTraces[]> {
    const replies: FoundTraces[] = []
    const failed = new AbortController()
    const either = AbortSignal.any([signal, failed.signal])
    let next = 0
    const work = async () => {
      while (next < searches.length && !failed.signal.aborted) {
        const at = next++
        try {
          replies[at] = await this.#api.search(searches[at] as Search, from, to, limit, either)
        } catch (error) {
          // The others' failures follow from this one.
          failed.abort(error)
        }
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    if (failed.signal.aborted) throw failed.signal.reason
    return replies
  }

  async #readAll(replies: readonly FoundTraces[]): Promise<ReadonlyMap<TraceId, FoundRow>> {
    const rows = new Map<TraceId, FoundRow>()
    for (const { traces } of replies)
      for (const [id, spans] of traces) {
        if (rows.has(id)) continue
        rows.set(id, { read: await readTrace(this.#reader, id, spans), starts: startsOf(spans) })
      }
    return rows
  }
}

const keyOf = ({ searches }: SearchPlan): string => JSON.stringify(searches)

/** Whether something may have been left out: as many traces as were asked for, or as many spans as are read. */
function isCutOff(
  { traces, limit }: FoundTraces,
  search: Search | undefined,
  from: number,
  to: number,
): boolean {
  if (traces.size >= limit) return true
  let matching = 0
  for (const spans of traces.values()) {
    const starts = startsOf(spans)
    const service = search?.service ?? ''
    for (const start of starts.get(service) ?? []) if (start >= from && start <= to) matching++
  }
  return matching >= SPANS_A_TRACE * limit
}

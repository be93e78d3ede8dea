import type { TraceSource } from '../../domain/port/trace-source.ts'
import { formatQuery } from '../../domain/query/query-params.ts'
import { NEWEST_FIRST, type TraceQuery } from '../../domain/query/trace-query.ts'
import { SharedWork } from '../shared-work.ts'
import { type Budget, boundedWalk, type Walk } from './bounded-walk.ts'

/** How long a walk is at hand once it has ended: what a page asks in one breath is answered by one. */
const KEPT_MS = 2_000
/** Walks and summaries held at most once they have ended. */
const MOST_KEPT = 16
const MOST_SUMMARIES = 20_000

interface Entry {
  readonly work: SharedWork<Walk>
  /** How many summaries it holds; undefined while it is under way. */
  summaries?: number
}

/** Walks of one source: the same question asked several times at once, or shortly after, is walked once. */
export class SharedWalks {
  readonly #source: Pick<TraceSource, 'listTraces'>
  readonly #keptMs: number
  readonly #entries = new Map<string, Entry>()

  constructor(source: Pick<TraceSource, 'listTraces'>, keptMs = KEPT_MS) {
    this.#source = source
    this.#keptMs = keptMs
  }

  /** The newest traces of a query, in whatever order it was asked for. Rejects as `boundedWalk` does. */
  walk(query: TraceQuery, budget: Budget, signal: AbortSignal): Promise<Walk> {
    const key = `${budget.traces} ${budget.pages} ${formatQuery({ ...query, sort: NEWEST_FIRST })}`
    const known = this.#entries.get(key)
    if (known && !known.work.abandoned) return known.work.join(signal)
    const entry: Entry = {
      work: new SharedWork(async (shared) => {
        try {
          const walk = await boundedWalk(this.#source, query, budget, shared)
          // What a failing backend cut short is asked for anew.
          if (walk.stopped?.by === 'backend') this.#drop(key, entry)
          else this.#keep(key, entry, walk.summaries.length)
          return walk
        } catch (error) {
          this.#drop(key, entry)
          throw error
        }
      }),
    }
    this.#entries.set(key, entry)
    return entry.work.join(signal)
  }

  #drop(key: string, entry: Entry): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key)
  }

  /** For a moment; the oldest make room. */
  #keep(key: string, entry: Entry, summaries: number): void {
    entry.summaries = summaries
    setTimeout(() => this.#drop(key, entry), this.#keptMs).unref()
    const ended = [...this.#entries].filter(([, one]) => one.summaries !== undefined)
    let held = ended.reduce((sum, [, one]) => sum + (one.summaries ?? 0), 0)
    for (const [index, [oldest, one]] of ended.entries()) {
      if (held <= MOST_SUMMARIES && ended.length - index <= MOST_KEPT) break
      held -= one.summaries ?? 0
      this.#entries.delete(oldest)
    }
  }
}

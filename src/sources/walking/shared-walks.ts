import type { TraceSource } from '../../domain/port/trace-source.ts'
import { formatQuery } from '../../domain/query-params.ts'
import { NEWEST_FIRST, type TraceQuery } from '../../domain/trace-query.ts'
import { SharedWork } from '../shared-work.ts'
import { type Budget, boundedWalk, type Walk } from './bounded-walk.ts'

/** How long a walk is at hand once it has ended: what a page asks in one breath is answered by one. */
const KEPT_MS = 2_000
const MOST_KEPT = 16
/** Summaries held at most, over all walks that have ended. */
const MOST_SUMMARIES = 20_000

interface Entry {
  readonly work: SharedWork<Walk>
  /** Once it has ended: when, and how many summaries it holds. */
  ended?: { readonly at: number; readonly summaries: number }
}

/** Walks of one source: the same question asked several times at once, or shortly after, is walked once. */
export class SharedWalks {
  readonly #source: Pick<TraceSource, 'listTraces'>
  readonly #clock: () => number
  readonly #entries = new Map<string, Entry>()

  /** `clock` gives milliseconds. */
  constructor(source: Pick<TraceSource, 'listTraces'>, clock: () => number = Date.now) {
    this.#source = source
    this.#clock = clock
  }

  /** The newest traces of a query, in whatever order it was asked for. Rejects as `boundedWalk` does. */
  walk(query: TraceQuery, budget: Budget, signal: AbortSignal): Promise<Walk> {
    this.#dropOld()
    const key = `${budget.traces} ${budget.pages} ${formatQuery({ ...query, sort: NEWEST_FIRST })}`
    const known = this.#entries.get(key)
    if (known && !known.work.abandoned) return known.work.join(signal)
    const entry: Entry = {
      work: new SharedWork(async (shared) => {
        try {
          const walk = await boundedWalk(this.#source, query, budget, shared)
          // What a failing backend cut short is asked for anew.
          if (walk.stopped?.by === 'backend') this.#drop(key, entry)
          else entry.ended = { at: this.#clock(), summaries: walk.summaries.length }
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

  #dropOld(): void {
    const oldest = this.#clock() - KEPT_MS
    let held = 0
    for (const [key, { ended, work }] of [...this.#entries].reverse()) {
      if (ended === undefined && !work.abandoned) continue
      held += ended?.summaries ?? 0
      const old = ended === undefined || ended.at < oldest
      if (old || held > MOST_SUMMARIES || this.#entries.size > MOST_KEPT) this.#entries.delete(key)
    }
  }
}

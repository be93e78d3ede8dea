import type { TraceId } from '../../domain/model/units.ts'
import { SharedWork } from '../shared-work.ts'

/** What a backend answered for one trace, and what it weighs here. */
export interface WholeTrace<Value> {
  readonly value: Value
  readonly bytes: number
  /** More may still arrive: kept for a moment only, so that what a page asks at once is fetched once. */
  readonly pending: boolean
}

export interface WholeTracesOptions {
  /** Most bytes over all traces; a trace that is larger by itself is not kept. */
  readonly bytes: number
  /** How long a trace is kept that is whole, and one that may still grow, ms. */
  readonly ms: number
  readonly pendingMs: number
}

const DEFAULT: WholeTracesOptions = { bytes: 64_000_000, ms: 300_000, pendingMs: 1_000 }

interface Kept<Value> {
  readonly whole: WholeTrace<Value>
  readonly until: number
}

/**
 * Whole traces of a backend that gives them in one piece: the turn, its outlines and each span's payload come
 * from one reply. Who asks for one that is on its way waits for the same call; the longest unused go first.
 */
export class WholeTraces<Value> {
  readonly #options: WholeTracesOptions
  readonly #clock: () => number
  readonly #kept = new Map<TraceId, Kept<Value>>()
  readonly #coming = new Map<TraceId, SharedWork<Value>>()
  #bytes = 0

  /** `clock` gives milliseconds. */
  constructor(options: Partial<WholeTracesOptions> = {}, clock: () => number = Date.now) {
    this.#options = { ...DEFAULT, ...options }
    this.#clock = clock
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.#bytes
  }

  /** A trace: kept, on its way, or fetched. A failure is everybody's who waits, and is not kept. */
  get(
    id: TraceId,
    fetch: (signal: AbortSignal) => Promise<WholeTrace<Value>>,
    signal: AbortSignal,
  ): Promise<Value> {
    signal.throwIfAborted()
    const kept = this.#kept.get(id)
    this.#drop(id)
    if (kept && kept.until > this.#clock()) {
      // Put back as the one that was used last.
      this.#keep(id, kept)
      return Promise.resolve(kept.whole.value)
    }
    const coming = this.#coming.get(id)
    if (coming && !coming.abandoned) return coming.join(signal)
    const work: SharedWork<Value> = new SharedWork(async (shared) => {
      try {
        const whole = await fetch(shared)
        const { ms, pendingMs } = this.#options
        this.#keep(id, { whole, until: this.#clock() + (whole.pending ? pendingMs : ms) })
        return whole.value
      } finally {
        if (this.#coming.get(id) === work) this.#coming.delete(id)
      }
    })
    this.#coming.set(id, work)
    return work.join(signal)
  }

  #keep(id: TraceId, kept: Kept<Value>): void {
    this.#drop(id)
    if (kept.whole.bytes > this.#options.bytes) return
    this.#kept.set(id, kept)
    this.#bytes += kept.whole.bytes
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#options.bytes) break
      this.#drop(oldest)
    }
  }

  #drop(id: TraceId): void {
    this.#bytes -= this.#kept.get(id)?.whole.bytes ?? 0
    this.#kept.delete(id)
  }
}

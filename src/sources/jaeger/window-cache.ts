import type { TraceId } from '../../domain/model/units.ts'
import type { FoundRow } from './found-rows.ts'

/** A stretch of time whose traces are all known, µs: `from` inclusive, `to` exclusive. */
export interface KnownStretch {
  readonly from: number
  readonly to: number
  /** Down to where was looked besides. */
  readonly shownFrom: number
}

interface KnownWindow extends KnownStretch {
  readonly rows: ReadonlyMap<TraceId, FoundRow>
  readonly bytes: number
  readonly until: number
}

/** What a page may take from one before it. */
export interface KnownPart {
  readonly from: number
  readonly shownFrom: number
  readonly rows: ReadonlyMap<TraceId, FoundRow>
}

/** Bytes of replies, and ms for which they are believed. */
const DEFAULT = { bytes: 48_000_000, ms: 30_000 }

/**
 * Stretches of time that were read lately, so that the pages of one listing do not ask for the same again. A
 * page that finds nothing here asks the backend: cursors hold without it.
 */
export class WindowCache {
  readonly #known = new Map<string, KnownWindow[]>()
  readonly #limits: typeof DEFAULT
  readonly #clock: () => number
  #bytes = 0

  constructor(clock: () => number = Date.now, limits: Partial<typeof DEFAULT> = {}) {
    this.#clock = clock
    this.#limits = { ...DEFAULT, ...limits }
  }

  /** Keeps what the question `key` found; `bytes` = what the replies weighed. */
  keep(key: string, stretch: KnownStretch, rows: ReadonlyMap<TraceId, FoundRow>, bytes: number): void {
    this.#forgetOld()
    if (bytes > this.#limits.bytes) return
    const known = { ...stretch, rows, bytes, until: this.#clock() + this.#limits.ms }
    const others = (this.#known.get(key) ?? []).filter((one) => !this.#covers(known, one))
    // Put back as the question that was asked last.
    this.#known.delete(key)
    this.#known.set(key, [...others, known])
    this.#bytes += bytes
    for (const [oldest, windows] of this.#known) {
      while (this.#bytes > this.#limits.bytes && windows.length > 0)
        this.#bytes -= windows.shift()?.bytes ?? 0
      if (windows.length === 0) this.#known.delete(oldest)
      if (this.#bytes <= this.#limits.bytes) break
    }
  }

  /** The newest part of [from, to) that is known: from where on, and what is in it. */
  find(key: string, from: number, to: number): KnownPart | undefined {
    this.#forgetOld()
    const holding = (this.#known.get(key) ?? []).filter((one) => one.from < to && one.to >= to)
    const best = holding.sort((a, b) => a.from - b.from)[0]
    return best && { from: Math.max(from, best.from), shownFrom: best.shownFrom, rows: best.rows }
  }

  /** A trace that was found lately, by whichever question unless one is named. */
  trace(id: TraceId, key?: string): FoundRow | undefined {
    this.#forgetOld()
    const asked = key === undefined ? [...this.#known.values()] : [this.#known.get(key) ?? []]
    for (const windows of asked)
      for (const { rows } of windows) {
        const row = rows.get(id)
        if (row) return row
      }
    return undefined
  }

  #covers(wide: KnownWindow, other: KnownWindow): boolean {
    const covered = wide.from <= other.from && wide.to >= other.to
    if (covered) this.#bytes -= other.bytes
    return covered
  }

  #forgetOld(): void {
    const now = this.#clock()
    for (const [key, windows] of this.#known) {
      const young = windows.filter(({ until }) => until > now)
      if (young.length === windows.length) continue
      for (const { until, bytes } of windows) if (until <= now) this.#bytes -= bytes
      if (young.length === 0) this.#known.delete(key)
      else this.#known.set(key, young)
    }
  }
}

import type { TraceId } from '../../domain/model/units.ts'
import { compareIds } from '../../domain/query/order.ts'
import type { WindowRow } from './time-windows.ts'
import { isBelow, type Shown } from './walk-place.ts'

export const beganAt = ({ row }: WindowRow): number => row.summary.startTime

/** What a page found and has not given: something newer may not have been seen yet. */
export class WaitingRows {
  readonly looked = new Set<TraceId>()
  /** The first start of all that was looked at. */
  oldest = Number.POSITIVE_INFINITY
  readonly #rows = new Map<TraceId, WindowRow>()
  readonly #late = new Map<TraceId, WindowRow>()
  readonly #answers: (row: WindowRow) => boolean
  readonly #follows: (row: WindowRow) => boolean
  readonly #shown: Shown | undefined

  /**
   * `answers`: whether the query asks for it. `follows`: whether its turn is yet to come. `shown`: what pages
   * before have seen.
   */
  constructor(
    answers: (row: WindowRow) => boolean,
    follows: (row: WindowRow) => boolean,
    shown: Shown | undefined,
  ) {
    this.#answers = answers
    this.#follows = follows
    this.#shown = shown
  }

  add(rows: readonly WindowRow[]): void {
    for (const found of rows) {
      const { traceId } = found.row.summary
      this.looked.add(traceId)
      this.oldest = Math.min(this.oldest, beganAt(found))
      // The later it was seen, the earlier a walk that begins anew comes across it.
      if (this.#rows.has(traceId) || this.#late.has(traceId) || !this.#answers(found)) continue
      if (this.#follows(found)) this.#rows.set(traceId, found)
      else if (this.#isLate(found)) this.#late.set(traceId, found)
    }
  }

  /** Those that a page before found after their turn, and had no room for. */
  addLate(rows: readonly WindowRow[]): void {
    for (const found of rows) {
      const { traceId } = found.row.summary
      this.looked.add(traceId)
      if (this.#answers(found)) this.#late.set(traceId, found)
    }
  }

  get rows(): readonly WindowRow[] {
    return [...this.#rows.values()]
  }

  /** Those whose turn was over before anything of them was seen, in the order in which they show up. */
  get late(): readonly WindowRow[] {
    return [...this.#late.values()].sort(
      (a, b) =>
        (b.shownBefore ?? 0) - (a.shownBefore ?? 0) ||
        compareIds(b.row.summary.traceId, a.row.summary.traceId),
    )
  }

  ready(edge: number): readonly WindowRow[] {
    return this.rows.filter((found) => beganAt(found) >= edge)
  }

  take(rows: readonly WindowRow[]): void {
    for (const { row } of rows) {
      this.#rows.delete(row.summary.traceId)
      this.#late.delete(row.summary.traceId)
    }
  }

  #isLate({ shownBefore, row }: WindowRow): boolean {
    if (shownBefore === undefined || this.#shown === undefined) return false
    return isBelow(this.#shown, shownBefore, row.summary.traceId)
  }
}

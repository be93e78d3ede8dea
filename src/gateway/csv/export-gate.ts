import { SourceError } from '../../domain/port/source-error.ts'

/** How many exports are written at the same time, and how long one waits for its reader. */
export interface ExportLimits {
  readonly atOnce: number
  /** A reader that takes nothing for so long is cut off, ms. One that is slow, but takes on, is not. */
  readonly stallMs: number
}

export const DEFAULT_EXPORT_LIMITS: ExportLimits = { atOnce: 8, stallMs: 60_000 }

const RETRY_AFTER_MS = 10_000

/** Lets in so many exports as memory and the store allow: each holds what its reader has not taken yet. */
export class ExportGate {
  readonly limits: ExportLimits
  #inside = 0

  constructor(limits: ExportLimits = DEFAULT_EXPORT_LIMITS) {
    this.limits = limits
  }

  /** Gives the function that leaves again, once. Throws SourceError `rate-limited` where there are too many. */
  enter(): () => void {
    const { atOnce } = this.limits
    if (this.#inside >= atOnce) {
      const what = atOnce === 1 ? 'another export is' : `${atOnce} other exports are`
      throw new SourceError('rate-limited', `${what} under way: try again when one has ended`, {
        retryAfterMs: RETRY_AFTER_MS,
      })
    }
    this.#inside += 1
    let isInside = true
    return () => {
      if (isInside) this.#inside -= 1
      isInside = false
    }
  }
}

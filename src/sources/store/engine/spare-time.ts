/** Of the time that a piece of work took, how much is left to others before the next, by how busy they are. */
const RESTS: readonly (readonly [busiest: number, rest: number])[] = [
  [0.25, 0.5],
  [0.5, 2],
  [0.75, 8],
  [1, 32],
]
const LONGEST_REST_MS = 4_000
/** A share of less time than this says little. */
const SHORTEST_LOOK_MS = 200

/** Paces work that is to be done in the time that others leave: with nothing else to do, two thirds of it. */
export class SpareTime {
  readonly #busyMs: () => number
  readonly #now: () => number
  #since: number
  #busySince: number
  #share = 0

  /** @param busyMs how long others have been busy so far, in ms */
  constructor(busyMs: () => number, now: () => number = () => performance.now()) {
    this.#busyMs = busyMs
    this.#now = now
    this.#since = now()
    this.#busySince = busyMs()
  }

  /** How long to rest, in ms, after work that took so many. */
  restAfter(tookMs: number): number {
    const now = this.#now()
    // The work itself held others up: that is no sign of them.
    const others = now - this.#since - tookMs
    if (others >= SHORTEST_LOOK_MS) {
      const busy = this.#busyMs()
      this.#share = Math.min(1, Math.max(0, busy - this.#busySince) / (now - this.#since))
      this.#since = now
      this.#busySince = busy
    }
    const [, rest = 0] = RESTS.find(([busiest]) => this.#share <= busiest) ?? []
    return Math.min(LONGEST_REST_MS, rest * tookMs)
  }
}

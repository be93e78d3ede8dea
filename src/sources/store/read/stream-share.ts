/** No fetch is made for fewer characters than this: it would cost more than what it gives. */
const LEAST = 1024 ** 2

/**
 * What streams hold while their readers take nothing is bounded for all of them together: one alone fetches much
 * at a time and ahead, several fetch less each.
 */
export class StreamShare {
  #streams = 0
  #pagesBefore: number | null = null

  /** Counts a stream in. Gives the function that counts it out again, once. */
  enter(): () => void {
    this.#streams += 1
    let isInside = true
    return () => {
      if (isInside) this.#streams -= 1
      isInside = false
      if (this.#streams === 0) this.#pagesBefore = null
    }
  }

  /**
   * How many bytes of pages the engine held when the first of the streams began: what others have it read since
   * is as much to be given back. `ask` says how many it holds now.
   */
  async pagesBefore(ask: () => Promise<number>): Promise<number> {
    if (this.#pagesBefore !== null) return this.#pagesBefore
    const now = await ask()
    this.#pagesBefore ??= now
    return this.#pagesBefore
  }

  /** How many characters one of the streams may fetch at a time, of so many that all may. */
  of(characters: number): number {
    return Math.max(LEAST, Math.floor(characters / Math.max(1, this.#streams)))
  }

  /** Where there are several, one's fetching goes on while another's rows are written anyway. */
  get isAlone(): boolean {
    return this.#streams <= 1
  }
}

/** A few milliseconds of work, in parts of records. */
const PARTS_A_STEP = 10_000
/** What reading a record takes beside its parts, counted as such. */
const PARTS_OF_A_RECORD = 40

/** Says when work that others wait for has gone on for long enough. */
export class Pace {
  private done = 0

  /** Counts a record, or a group of them, with so many parts; true = pause now. */
  isPauseDue(parts: number): boolean {
    this.done += parts + PARTS_OF_A_RECORD
    if (this.done < PARTS_A_STEP) return false
    this.done = 0
    return true
  }
}

/** Runs work that pauses between its steps to its end. */
export const inOneGo = <Result>(steps: Generator<unknown, Result>): Result => {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

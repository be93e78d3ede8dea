/** A few milliseconds of work. */
export const RECORDS_A_STEP = 256

/** Runs work that pauses between its steps to its end. */
export const inOneGo = <Result>(steps: Generator<undefined, Result>): Result => {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

import { setImmediate } from 'node:timers/promises'

/** Runs work that pauses between its steps to its end; other requests get their turn at each pause. */
export async function inTurns<Result>(steps: Generator<unknown, Result>): Promise<Result> {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    await setImmediate()
  }
}

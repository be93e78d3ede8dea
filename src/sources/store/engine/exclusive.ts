/** Runs jobs one after the other: the store has one writer, whoever wants something written. */
export class Exclusive {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs a job when those before it have ended, however they ended. */
  run<Result>(job: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(job, job)
    this.#last = result.catch(() => undefined)
    return result
  }
}

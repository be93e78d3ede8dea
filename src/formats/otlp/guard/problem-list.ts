const KEPT = 50

/** How often a problem came since the list was last emptied. */
export interface Repeated {
  times: number
}

/** Problems in words, the same one once with its count, at most 50 of them: input decides how many there are. */
export class ProblemList {
  private readonly counts = new Map<string, number>()
  private readonly repeated: (Repeated & { readonly problem: string })[] = []
  private unlisted = 0
  private readonly taken: () => void

  /** `taken` is called whenever a record's problems are taken: the next one begins. */
  constructor(taken: () => void = () => {}) {
    this.taken = taken
  }

  add(problem: string): void {
    const count = this.counts.get(problem)
    if (count === undefined && this.counts.size >= KEPT) this.unlisted += 1
    else this.counts.set(problem, (count ?? 0) + 1)
  }

  /** A problem that may come millions of times: whoever has it counts it up. */
  repeats(problem: string): Repeated {
    const repeated = { problem, times: 0 }
    this.repeated.push(repeated)
    return repeated
  }

  list(): string[] {
    const words: string[] = []
    const tell = (problem: string, times: number): void => {
      if (times > 0) words.push(times === 1 ? problem : `${problem} (${times} times)`)
    }
    for (const [problem, count] of this.counts) tell(problem, count)
    for (const { problem, times } of this.repeated) tell(problem, times)
    if (this.unlisted > 0) words.push(`and ${this.unlisted} more`)
    return words
  }

  /** The list, emptied for the next record; undefined where there was none, which is the usual case. */
  take(): string[] | undefined {
    this.taken()
    if (this.counts.size === 0 && this.repeated.every(({ times }) => times === 0)) return undefined
    const words = this.list()
    this.counts.clear()
    this.unlisted = 0
    for (const one of this.repeated) one.times = 0
    return words
  }
}

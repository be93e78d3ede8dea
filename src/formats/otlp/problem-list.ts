const KEPT = 50

/** Problems in words, the same one once with its count, at most 50 of them: input decides how many there are. */
export class ProblemList {
  private readonly counts = new Map<string, number>()
  private unlisted = 0

  add(problem: string): void {
    const count = this.counts.get(problem)
    if (count === undefined && this.counts.size >= KEPT) this.unlisted += 1
    else this.counts.set(problem, (count ?? 0) + 1)
  }

  list(): string[] {
    const words: string[] = []
    for (const [problem, count] of this.counts)
      words.push(count === 1 ? problem : `${problem} (${count} times)`)
    if (this.unlisted > 0) words.push(`and ${this.unlisted} more`)
    return words
  }

  /** The list, emptied for the next record; undefined where there was none, which is the usual case. */
  take(): string[] | undefined {
    if (this.counts.size === 0) return undefined
    const words = this.list()
    this.counts.clear()
    this.unlisted = 0
    return words
  }
}

import type { OtlpLimits } from './otlp-limits.ts'
import { OverLimitError } from './over-limit.ts'
import type { ProblemList } from './problem-list.ts'

const shown = (count: number): string => count.toLocaleString('en-US')

/**
 * Counts the parts of a request while it is read. An empty message takes two bytes, and what is made of it a
 * hundred: the size of a body alone bounds neither memory nor time.
 */
export class PartCount {
  private readonly limits: OtlpLimits
  private readonly problems: ProblemList
  private groups = 0
  private ofRecord = 0
  /** Ends of sentences, made once: a request may bring millions of what is left out. */
  private readonly beyondListed: string
  private readonly beyondParts: string

  constructor(limits: OtlpLimits, problems: ProblemList) {
    this.limits = limits
    this.problems = problems
    this.beyondListed = `beyond the first ${shown(limits.listed)} was left out`
    this.beyondParts = `beyond ${shown(limits.partsOfRecord)} attributes, events, links and items was left out`
  }

  /**
   * A resource or a scope with what belongs to it.
   * @throws OverLimitError
   */
  beginGroup(): void {
    this.groups += 1
    if (this.groups > this.limits.groups)
      throw new OverLimitError(`more than ${shown(this.limits.groups)} resources and scopes in one request`)
    this.ofRecord = 0
  }

  /** A span or a log record. */
  beginRecord(): void {
    this.ofRecord = 0
  }

  /** The parts read since the record or group began. */
  get sinceBegin(): number {
    return this.ofRecord
  }

  /** Whether one more event or link is kept where `held` of them are already. */
  takesListed(held: number, what: 'an event' | 'a link'): boolean {
    if (held < this.limits.listed) return this.takes(what)
    this.problems.add(`${what} ${this.beyondListed}`)
    return false
  }

  /** Whether one more attribute, event, link or item of a list is kept. */
  takes(what: string): boolean {
    if (this.ofRecord < this.limits.partsOfRecord) {
      this.ofRecord += 1
      return true
    }
    this.problems.add(`${what} ${this.beyondParts}`)
    return false
  }
}

import type { OtlpLimits } from './otlp-limits.ts'
import { OverLimitError } from './over-limit.ts'
import type { ProblemList, Repeated } from './problem-list.ts'

/** What a span is made of beside its own fields; an item stands in the value of an attribute. */
type Part = 'attribute' | 'event' | 'link' | 'item'

/** A request of more than so many times the records that it may hold is refused as a whole. */
const REJECTED_AT_MOST = 10

const shown = (count: number): string => count.toLocaleString('en-US')

/** What is said of a request of more resources and scopes, or records, than may be looked at. */
export const tooManyGroups = ({ groups }: OtlpLimits): string =>
  `more than ${shown(groups)} resources and scopes in one request`
export const mostRecords = ({ records }: OtlpLimits): number => records * REJECTED_AT_MOST
export const tooManyRecords = (limits: OtlpLimits): string =>
  `more than ${shown(mostRecords(limits))} spans or log records in one request`

/**
 * Counts the parts of a request while it is read. An empty message takes two bytes, and what is made of it a
 * hundred: the size of a body alone bounds neither memory nor time.
 */
export class PartCount {
  private readonly limits: OtlpLimits
  private groups = 0
  private records = 0
  private ofRecord = 0
  private taken = 0
  private left = 0
  private readonly beyondListed: Readonly<Record<'event' | 'link', Repeated>>
  private readonly beyondParts: Readonly<Record<Part, Repeated>>

  constructor(limits: OtlpLimits, problems: ProblemList) {
    this.limits = limits
    const beyond = (what: string, bound: string) => problems.repeats(`${what} beyond ${bound} was left out`)
    const listed = `the first ${shown(limits.listed)}`
    const parts = `${shown(limits.partsOfRecord)} attributes, events, links and items`
    this.beyondListed = { event: beyond('an event', listed), link: beyond('a link', listed) }
    this.beyondParts = {
      attribute: beyond('an attribute', parts),
      event: beyond('an event', parts),
      link: beyond('a link', parts),
      item: beyond('an item of a list', parts),
    }
  }

  /**
   * Counts a resource or a scope where it is found.
   * @throws OverLimitError
   */
  countGroup(): void {
    this.groups += 1
    if (this.groups > this.limits.groups) throw new OverLimitError(tooManyGroups(this.limits))
  }

  /**
   * Counts a span or log record where it is found, long before it is read: those beyond the limit are rejected
   * one by one, but not any number of them.
   * @throws OverLimitError
   */
  countRecord(): void {
    this.records += 1
    if (this.records > mostRecords(this.limits)) throw new OverLimitError(tooManyRecords(this.limits))
  }

  /** What follows are the parts of another span, log record, resource or scope. */
  begin(): void {
    this.ofRecord = 0
  }

  /** The parts read since the record or group began. */
  get sinceBegin(): number {
    return this.ofRecord
  }

  /** Whether one more event or link is kept where `held` of them are already. */
  takesListed(held: number, what: 'event' | 'link'): boolean {
    return held < this.limits.listed ? this.takes(what) : this.leave(this.beyondListed[what])
  }

  /**
   * Whether one more part is kept.
   * @throws OverLimitError where there are too many in all, or too many were not kept
   */
  takes(what: Part): boolean {
    if (this.ofRecord >= this.limits.partsOfRecord) return this.leave(this.beyondParts[what])
    this.ofRecord += 1
    this.taken += 1
    if (this.taken > this.limits.parts)
      throw new OverLimitError(
        `more than ${shown(this.limits.parts)} attributes, events, links and items in one request`,
      )
    return true
  }

  private leave(problem: Repeated): false {
    problem.times += 1
    this.left += 1
    if (this.left > this.limits.leftOut)
      throw new OverLimitError(
        `more than ${shown(this.limits.leftOut)} attributes, events, links and items beyond what spans may hold`,
      )
    return false
  }
}

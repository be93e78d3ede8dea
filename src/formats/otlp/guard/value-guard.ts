import { cutProblem, cutText, cutWithMark } from '../../../domain/model/cut-text.ts'
import { hasNul, isWellFormed, safeText } from '../../../domain/model/safe-text.ts'
import type { OtlpLimits } from './otlp-limits.ts'
import { PartCount } from './part-count.ts'
import { ProblemList } from './problem-list.ts'

const NUMBER_SIZE = 8
const count = (value: number): string => value.toLocaleString('en-US')

/**
 * Makes what was recorded safe to keep, and notes what it had to do: texts become well-formed Unicode without
 * NUL (neither columns of a database nor JSON readers take the rest), values end at the size limit.
 */
export class ValueGuard {
  readonly problems = new ProblemList(() => this.nextRecord())
  readonly parts: PartCount
  private readonly limits: OtlpLimits
  private room = 0
  /** What the value begun was given, and what the record has left for others. */
  private given = 0
  private left = 0
  private where = ''

  constructor(limits: OtlpLimits) {
    this.limits = limits
    this.parts = new PartCount(limits, this.problems)
    this.left = limits.recordSize
  }

  /** The next record has the whole of its size to fill. */
  private nextRecord(): void {
    this.left = this.limits.recordSize
    this.given = 0
    this.room = 0
  }

  /** A message or other text of a span itself. `what` names it in a problem. */
  text(text: string, what: string): string {
    this.begin(what)
    return this.value(text)
  }

  /** A name, which lists show and filters match. */
  name(text: string, what: string): string {
    this.where = what
    this.grant(this.limits.nameSize)
    return this.shortened(text, cutText)
  }

  /** Starts a value of its own with the whole size to fill. */
  begin(what: string): void {
    this.where = what
    this.grant(Math.min(this.limits.valueSize, Math.max(0, this.left - this.given + this.room)))
  }

  /** Settles what the last value took, and gives room to the next. */
  private grant(room: number): void {
    this.left -= this.given - this.room
    this.given = room
    this.room = room
  }

  /** A text within the value begun. */
  value(text: string): string {
    return this.shortened(text, cutWithMark)
  }

  private shortened(text: string, cut: typeof cutText): string {
    const safe = this.safe(text)
    if (safe.length <= this.room) {
      this.room -= safe.length
      return safe
    }
    const kept = cut(safe, this.room)
    this.problems.add(cutProblem(this.where, safe, cutText(safe, this.room).length))
    this.room = 0
    return kept
  }

  /** Whether a further element fits; each takes the size of a number beside its own texts. */
  fits(): boolean {
    if (!this.parts.takes('item')) return false
    if (this.room >= NUMBER_SIZE) {
      this.room -= NUMBER_SIZE
      return true
    }
    this.problems.add(`${this.where} was cut: it is larger than ${count(this.limits.valueSize)} characters`)
    this.room = 0
    return false
  }

  /** How many bytes of binary still fit, as base64. */
  bytesThatFit(length: number): number {
    const fitting = Math.min(length, Math.floor(this.room / 4) * 3)
    this.room -= Math.ceil(fitting / 3) * 4
    if (fitting < length)
      this.problems.add(`${this.where} was cut from ${count(length)} to ${count(fitting)} bytes`)
    return fitting
  }

  /** Whether a value at this depth is still read. */
  isShallow(depth: number): boolean {
    if (depth <= this.limits.valueDepth) return true
    this.problems.add(`${this.where} was cut below ${this.limits.valueDepth} levels of nesting`)
    return false
  }

  /** Says something of the value begun. */
  note(problem: string): void {
    this.problems.add(`${this.where} ${problem}`)
  }

  private safe(text: string): string {
    const nul = hasNul(text)
    const broken = !isWellFormed(text)
    if (!nul && !broken) return text
    if (nul) this.problems.add(`${this.where} held NUL characters, shown as \ufffd`)
    if (broken) this.problems.add(`${this.where} held half surrogate pairs, shown as \ufffd`)
    return safeText(text)
  }
}

/** Sets a key that came from outside, `__proto__` too. */
export const setKey = <Value>(target: { [key: string]: Value }, key: string, value: Value): void => {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else target[key] = value
}

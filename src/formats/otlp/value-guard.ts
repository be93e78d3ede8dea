import { hasNul, isWellFormed, safeText } from '../../domain/safe-text.ts'
import type { OtlpLimits } from './otlp-limits.ts'
import { PartCount } from './part-count.ts'
import { ProblemList } from './problem-list.ts'

const NUMBER_SIZE = 8
const count = (value: number): string => value.toLocaleString('en-US')

/** Cuts at a length without leaving half of a surrogate pair. */
const cutText = (text: string, length: number): string => {
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length)
}

/**
 * Makes what was recorded safe to keep, and notes what it had to do: texts become well-formed Unicode without
 * NUL (neither columns of a database nor JSON readers take the rest), values end at the size limit.
 */
export class ValueGuard {
  readonly problems = new ProblemList()
  readonly parts: PartCount
  private readonly limits: OtlpLimits
  private room = 0
  private where = ''

  constructor(limits: OtlpLimits) {
    this.limits = limits
    this.parts = new PartCount(limits, this.problems)
  }

  /** A message or other text of a span itself. `what` names it in a problem. */
  text(text: string, what: string): string {
    this.begin(what)
    return this.value(text)
  }

  /** A name, which lists show and filters match. */
  name(text: string, what: string): string {
    this.where = what
    this.room = this.limits.nameSize
    return this.value(text)
  }

  /** Starts a value of its own with the whole size to fill. */
  begin(what: string): void {
    this.where = what
    this.room = this.limits.valueSize
  }

  /** A text within the value begun. */
  value(text: string): string {
    const safe = this.safe(text)
    if (safe.length <= this.room) {
      this.room -= safe.length
      return safe
    }
    const kept = cutText(safe, this.room)
    this.problems.add(`${this.where} was cut from ${count(safe.length)} to ${count(kept.length)} characters`)
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

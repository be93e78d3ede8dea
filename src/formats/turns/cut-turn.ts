import { cutProblem, cutText, cutWithMark } from '../../domain/model/cut-text.ts'
import type { AttributeValue } from '../../domain/model/span.ts'
import { setKey } from '../otlp/guard/value-guard.ts'
import type { PostedTurn } from './posted-turn.ts'

const NUMBER_SIZE = 8

/** Cuts the texts of one record: each at a limit, and all of them together at another, in UTF-16 units. */
class TextCutter {
  readonly problems: string[] = []
  readonly #text: number
  #left: number

  constructor(limits: { readonly text: number; readonly turn: number }) {
    this.#text = limits.text
    this.#left = limits.turn
  }

  text(text: string, what: string): string {
    const room = Math.min(this.#text, this.#left)
    if (text.length <= room) {
      this.#left -= text.length
      return text
    }
    const kept = cutText(text, room).length
    this.#left -= kept
    this.problems.push(cutProblem(what, text, kept))
    return cutWithMark(text, room)
  }

  optional(text: string | undefined, what: string): string | undefined {
    return text === undefined ? undefined : this.text(text, what)
  }

  /** JSON, of which each text is cut; what does not fit any more is left out. */
  json(value: AttributeValue, what: string): AttributeValue {
    if (typeof value === 'string') return this.text(value, what)
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) {
      const items: AttributeValue[] = []
      for (const item of value) {
        if (!this.#fits(NUMBER_SIZE, what)) break
        items.push(this.json(item, what))
      }
      return items
    }
    const object: { [key: string]: AttributeValue } = {}
    for (const [key, item] of Object.entries(value)) {
      if (!this.#fits(NUMBER_SIZE + key.length, what)) break
      setKey(object, key, this.json(item, what))
    }
    return object
  }

  #fits(size: number, what: string): boolean {
    if (this.#left >= size) {
      this.#left -= size
      return true
    }
    const problem = `${what} was cut: the turn is longer than it may be`
    if (!this.problems.includes(problem)) this.problems.push(problem)
    return false
  }
}

/** A posted turn with its texts within their limits, and what was cut, in words. */
export function cutTurn(
  turn: PostedTurn,
  limits: { readonly text: number; readonly turn: number },
): { readonly turn: PostedTurn; readonly problems: readonly string[] } {
  const cutter = new TextCutter(limits)
  const { participantData, sessionData, feedback } = turn
  const cut: PostedTurn = {
    ...turn,
    input: cutter.text(turn.input, 'input'),
    output: cutter.optional(turn.output, 'output'),
    error: cutter.optional(turn.error, 'error'),
    participantData: participantData && {
      ...participantData,
      before: cutter.json(participantData.before, 'participantData.before'),
      ...(participantData.after !== undefined && {
        after: cutter.json(participantData.after, 'participantData.after'),
      }),
    },
    sessionData: sessionData === undefined ? undefined : cutter.json(sessionData, 'sessionData'),
    feedback: feedback?.map((one) => ({
      ...one,
      value: typeof one.value === 'string' ? cutter.text(one.value, 'feedback') : one.value,
      comment: cutter.optional(one.comment, 'feedback'),
    })),
  }
  return cutter.problems.length === 0 ? { turn, problems: [] } : { turn: cut, problems: cutter.problems }
}

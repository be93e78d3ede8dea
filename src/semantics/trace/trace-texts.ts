import type { SpanKind } from '../../domain/model/span.ts'
import { GUESSED, type SpanReading } from '../reading.ts'
import type { Verdict } from './judge.ts'

/** Whether a text stands in a prompt on lines of its own, or behind a label: as a template puts it there. */
function isFilledIn(text: string, prompt: string): boolean {
  for (let at = prompt.indexOf(text); at >= 0; at = prompt.indexOf(text, at + 1)) {
    const before = prompt.slice(Math.max(0, at - 20), at)
    const after = prompt[at + text.length]
    if ((before === '' || /[\n:>]\s*$/.test(before)) && (after === undefined || /[\n<]/.test(after)))
      return true
  }
  return false
}

export interface TraceTexts {
  readonly input?: string
  readonly output?: string
}

/** Whose values are never what was said in the turn. */
const MUTE: ReadonlySet<SpanKind> = new Set(['tool', 'retrieval', 'embedding', 'system', 'feedback'])
/** Who talks with the model or the participant; a step around it comes after. */
const TALKS: ReadonlySet<SpanKind> = new Set(['message', 'agent', 'generation'])

/**
 * What the participant said and what the bot answered. The root's own words go first; else the first call's
 * last user message and the last call's answer.
 */
export function traceTexts(readings: readonly SpanReading[], verdict: Verdict, root: number): TraceTexts {
  const { outlines, tree } = verdict
  const kind = (at: number) => outlines[at]?.kind ?? 'custom'
  const depth = (at: number) => tree.depth[at] as number
  const speaking = [...tree.order].filter((at) => !MUTE.has(kind(at)))
  const endOf = (at: number) => (outlines[at]?.startTime ?? 0) + (outlines[at]?.duration ?? 0)

  /** What the participant asked, where the prompt that a model was given is a template filled with it. */
  const askedIn = (prompt: string): string | undefined => {
    const guess = root >= 0 && !MUTE.has(kind(root)) ? readings[root]?.facts.input : undefined
    if (guess && guess.rank < GUESSED) return undefined
    const queries = [...tree.order].map((at) => readings[at]?.facts.query)
    return [guess?.value, ...queries].find((text) => text !== undefined && isFilledIn(text, prompt))
  }

  const pick = (side: 'input' | 'output'): string | undefined => {
    const own = root >= 0 && !MUTE.has(kind(root)) ? readings[root]?.facts[side] : undefined
    if (own && own.rank < GUESSED) return own.value
    const said = speaking.filter((at) => {
      const text = readings[at]?.facts[side]
      return text && text.rank < GUESSED && readings[at]?.outline.duplicate !== true
    })
    for (const group of [
      said.filter((at) => TALKS.has(kind(at))),
      said.filter((at) => !TALKS.has(kind(at))),
    ]) {
      if (group.length === 0) continue
      const shallowest = group.reduce((least, at) => Math.min(least, depth(at)), Number.POSITIVE_INFINITY)
      const nearest = group.filter((at) => depth(at) === shallowest)
      const chosen =
        side === 'input' ? nearest[0] : nearest.reduce((last, at) => (endOf(at) >= endOf(last) ? at : last))
      return chosen === undefined ? undefined : readings[chosen]?.facts[side]?.value
    }
    return own?.value
  }
  const said = pick('input')
  const input = said === undefined ? undefined : (askedIn(said) ?? said)
  const output = pick('output')
  return { ...(input !== undefined && { input }), ...(output !== undefined && { output }) }
}

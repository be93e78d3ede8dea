import type { SpanKind, SpanOutline, SpanState } from '../../domain/model/span.ts'
import {
  firstFailure,
  isRating,
  type OutlineTree,
  outlineTree,
  rootOf,
} from '../../domain/tree/outline-tree.ts'

/** A judged trace. */
export interface Verdict {
  /** In the order given, with states, kinds and duplicates as the whole trace says. */
  readonly outlines: readonly SpanOutline[]
  /** Index of the span where the failure began, or -1. */
  readonly rootCause: number
  /** Spans that failed and were not recovered. */
  readonly errorCount: number
  /** Spans that failed and were recovered. */
  readonly recoveredCount: number
  readonly tree: OutlineTree
}

/** Turns of a call, beside each other in one trace. */
const CALL_TURN =
  /^(handle turn|Agent\.handle_message|MessageProcessor\.handle_message|rasa\.message_processing)$/

/** Later siblings that are looked through for an attempt that succeeded. */
const MOST_ATTEMPTS = 500

/** What makes two spans attempts at one thing: the name, for tools also the tool. */
const attemptOf = ({ name, kind, tool }: SpanOutline): string =>
  kind === 'tool' && tool !== undefined ? `${name}\n${tool}` : name

/** Kinds that depend on what lies below: [name, kind below or its name, the kind it then has]. */
const CORRECTIONS: readonly (readonly [
  fits: (outline: SpanOutline) => boolean,
  below: (outline: SpanOutline) => boolean,
  kind: SpanKind,
])[] = [
  [
    ({ name, kind }) => kind === 'generation' && name.startsWith('llm.'),
    ({ name, kind }) => kind === 'generation' && (name === 'litellm_request' || name.startsWith('chat ')),
    'chain',
  ],
  [
    ({ name, kind }) => kind === 'retrieval' && name === 'tool_call',
    ({ name, kind }) => kind === 'retrieval' && name.endsWith('_Store.search'),
    'chain',
  ],
]

function correctedKinds(tree: OutlineTree): readonly SpanOutline[] {
  const { outlines, order, place, end } = tree
  let changed: SpanOutline[] | undefined
  for (let at = 0; at < outlines.length; at++) {
    const outline = outlines[at] as SpanOutline
    for (const [fits, below, kind] of CORRECTIONS) {
      if (!fits(outline)) continue
      for (let p = (place[at] as number) + 1; p < (end[at] as number); p++) {
        if (!below(outlines[order[p] as number] as SpanOutline)) continue
        changed ??= [...outlines]
        changed[at] = { ...outline, kind }
        break
      }
    }
  }
  return changed ?? outlines
}

/** The first place in an ascending list that is above a bound. */
function firstAbove(list: readonly number[], bound: (member: number) => boolean): number {
  let from = 0
  for (let to = list.length; from < to; ) {
    const middle = (from + to) >> 1
    if (bound(list[middle] as number)) to = middle
    else from = middle + 1
  }
  return from
}

/**
 * Answers whether a failed span was tried again with success. What it looks through is indexed once a parent
 * and once an attempt, and only where something failed: most traces are large and fine.
 */
function recoveries(
  tree: OutlineTree,
  outlines: readonly SpanOutline[],
  failed: readonly number[],
): (at: number) => boolean {
  const { parent, order, place, end } = tree
  const isTurn = (at: number) => CALL_TURN.test((outlines[at] as SpanOutline).name)
  const succeeded = (at: number) => (outlines[at] as SpanOutline).state === 'ok'
  const wanted = new Map<string, number[]>()
  for (const at of failed) wanted.set(attemptOf(outlines[at] as SpanOutline), [])
  if (wanted.size > 0)
    for (let p = 0; p < order.length; p++) {
      const at = order[p] as number
      if (succeeded(at)) wanted.get(attemptOf(outlines[at] as SpanOutline))?.push(p)
    }
  const siblings = new Map<number, Map<string, number[]>>()
  const siblingsBelow = (above: number): Map<string, number[]> => {
    const known = siblings.get(above)
    if (known) return known
    const groups = new Map<string, number[]>()
    for (const at of tree.childrenOf(above)) {
      const attempt = attemptOf(outlines[at] as SpanOutline)
      const group = groups.get(attempt)
      if (group) group.push(at)
      else groups.set(attempt, [at])
    }
    siblings.set(above, groups)
    return groups
  }
  const laterSiblings = (at: number): readonly number[] => {
    const list = siblingsBelow(parent[at] as number).get(attemptOf(outlines[at] as SpanOutline)) ?? []
    const from = firstAbove(list, (each) => (place[each] as number) > (place[at] as number))
    return list.slice(from, from + MOST_ATTEMPTS)
  }
  return (at) => {
    const successes = wanted.get(attemptOf(outlines[at] as SpanOutline)) ?? []
    if (successes.length === 0) return false
    if (isTurn(at)) return false
    if (laterSiblings(at).some(succeeded)) return true
    for (let above = parent[at] as number; above >= 0; above = parent[above] as number) {
      // Another turn of the call is no second attempt at this one.
      if (isTurn(above)) return false
      for (const sibling of laterSiblings(above)) {
        const first = successes[firstAbove(successes, (p) => p > (place[sibling] as number))]
        if (first !== undefined && first < (end[sibling] as number)) return true
      }
    }
    return false
  }
}

/**
 * Judges a trace from its outlines alone: which failures were recovered, which spans only contain one, and
 * where the failure began. A failure that failing ancestors repeat is judged once, at its deepest span.
 * Iterative, so that depth has no limit; made to run over 100,000 outlines when a trace is opened.
 */
export function judge(given: readonly SpanOutline[]): Verdict {
  const tree = outlineTree(given)
  const outlines = correctedKinds(tree)
  const { order, parent } = tree
  const count = outlines.length
  const states: SpanState[] = outlines.map(({ state }) => (state === 'running' ? 'running' : 'ok'))
  const failed = (at: number) => {
    const { state } = outlines[at] as SpanOutline
    return state === 'error' || state === 'recovered'
  }
  const root = rootOf(tree)
  // That a rating could not be kept is no failure of the turn.
  const beside = (at: number) => at !== root && isRating(tree, at)
  const failures: number[] = []
  for (let at = 0; at < count; at++) if (failed(at)) failures.push(at)
  const recovered = recoveries(tree, outlines, failures)
  // Deepest first: 0 nothing failed below, 1 only recovered failures, 2 a failure that stands.
  const below = new Uint8Array(count)
  let errorCount = 0
  let recoveredCount = 0
  for (let p = count - 1; p >= 0; p--) {
    const at = order[p] as number
    let weight = below[at] as number
    if (failed(at) && beside(at)) states[at] = 'error'
    else if (failed(at)) {
      const stands = weight === 2 || at === root || (weight === 0 && !recovered(at))
      states[at] = stands ? 'error' : 'recovered'
      weight = stands ? 2 : 1
      if (stands) errorCount++
      else recoveredCount++
    } else if (weight === 2) states[at] = 'contains-error'
    const above = parent[at] as number
    if (above >= 0 && weight > (below[above] as number)) below[above] = weight
  }
  return {
    outlines: outlines.map((outline, at) => {
      const state = states[at] as SpanState
      return outline.state === state ? outline : { ...outline, state }
    }),
    rootCause: firstFailure(tree, (at) => states[at] === 'error' && !beside(at)),
    errorCount,
    recoveredCount,
    tree,
  }
}

import type { SpanKind, SpanOutline } from '../../domain/model/span.ts'
import type { OutlineTree } from '../../domain/tree/outline-tree.ts'
import type { SpanReading } from '../reading.ts'

/** Indexes of spans for which `holds`, innermost ones alone where `holds` nests. */
export function innermost({ order, end }: OutlineTree, holds: (at: number) => boolean): number[] {
  const found: number[] = []
  // From the end: what has been found and lies below makes an outer one fall away.
  let nearest = order.length
  for (let p = order.length - 1; p >= 0; p--) {
    const at = order[p] as number
    if (!holds(at)) continue
    if (nearest >= (end[at] as number)) found.push(at)
    nearest = p
  }
  return found.reverse()
}

/** Spans for which `holds` with none above them for which it does. */
function outermost(tree: OutlineTree, holds: (at: number) => boolean): number[] {
  const found: number[] = []
  let covered = 0
  for (let p = 0; p < tree.order.length; p++) {
    const at = tree.order[p] as number
    if (p < covered || !holds(at)) continue
    found.push(at)
    covered = tree.end[at] as number
  }
  return found
}

/** What a span's facts say of how it counts. */
export type Sign = 'setUp' | 'called' | 'hidesCalls' | 'unnamedTool' | 'estimated' | 'callsOnly'

/** Which spans of a trace its measures are counted over, by index. */
export interface CountedIndexes {
  /** Calls of a model. */
  readonly calls: readonly number[]
  /** Spans that stand for calls that have none of their own. */
  readonly hidden: readonly number[]
  readonly tools: readonly number[]
  readonly usages: readonly number[]
  readonly costs: readonly number[]
}

/**
 * The rules of double counting: the innermost span that reports usage counts, the innermost generation with
 * evidence of a call is one LLM turn, a chain of tool spans is one call.
 * @param judged the readings' outlines with the kinds that the whole trace gives them, and their tree
 */
export function countedSpans(
  readings: readonly SpanReading[],
  judged: { readonly outlines: readonly SpanOutline[]; readonly tree: OutlineTree },
): CountedIndexes {
  const { outlines, tree } = judged
  const factsOf = (at: number) => (readings[at] as SpanReading).facts
  const kind = (at: number): SpanKind => outlines[at]?.kind ?? 'custom'
  const says = (at: number, name: Sign) => factsOf(at)[name] === true
  const duplicate = (at: number) => (readings[at] as SpanReading).outline.duplicate === true
  const isTool = (at: number) => kind(at) === 'tool' && !duplicate(at)
  return {
    calls: innermost(tree, (at) => kind(at) === 'generation' && says(at, 'called') && !duplicate(at)),
    hidden: innermost(tree, (at) => says(at, 'hidesCalls')),
    // A request that named no tool and reached none is no call of one.
    tools: outermost(tree, isTool).filter((at) => {
      const { order, place, end } = tree
      if (!says(at, 'unnamedTool')) return true
      for (let p = (place[at] as number) + 1; p < (end[at] as number); p++)
        if (isTool(order[p] as number)) return true
      return false
    }),
    usages: innermost(
      tree,
      (at) => factsOf(at).usage !== undefined && !duplicate(at) && kind(at) !== 'embedding',
    ),
    costs: innermost(tree, (at) => factsOf(at).cost !== undefined && !duplicate(at)),
  }
}

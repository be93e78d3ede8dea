import type { SpanKind, SpanOutline } from '../model/span.ts'
import { buildSpanTree, type SpanTree } from './span-tree.ts'

/**
 * The tree of a trace's spans by index into the outlines given, raw copies among them: for whoever judges or
 * sums up what was given. Same parents, cycles, order and top spans as the tree that is shown.
 */
export interface OutlineTree {
  readonly outlines: readonly SpanOutline[]
  /** Parent or -1. A cycle is cut at its earliest span. */
  readonly parent: Int32Array
  readonly depth: Int32Array
  /** Depth-first, children by start: the order in which a reader sees them; row → index. */
  readonly order: Int32Array
  /** Place in `order`. */
  readonly place: Int32Array
  /** Place after the last descendant. */
  readonly end: Int32Array
  /** Top spans in order: parent unknown, not recorded, or in a cycle with it. */
  readonly tops: readonly number[]
  /** Those of them that may stand for the trace: by their parents nothing is missing above. */
  readonly roots: readonly number[]
  /** Children by start; of -1 the top spans. */
  readonly childrenOf: (at: number) => readonly number[]
}

/** Builds the tree of any outlines, in any order, without recursion. */
export const outlineTree = (outlines: readonly SpanOutline[]): OutlineTree =>
  treeByIndex(outlines, buildSpanTree(outlines, { withCopies: true }))

/** The same of a tree of these outlines that is built already, copies and all. */
export function treeByIndex(outlines: readonly SpanOutline[], tree: SpanTree): OutlineTree {
  const { given: order, parent: above, depth: depthOf, subtree, firstOrphan, size } = tree
  const parent = new Int32Array(size)
  const depth = new Int32Array(size)
  const place = new Int32Array(size)
  const end = new Int32Array(size)
  for (let row = 0; row < size; row++) {
    const at = order[row] as number
    const parentRow = above[row] as number
    parent[at] = parentRow < 0 ? -1 : (order[parentRow] as number)
    depth[at] = depthOf[row] as number
    place[at] = row
    end[at] = row + (subtree[row] as number)
  }
  const siblings = (from: number, to: number): number[] => {
    const found: number[] = []
    for (let row = from; row < to; row += subtree[row] as number) found.push(order[row] as number)
    return found
  }
  const tops = siblings(0, size)
  return {
    outlines,
    parent,
    depth,
    order,
    place,
    end,
    tops,
    roots: siblings(0, firstOrphan),
    childrenOf: (at) => (at < 0 ? tops : siblings((place[at] as number) + 1, end[at] as number)),
  }
}

const ASIDE: ReadonlySet<SpanKind> = new Set(['system', 'feedback'])

/** Whether a top span was recorded beside the turn, on no span of it: a rating, an event of the platform. */
export const isAside = ({ outlines, place, end }: OutlineTree, at: number): boolean =>
  ASIDE.has((outlines[at] as SpanOutline).kind) && end[at] === (place[at] as number) + 1

/**
 * Whether a span is a rating: it may come a day after the turn and from elsewhere, and is no part of the turn's
 * time, services or status.
 */
export const isRating = ({ outlines, place, end }: OutlineTree, at: number): boolean =>
  (outlines[at] as SpanOutline).kind === 'feedback' && end[at] === (place[at] as number) + 1

/**
 * The span that stands for the trace, or -1 while their common root has not come: of the roots the first
 * message, else the first that is not aside, else the first.
 */
export function rootOf(tree: OutlineTree): number {
  const { outlines, roots } = tree
  return (
    roots.find((at) => (outlines[at] as SpanOutline).kind === 'message') ??
    roots.find((at) => !isAside(tree, at)) ??
    roots[0] ??
    -1
  )
}

/** Whether one span lies below another. */
export const isBelow = (tree: OutlineTree, at: number, above: number): boolean => {
  const place = tree.place[at] as number
  return place > (tree.place[above] as number) && place < (tree.end[above] as number)
}

/**
 * Where the failure of a trace began: in order the first failed span, then down to its earliest failed
 * descendant until none fails; -1 where none failed.
 * @param failed by index
 * @param within the span to look at with all below it; the whole trace where it is left out
 */
export function firstFailure(
  { order, place, end }: OutlineTree,
  failed: (at: number) => boolean,
  within?: number,
): number {
  let cause = -1
  let limit = within === undefined ? order.length : (end[within] as number)
  for (let row = within === undefined ? 0 : (place[within] as number); row < limit; row++) {
    const at = order[row] as number
    if (!failed(at)) continue
    cause = at
    limit = end[at] as number
  }
  return cause
}

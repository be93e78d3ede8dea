import type { SpanKind, SpanOutline } from '../../domain/span.ts'

/**
 * The shape of a trace for judging and folding, total on any input: duplicates, cycles, spans that are their
 * own parents, several tops. Numbers are indexes into the outlines.
 */
export interface OutlineTree {
  readonly outlines: readonly SpanOutline[]
  /** Parent or -1. A cycle is cut at its earliest span. */
  readonly parent: Int32Array
  readonly depth: Int32Array
  /** Depth-first, children by start: the order in which a reader sees them. */
  readonly order: Int32Array
  /** Place in `order`. */
  readonly place: Int32Array
  /** Place after the last descendant. */
  readonly end: Int32Array
  /** Top spans in order: parent unknown or absent from the trace. */
  readonly tops: readonly number[]
  /** Children by start; of -1 the top spans. */
  readonly childrenOf: (at: number) => ArrayLike<number> & Iterable<number>
}

/** Indexes by start, as given where starts are equal. */
function byStart(outlines: readonly SpanOutline[]): Int32Array {
  const count = outlines.length
  const indexes = new Int32Array(count)
  let sorted = true
  for (let at = 0; at < count; at++) {
    indexes[at] = at
    if (at > 0 && (outlines[at] as SpanOutline).startTime < (outlines[at - 1] as SpanOutline).startTime)
      sorted = false
  }
  if (sorted) return indexes
  const starts = Float64Array.from(outlines, ({ startTime }) => startTime)
  return indexes.sort((a, b) => (starts[a] as number) - (starts[b] as number) || a - b)
}

/** Parents as indexes; -1 where there is none in the trace. */
function parentsOf(outlines: readonly SpanOutline[]): Int32Array {
  const byId = new Map<string, number>()
  for (let at = 0; at < outlines.length; at++) {
    const { spanId } = outlines[at] as SpanOutline
    if (!byId.has(spanId)) byId.set(spanId, at)
  }
  return Int32Array.from(outlines, ({ parentId }, at) => {
    const found = parentId === null ? undefined : byId.get(parentId)
    return found === undefined || found === at ? -1 : found
  })
}

/** Builds the tree without recursion, in O(n log n) at worst. */
export function outlineTree(outlines: readonly SpanOutline[]): OutlineTree {
  const count = outlines.length
  const parent = parentsOf(outlines)
  const sorted = byStart(outlines)
  // Children side by side: those of `at` stand at offset[at + 1] to offset[at + 2], the tops come first.
  const offset = new Int32Array(count + 2)
  const add = (at: number, more: number) => {
    offset[at] = (offset[at] as number) + more
  }
  for (let at = 0; at < count; at++) add((parent[at] as number) + 2, 1)
  for (let at = 1; at < offset.length; at++) add(at, offset[at - 1] as number)
  const next = offset.slice()
  const children = new Int32Array(count)
  for (const at of sorted) {
    const above = (parent[at] as number) + 1
    const position = next[above] as number
    children[position] = at
    next[above] = position + 1
  }
  const childrenOf = (at: number) => children.subarray(offset[at + 1], offset[at + 2])
  const tops = [...childrenOf(-1)]

  const order = new Int32Array(count)
  const place = new Int32Array(count).fill(-1)
  const end = new Int32Array(count)
  const depth = new Int32Array(count)
  const child = offset.slice(1)
  const stack = new Int32Array(count)
  let placed = 0
  const walk = (top: number) => {
    let height = 0
    const enter = (at: number) => {
      place[at] = placed
      order[placed++] = at
      depth[at] = height
      stack[height++] = at
    }
    enter(top)
    while (height > 0) {
      const at = stack[height - 1] as number
      const position = child[at] as number
      if (position >= (offset[at + 2] as number)) {
        end[at] = placed
        height--
        continue
      }
      child[at] = position + 1
      const below = children[position] as number
      if (place[below] === -1) enter(below)
    }
  }
  for (const top of tops) walk(top)
  // What no top reaches lies in a cycle.
  if (placed < count)
    for (const at of sorted) {
      if (place[at] !== -1) continue
      parent[at] = -1
      tops.push(at)
      walk(at)
    }
  return { outlines, parent, depth, order, place, end, tops, childrenOf }
}

const ASIDE: ReadonlySet<SpanKind> = new Set(['system', 'feedback'])

/** Whether a top span was recorded beside the turn, on no span of it: a rating, an event of the platform. */
export const isAside = ({ outlines, place, end }: OutlineTree, at: number): boolean =>
  ASIDE.has((outlines[at] as SpanOutline).kind) && end[at] === (place[at] as number) + 1

/**
 * The span that stands for the trace: of the top spans without a parent the first message, else the earliest; else the one top span, whose
 * parent is the caller's; else none (-1): spans whose common root has not come.
 */
export function rootOf(tree: OutlineTree): number {
  const { outlines, tops } = tree
  const outline = (at: number) => outlines[at] as SpanOutline
  const parentless = tops.filter((at) => outline(at).parentId === null)
  const root =
    parentless.find((at) => outline(at).kind === 'message') ??
    parentless.find((at) => !isAside(tree, at)) ??
    parentless[0]
  return root ?? (tops.length === 1 ? (tops[0] as number) : -1)
}

/** Whether one span lies below another. */
export const isBelow = (tree: OutlineTree, at: number, above: number): boolean => {
  const place = tree.place[at] as number
  return place > (tree.place[above] as number) && place < (tree.end[above] as number)
}

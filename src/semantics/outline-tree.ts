import type { SpanOutline } from '../domain/span.ts'

/**
 * The shape of a trace for judging and folding, total on any input: duplicates, cycles, spans that are their
 * own parents, several tops. Numbers are indexes into the outlines.
 */
export interface OutlineTree {
  readonly outlines: readonly SpanOutline[]
  /** Parent or -1. A cycle is cut where it is entered first. */
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
}

/** Builds the tree without recursion, in O(n log n) at worst. */
export function outlineTree(outlines: readonly SpanOutline[]): OutlineTree {
  const count = outlines.length
  const byId = new Map<string, number>()
  for (let at = 0; at < count; at++) {
    const id = (outlines[at] as SpanOutline).spanId
    if (!byId.has(id)) byId.set(id, at)
  }
  const parent = new Int32Array(count).fill(-1)
  for (let at = 0; at < count; at++) {
    const { parentId } = outlines[at] as SpanOutline
    const found = parentId === null ? undefined : byId.get(parentId)
    if (found !== undefined && found !== at) parent[at] = found
  }
  const children: number[][] = Array.from({ length: count }, () => [])
  const tops: number[] = []
  for (let at = 0; at < count; at++) {
    const above = parent[at] as number
    if (above < 0) tops.push(at)
    else children[above]?.push(at)
  }
  const byStart = (a: number, b: number) =>
    (outlines[a] as SpanOutline).startTime - (outlines[b] as SpanOutline).startTime || a - b
  tops.sort(byStart)
  for (const list of children) if (list.length > 1) list.sort(byStart)

  const order = new Int32Array(count)
  const place = new Int32Array(count).fill(-1)
  const end = new Int32Array(count)
  const depth = new Int32Array(count)
  let placed = 0
  const walk = (top: number) => {
    const stack: [at: number, next: number][] = []
    const enter = (at: number, level: number) => {
      place[at] = placed
      order[placed++] = at
      depth[at] = level
      stack.push([at, 0])
    }
    enter(top, 0)
    for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
      const [at] = frame
      const child = children[at]?.[frame[1]++]
      if (child === undefined) {
        end[at] = placed
        stack.pop()
      } else if (place[child] === -1) enter(child, stack.length)
    }
  }
  for (const top of tops) walk(top)
  // What no top reaches lies in a cycle: cut it at its earliest span.
  if (placed < count) {
    const left = Array.from({ length: count }, (_, at) => at)
      .filter((at) => place[at] === -1)
      .sort(byStart)
    for (const at of left) {
      if (place[at] !== -1) continue
      parent[at] = -1
      tops.push(at)
      walk(at)
    }
  }
  return { outlines, parent, depth, order, place, end, tops }
}

/**
 * The span that stands for the trace: the earliest top span without a parent; else the one top span, whose
 * parent is the caller's; else none (-1): spans whose common root has not come.
 */
export function rootOf({ outlines, tops }: OutlineTree): number {
  const parentless = tops.find((at) => (outlines[at] as SpanOutline).parentId === null)
  return parentless ?? (tops.length === 1 ? (tops[0] as number) : -1)
}

/** Whether one span lies below another. */
export const isBelow = (tree: OutlineTree, at: number, above: number): boolean => {
  const place = tree.place[at] as number
  return place > (tree.place[above] as number) && place < (tree.end[above] as number)
}

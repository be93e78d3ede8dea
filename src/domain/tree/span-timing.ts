import type { SpanTree } from './span-tree.ts'

/**
 * µs that each row's span spent outside its children: its length less the union of theirs, children
 * clipped to it. By row.
 */
export function selfTimes(tree: SpanTree): Float64Array {
  const { size, parent, start, end } = tree
  const self = new Float64Array(size)
  const coveredUntil = new Float64Array(size)
  for (let row = 0; row < size; row++) {
    const from = start[row] as number
    const to = end[row] as number
    self[row] = Math.max(0, to - from)
    coveredUntil[row] = from
    const above = parent[row] as number
    if (above < 0) continue
    // Siblings come by start, so what they cover only grows at its end.
    const begin = Math.max(from, coveredUntil[above] as number)
    const finish = Math.min(to, end[above] as number)
    if (finish <= begin) continue
    self[above] = (self[above] as number) - (finish - begin)
    coveredUntil[above] = finish
  }
  return self
}

/** A stretch of the critical path: while it lasted, the trace waited for this row's span itself. */
export interface PathSegment {
  readonly row: number
  /** µs since the trace's start. */
  readonly from: number
  readonly to: number
}

/**
 * What the trace waited for, from its end back to its start: in each span the child that finished last,
 * before that the child that finished last before this one began, and so on; between them the span
 * itself. Children are clipped to their parent. Orphans are no part of it unless there is nothing else (a
 * root still to come). In order of time.
 */
export function criticalPath(tree: SpanTree): readonly PathSegment[] {
  const segments: PathSegment[] = []
  const pending: PathSegment[] = []
  const tops: number[] = []
  const beyond = tree.firstOrphan === 0 ? tree.size : tree.firstOrphan
  for (let row = 0; row < beyond; row += tree.subtree[row] as number) tops.push(row)
  walkBack(tree, tops, 0, tree.extent, pending, () => {})
  while (pending.length > 0) {
    const { row, from, to } = pending.pop() as PathSegment
    walkBack(tree, childRows(tree, row), from, to, pending, (begin, finish) => {
      segments.push({ row, from: begin, to: finish })
    })
  }
  return segments.sort((a, b) => a.from - b.from || a.row - b.row)
}

function childRows({ subtree }: SpanTree, row: number): number[] {
  const rows: number[] = []
  const beyond = row + (subtree[row] as number)
  for (let child = row + 1; child < beyond; child += subtree[child] as number) rows.push(child)
  return rows
}

/** Splits one span's time into the children it waited for (to walk in turn) and itself. */
function walkBack(
  { start, end }: SpanTree,
  children: number[],
  from: number,
  to: number,
  pending: PathSegment[],
  itself: (from: number, to: number) => void,
): void {
  const finish = (row: number) => Math.min(end[row] as number, to)
  children.sort((a, b) => finish(b) - finish(a) || (start[a] as number) - (start[b] as number) || a - b)
  let until = to
  for (const row of children) {
    const begin = Math.max(start[row] as number, from)
    const stop = finish(row)
    // Clocks round: steps that follow each other may overlap by a trifle.
    const slack = Math.max(2, (stop - begin) / 100)
    if (stop > until + slack || begin >= Math.min(stop, until)) continue
    const cut = Math.min(stop, until)
    if (cut < until) itself(cut, until)
    pending.push({ row, from: begin, to: cut })
    until = begin
  }
  if (until > from) itself(from, until)
}

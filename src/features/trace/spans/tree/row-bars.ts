import type { SpanTree } from '../../../../domain/tree/span-tree.ts'
import type { TimeAxis } from '../timeline/time-axis.ts'

/** Shares of the width, 0 to 1. `solid` are the stretches of self time, or all of it. */
export interface Bars {
  readonly left: number
  readonly right: number
  readonly solid: readonly (readonly [from: number, to: number])[]
}

/** Narrower stretches are not drawn apart: a share of the width. */
const NARROWEST = 0.004
/** A bar so narrow shows no parts. */
const TOO_NARROW = 0.012
const MOST_SOLID = 24
/** A span with more children than this is not looked through again for each paint. */
const MOST_CHILDREN = 20_000

/** The bar of a span: where it stands, and in which stretches none of its children ran. */
export const barsOf = (tree: SpanTree, row: number, axis: TimeAxis, whole: boolean): Bars | undefined => {
  const start = tree.start[row] as number
  const end = tree.end[row] as number
  if (end < axis.from || start > axis.to) return undefined
  const left = axis.toX(start)
  const right = axis.toX(end)
  const beyond = row + (tree.subtree[row] as number)
  if (whole || beyond === row + 1 || right - left < TOO_NARROW) return { left, right, solid: [[left, right]] }
  const solid: [number, number][] = []
  let covered = start
  let looked = 0
  for (let child = row + 1; child < beyond; child += tree.subtree[child] as number) {
    const from = Math.max(start, tree.start[child] as number)
    if (from > covered && solid.length < MOST_SOLID) addStretch(solid, axis.toX(covered), axis.toX(from))
    covered = Math.max(covered, Math.min(end, tree.end[child] as number))
    if (++looked > MOST_CHILDREN) return { left, right, solid }
  }
  if (end > covered) addStretch(solid, axis.toX(covered), right)
  return { left, right, solid }
}

const addStretch = (solid: [number, number][], from: number, to: number) => {
  if (to - from < NARROWEST || to < 0 || from > 1) return
  const last = solid.at(-1)
  if (last && from - last[1] < NARROWEST) last[1] = to
  else solid.push([from, to])
}

import type { SpanId } from '../../../../domain/model/units.ts'
import type { SpanTree } from '../../../../domain/tree/span-tree.ts'

/**
 * The model call that began last before the one at `row` did; neither above nor below it. Undefined where
 * the row is no model call or the first one.
 */
export const earlierGeneration = (tree: SpanTree, row: number): SpanId | undefined => {
  if (tree.spans[row]?.kind !== 'generation') return undefined
  const start = tree.start[row] as number
  const beyond = row + (tree.subtree[row] as number)
  let found = -1
  for (let at = 0; at < tree.size; at++) {
    if (tree.spans[at]?.kind !== 'generation' || (at >= row && at < beyond)) continue
    const isAbove = at < row && row < at + (tree.subtree[at] as number)
    const from = tree.start[at] as number
    if (isAbove || from >= start) continue
    if (found < 0 || from >= (tree.start[found] as number)) found = at
  }
  return tree.spans[found]?.spanId
}

import { nextOf, type SpanTree } from '../../../../domain/tree/span-tree.ts'

/** Whether a failed span has a failed one below it: that one shows the failure then. */
export const holdsFailure = (tree: SpanTree, row: number): boolean => {
  const next = nextOf(tree.errors, row)
  return next >= 0 && next < row + (tree.subtree[row] as number)
}

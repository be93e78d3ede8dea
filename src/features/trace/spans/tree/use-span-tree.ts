import { type Dispatch, useMemo, useReducer } from 'react'
import type { SpanOutline } from '../../../../domain/model/span.ts'
import type { SpanLinks } from '../../../../domain/tree/span-links.ts'
import { type Folds, foldSiblings, shownRows } from '../../../../domain/tree/span-rows.ts'
import { buildSpanTree, type SpanTree } from '../../../../domain/tree/span-tree.ts'
import { type ShownShape, shownShape } from './shown-shape.ts'
import { filteredRows, isFiltering, matchingRows } from './span-filter.ts'
import {
  carriedTo,
  type FirstSight,
  type SpanAction,
  type SpanSelection,
  selectedRow,
  spanSelection,
  startOf,
} from './span-selection.ts'
import type { TreeState } from './tree-state.ts'

/** The tree as it is shown now, and everything a reader can do to it. */
export interface SpanTreeControl {
  readonly tree: SpanTree
  readonly folds: Folds | undefined
  readonly shape: ShownShape
  readonly state: TreeState
  /** By row of the tree, while something is looked for. */
  readonly matches: Uint8Array | undefined
  /** Row of the selected span. -1 in an empty tree. */
  readonly selected: number
  readonly selection: SpanSelection
  readonly dispatch: Dispatch<SpanAction>
  /** The same by index of a shown row. */
  readonly select: (index: number) => void
  readonly toggle: (index: number, expanded: boolean) => void
  readonly expandSiblings: (index: number) => void
}

/** Holds the tree of a trace; `first` is what is selected, looked for and closed at the beginning. */
export function useSpanTree(
  outlines: readonly SpanOutline[],
  links: SpanLinks | undefined,
  withCopies: boolean,
  first: FirstSight,
): SpanTreeControl {
  const tree = useMemo(() => buildSpanTree(outlines, { withCopies, links }), [outlines, links, withCopies])
  const allFolds = useMemo(() => foldSiblings(tree), [tree])
  // A tree that has grown since: carried over while rendering, so that no frame shows old rows of a new tree.
  const [held, dispatch] = useReducer(
    (old: SpanSelection, action: SpanAction) => spanSelection(carriedTo(old, tree, allFolds), action),
    undefined,
    () => startOf(tree, allFolds, first),
  )
  const selection = useMemo(() => carriedTo(held, tree, allFolds), [held, tree, allFolds])
  const { view: state } = selection

  const filtering = isFiltering(state.filter)
  const folds = state.folding && !filtering ? allFolds : undefined
  const matches = useMemo(
    () => (filtering ? matchingRows(tree, state.filter) : undefined),
    [tree, filtering, state.filter],
  )
  const { collapsed, openFolds, orphansCollapsed, collapsedInFilter } = state
  const shape = useMemo(() => {
    const open = { collapsed: matches ? collapsedInFilter : collapsed, openFolds, orphansCollapsed }
    const shown = matches
      ? filteredRows(tree, matches, open)
      : shownRows(tree, { ...open, ...(folds && { folds }) })
    return shownShape(tree, folds, open, shown)
  }, [tree, folds, matches, collapsed, collapsedInFilter, openFolds, orphansCollapsed])

  return {
    tree,
    folds,
    shape,
    state,
    matches,
    selected: selectedRow(selection),
    selection,
    dispatch,
    select: (index) => {
      const code = shape.codes[index]
      if (code !== undefined) dispatch({ does: 'select', code })
    },
    toggle: (index, expanded) => {
      const code = shape.codes[index]
      if (code !== undefined) dispatch({ does: 'toggle', code, expanded })
    },
    expandSiblings: (index) => {
      const code = shape.codes[index]
      if (code !== undefined && code >= 0) dispatch({ does: 'expand-siblings', row: code })
    },
  }
}

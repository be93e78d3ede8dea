import { useCallback, useEffect, useMemo, useState } from 'react'
import type { SpanOutline } from '../../../domain/span.ts'
import type { SpanLinks } from '../../../domain/span-links.ts'
import { type Folds, foldAt, foldSiblings, ORPHANS, shownRows } from '../../../domain/span-rows.ts'
import { buildSpanTree, nextError, previousError, type SpanTree } from '../../../domain/span-tree.ts'
import type { SpanId } from '../../../domain/units.ts'
import { type ShownShape, shownShape } from './shown-shape.ts'
import { filteredRows, isFiltering, matchingRows } from './span-filter.ts'
import {
  FRESH,
  rebased,
  revealed,
  type TreeState,
  toLevel,
  withFold,
  withRow,
  withSiblingsOpen,
} from './tree-state.ts'

/** The tree as it is shown now, and everything a reader can do to it. */
export interface SpanTreeControl {
  readonly tree: SpanTree
  readonly folds: ReturnType<typeof foldSiblings> | undefined
  readonly shape: ShownShape
  readonly state: TreeState
  /** By row of the tree, while something is looked for. */
  readonly matches: Uint8Array | undefined
  /** Row of the selected span. -1 in an empty tree. */
  readonly selected: number
  readonly select: (index: number) => void
  readonly toggle: (index: number, expanded: boolean) => void
  readonly expandSiblings: (index: number) => void
  readonly reveal: (row: number) => void
  readonly showLevel: (level: number) => void
  readonly setFilter: (filter: TreeState['filter']) => void
  readonly setFolding: (folding: boolean) => void
  /** Selects the next (1) or previous (-1) failed span; says whether there was one. */
  readonly stepError: (by: 1 | -1) => boolean
}

interface Held {
  readonly tree: SpanTree
  readonly folds: ReturnType<typeof foldSiblings> | undefined
  readonly state: TreeState
}

/** Turns of a call are told apart at first sight; other equal siblings are folded. */
const beginning = (folds: Folds): TreeState => ({
  ...FRESH,
  openFolds: new Set(folds.list.flatMap((fold, at) => (fold.kind === 'message' ? [at] : []))),
})

/** Holds the tree of a trace; `first` is the span selected at the beginning, where it is there. */
export function useSpanTree(
  outlines: readonly SpanOutline[],
  links: SpanLinks | undefined,
  withCopies: boolean,
  first: SpanId | undefined,
): SpanTreeControl {
  const tree = useMemo(() => buildSpanTree(outlines, { withCopies, links }), [outlines, links, withCopies])
  const allFolds = useMemo(() => foldSiblings(tree), [tree])
  const [held, setHeld] = useState<Held>(() => {
    const row = first === undefined ? -1 : tree.rowOf(first)
    return { tree, folds: allFolds, state: revealed(beginning(allFolds), tree, allFolds, Math.max(0, row)) }
  })
  // A tree that has grown since: carried over while rendering, so that no frame shows old rows of a new tree.
  const current =
    held.tree === tree
      ? held
      : { tree, folds: allFolds, state: rebased(held.state, held, { tree, folds: allFolds }) }
  useEffect(() => {
    if (current !== held) setHeld(current)
  }, [current, held])
  const { state } = current
  const update = useCallback(
    (change: (state: TreeState) => TreeState) =>
      setHeld((old) => {
        const from = old.tree === tree ? old.state : rebased(old.state, old, { tree, folds: allFolds })
        return { tree, folds: allFolds, state: change(from) }
      }),
    [tree, allFolds],
  )

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

  // A fold stands for its first member, the head of the orphans for the first of them.
  const standsFor = state.active === ORPHANS ? tree.firstOrphan : folds?.list[foldAt(state.active)]?.rows[0]
  const selected = Math.min(state.active >= 0 ? state.active : (standsFor ?? 0), tree.size - 1)

  return {
    tree,
    folds,
    shape,
    state,
    matches,
    selected,
    select: (index) => {
      const code = shape.codes[index]
      if (code !== undefined) update((old) => ({ ...old, active: code }))
    },
    toggle: (index, expanded) => {
      const code = shape.codes[index]
      if (code === undefined) return
      if (code === ORPHANS) update((old) => ({ ...old, orphansCollapsed: !expanded }))
      else if (code < 0) update((old) => withFold(old, foldAt(code), expanded))
      else update((old) => withRow(old, code, expanded, filtering))
    },
    expandSiblings: (index) => {
      const code = shape.codes[index]
      if (code !== undefined && code >= 0) update((old) => withSiblingsOpen(old, tree, code))
    },
    reveal: (row) =>
      update((old) => {
        const shown = revealed(old, tree, allFolds, row)
        // What is looked for must not hide what was asked for.
        return matches && !matches[row] ? { ...shown, filter: FRESH.filter } : shown
      }),
    showLevel: (level) => update((old) => toLevel(old, tree, level)),
    setFilter: (filter) => update((old) => ({ ...old, filter, collapsedInFilter: new Set() })),
    setFolding: (folding) => update((old) => ({ ...old, folding })),
    stepError: (by) => {
      const row = by > 0 ? nextError(tree, selected) : previousError(tree, selected)
      if (row < 0) return false
      update((old) => revealed(old, tree, allFolds, row))
      return true
    },
  }
}

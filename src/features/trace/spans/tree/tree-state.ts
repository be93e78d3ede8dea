import type { SpanId } from '../../../../domain/model/units.ts'
import { ancestorsOf, type Folds, rowsToCollapse } from '../../../../domain/tree/span-rows.ts'
import type { SpanTree } from '../../../../domain/tree/span-tree.ts'
import { NO_FILTER, type SpanFilter } from './span-filter.ts'

/** What the reader did to the tree. Rows and folds are those of one tree: `rebased` carries them to the next. */
export interface TreeState {
  readonly collapsed: ReadonlySet<number>
  readonly openFolds: ReadonlySet<number>
  readonly orphansCollapsed: boolean
  /** Equal siblings stand in one row. */
  readonly folding: boolean
  /** A row of the tree, a fold or the head of the orphans, as `ShownRows` has them. */
  readonly active: number
  readonly filter: SpanFilter
  /** Rows closed while something is looked for: what was closed before comes back afterwards. */
  readonly collapsedInFilter: ReadonlySet<number>
}

const NONE: ReadonlySet<number> = new Set()

export const FRESH: TreeState = {
  collapsed: NONE,
  openFolds: NONE,
  orphansCollapsed: false,
  folding: true,
  active: 0,
  filter: NO_FILTER,
  collapsedInFilter: NONE,
}

const toggled = (set: ReadonlySet<number>, one: number, present: boolean): ReadonlySet<number> => {
  const next = new Set(set)
  if (present) next.add(one)
  else next.delete(one)
  return next
}

/** Opens or closes a row that holds others. */
export const withRow = (state: TreeState, row: number, expanded: boolean, filtering: boolean): TreeState =>
  filtering
    ? { ...state, collapsedInFilter: toggled(state.collapsedInFilter, row, !expanded) }
    : { ...state, collapsed: toggled(state.collapsed, row, !expanded) }

export const withFold = (state: TreeState, fold: number, expanded: boolean): TreeState => ({
  ...state,
  openFolds: toggled(state.openFolds, fold, expanded),
})

/** Opens the rows that stand under the same one. */
export const withSiblingsOpen = (state: TreeState, tree: SpanTree, row: number): TreeState => {
  const next = new Set(state.collapsed)
  const parent = tree.parent[row] ?? -1
  const beyond = parent < 0 ? tree.size : parent + (tree.subtree[parent] as number)
  for (let at = parent + 1; at < beyond; at += tree.subtree[at] as number) next.delete(at)
  return { ...state, collapsed: next }
}

/** The tree down to a level; 0 shows only the top, Infinity all. Folds close. */
export const toLevel = (state: TreeState, tree: SpanTree, level: number): TreeState => ({
  ...state,
  collapsed: Number.isFinite(level) ? rowsToCollapse(tree, level) : NONE,
  openFolds: NONE,
  orphansCollapsed: level === 0,
})

/** Selects a span and opens whatever hides it. */
export const revealed = (
  state: TreeState,
  tree: SpanTree,
  folds: Folds | undefined,
  row: number,
): TreeState => {
  const above = ancestorsOf(tree, row)
  const hides = above.some((one) => state.collapsed.has(one))
  const collapsed = hides
    ? new Set([...state.collapsed].filter((one) => !above.includes(one)))
    : state.collapsed
  const within = [row, ...above].map((one) => folds?.of[one] ?? -1).filter((fold) => fold >= 0)
  const openFolds = within.every((fold) => state.openFolds.has(fold))
    ? state.openFolds
    : new Set([...state.openFolds, ...within])
  const orphansCollapsed = row >= tree.firstOrphan ? false : state.orphansCollapsed
  return { ...state, active: row, collapsed, openFolds, orphansCollapsed }
}

/** The same state over a tree that has grown: what was closed, opened and selected is found by id. */
export const rebased = (
  state: TreeState,
  before: { readonly tree: SpanTree; readonly folds: Folds | undefined },
  after: { readonly tree: SpanTree; readonly folds: Folds | undefined },
): TreeState => {
  const moved = (row: number): number => {
    const id: SpanId | undefined = before.tree.spans[row]?.spanId
    return id === undefined ? -1 : after.tree.rowOf(id)
  }
  const movedAll = (rows: ReadonlySet<number>) => new Set([...rows].map(moved).filter((row) => row >= 0))
  const openFolds = [...state.openFolds]
    .map((fold) => after.folds?.of[moved(before.folds?.list[fold]?.rows[0] ?? -1)] ?? -1)
    .filter((fold) => fold >= 0)
  return {
    ...state,
    collapsed: movedAll(state.collapsed),
    collapsedInFilter: movedAll(state.collapsedInFilter),
    openFolds: new Set(openFolds),
    active: state.active >= 0 ? Math.max(0, moved(state.active)) : 0,
  }
}

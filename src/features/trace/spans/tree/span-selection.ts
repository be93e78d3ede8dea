import { type SpanId, spanId } from '../../../../domain/model/units.ts'
import { ancestorsOf, type Folds, foldAt, ORPHANS } from '../../../../domain/tree/span-rows.ts'
import { nextOf, previousOf, type SpanTree } from '../../../../domain/tree/span-tree.ts'
import { isFiltering, matchingRows, NO_FILTER, type SpanFilter } from './span-filter.ts'
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

/** The tree of one trace with what the reader did to it, and how far the address knows of the selection. */
export interface SpanSelection {
  readonly tree: SpanTree
  readonly folds: Folds
  /** Its `active` row is the selection: there is no other. */
  readonly view: TreeState
  /** Whether a reader has selected something: until then the address names nothing. */
  readonly chosen: boolean
  /** Rises with each jump: the row jumped to is to be shown well in view. */
  readonly jumps: number
  /** The span that was last written to the address or read from it. */
  readonly addressed: SpanId | undefined
}

/** Rows are those of the state's tree; codes as `ShownRows` has them: a row, a fold, the head of the orphans. */
export type SpanAction =
  | { readonly does: 'select'; readonly code: number }
  | { readonly does: 'toggle'; readonly code: number; readonly expanded: boolean }
  | { readonly does: 'expand-siblings'; readonly row: number }
  /** Selects a span and opens whatever hides it. */
  | { readonly does: 'reveal'; readonly row: number }
  /** The same, asked for from elsewhere on the page. */
  | { readonly does: 'jump'; readonly row: number }
  | { readonly does: 'step-error'; readonly by: 1 | -1 }
  | { readonly does: 'show-level'; readonly level: number }
  | { readonly does: 'filter'; readonly filter: SpanFilter }
  | { readonly does: 'fold'; readonly folding: boolean }
  /** The page writes the span to the address. */
  | { readonly does: 'write-address'; readonly span: SpanId }
  /** The address names a span. */
  | { readonly does: 'read-address'; readonly span: SpanId }

/** What an address asks for at first sight. */
export interface FirstSight {
  readonly span: SpanId | undefined
  /** The address names the span: it is shown whatever is closed. */
  readonly named?: boolean
  readonly filter?: SpanFilter
  /** Spans whose rows are closed; `CLOSED_ORPHANS` among them for the group of orphans. */
  readonly closed?: readonly string[]
}

/** Stands for the head of the orphans among the ids of closed rows. */
export const CLOSED_ORPHANS = '~orphans'

/** At first sight: a span selected, turns of a call told apart, other equal siblings folded. */
export const startOf = (tree: SpanTree, folds: Folds, sight: FirstSight): SpanSelection => {
  const { span: first, filter = NO_FILTER, closed = [] } = sight
  const collapsed = new Set(closed.map((id) => tree.rowOf(spanId(id))).filter((row) => row >= 0))
  const told = folds.list.flatMap((fold, at) => (fold.kind === 'message' ? [at] : []))
  const row = first === undefined ? 0 : Math.max(0, tree.rowOf(first))
  const state: TreeState = {
    ...FRESH,
    openFolds: new Set(told),
    filter,
    collapsed,
    orphansCollapsed: closed.includes(CLOSED_ORPHANS),
  }
  // The root cause is selected by itself: what a link closes stays closed over it.
  const hiding = sight.named ? [] : ancestorsOf(tree, row).filter((one) => collapsed.has(one))
  return {
    tree,
    folds,
    view: hiding.length > 0 ? { ...state, active: Math.min(...hiding) } : revealed(state, tree, folds, row),
    chosen: false,
    jumps: 0,
    addressed: undefined,
  }
}

/** Row of the selected span; -1 in an empty tree. A fold stands for its first member. */
export const selectedRow = ({
  tree,
  folds,
  view,
}: Pick<SpanSelection, 'tree' | 'folds' | 'view'>): number => {
  const { active } = view
  const row =
    active >= 0 ? active : active === ORPHANS ? tree.firstOrphan : (folds.list[foldAt(active)]?.rows[0] ?? 0)
  return Math.min(row, tree.size - 1)
}

/** The failed span, recovered or not, after (1) or before (-1) the selected one; -1 where there is none. */
export const errorBeside = (state: SpanSelection, by: 1 | -1): number =>
  (by > 0 ? nextOf : previousOf)(state.tree.failures, selectedRow(state))

/** The state over a tree that has grown since. */
export const carriedTo = (state: SpanSelection, tree: SpanTree, folds: Folds): SpanSelection =>
  state.tree === tree ? state : { ...state, tree, folds, view: rebased(state.view, state, { tree, folds }) }

const withRevealed = (state: SpanSelection, row: number): SpanSelection => {
  const { tree, folds, view } = state
  if (row < 0 || row >= tree.size) return state
  const shown = revealed(view, tree, folds, row)
  // What is looked for must not hide what was asked for.
  const hidden = isFiltering(view.filter) && matchingRows(tree, view.filter)[row] !== 1
  return { ...state, chosen: true, view: hidden ? { ...shown, filter: NO_FILTER } : shown }
}

const withToggled = (view: TreeState, code: number, expanded: boolean): TreeState => {
  if (code === ORPHANS) return { ...view, orphansCollapsed: !expanded }
  return code < 0
    ? withFold(view, foldAt(code), expanded)
    : withRow(view, code, expanded, isFiltering(view.filter))
}

/** What each action makes of the state. */
export function spanSelection(state: SpanSelection, action: SpanAction): SpanSelection {
  const { tree, view } = state
  const seen = (next: TreeState): SpanSelection => ({ ...state, view: next })
  switch (action.does) {
    case 'select':
      return {
        ...seen({ ...view, active: action.code }),
        chosen: state.chosen || action.code !== view.active,
      }
    case 'toggle':
      return seen(withToggled(view, action.code, action.expanded))
    case 'expand-siblings':
      return seen(withSiblingsOpen(view, tree, action.row))
    case 'reveal':
      return withRevealed(state, action.row)
    case 'jump':
      return action.row < 0 ? state : { ...withRevealed(state, action.row), jumps: state.jumps + 1 }
    case 'step-error':
      return withRevealed(state, errorBeside(state, action.by))
    case 'show-level':
      return seen(toLevel(view, tree, action.level))
    case 'filter':
      return seen({ ...view, filter: action.filter, collapsedInFilter: new Set() })
    case 'fold':
      return seen({ ...view, folding: action.folding })
    case 'write-address':
      return { ...state, addressed: action.span }
    case 'read-address':
      // What was written comes back: by then something else may be selected.
      return action.span === state.addressed
        ? state
        : withRevealed({ ...state, addressed: action.span }, tree.rowOf(action.span))
  }
}

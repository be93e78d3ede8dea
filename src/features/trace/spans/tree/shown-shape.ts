import { type Folds, foldAt, ORPHANS, type ShownRows } from '../../../../domain/tree/span-rows.ts'
import type { SpanTree } from '../../../../domain/tree/span-tree.ts'
import { nameParts } from './span-name.ts'

/** What stands in a shown row. */
export type RowCode = number

/** The rows a reader sees, and what keyboard and ARIA need to know of each, by shown index. */
export interface ShownShape {
  readonly rows: number
  readonly codes: Int32Array
  readonly levels: Int32Array
  /** Shown index of the row it hangs under, or -1. */
  readonly parents: Int32Array
  /** From 1, among the rows under the same one. */
  readonly positions: Int32Array
  setSize(index: number): number
  /** The shown index of a row of the tree, a fold or the head of the orphans; -1 where it is not shown. */
  indexOf(code: RowCode): number
  expanded(index: number): boolean | undefined
  parent(index: number): number
  text(index: number): string
}

/** Which rows are open, as the panel keeps it. */
export interface Openness {
  readonly collapsed: ReadonlySet<number>
  readonly openFolds: ReadonlySet<number>
  readonly orphansCollapsed: boolean
}

/** Everything about the shown rows in one pass over them. */
export const shownShape = (
  tree: SpanTree,
  folds: Folds | undefined,
  open: Openness,
  shown: ShownRows,
): ShownShape => {
  const count = shown.rows.length
  const parents = new Int32Array(count)
  const positions = new Int32Array(count)
  /** Children of each shown row; the last one counts the rows under none. */
  const children = new Int32Array(count + 1)
  const indexOfRow = new Int32Array(tree.size).fill(-1)
  const lastAtLevel: number[] = []
  for (let index = 0; index < count; index++) {
    const level = shown.levels[index] as number
    const parent = level > 0 ? (lastAtLevel[level - 1] ?? -1) : -1
    lastAtLevel[level] = index
    parents[index] = parent
    const under = parent < 0 ? count : parent
    children[under] = (children[under] as number) + 1
    positions[index] = children[under] as number
    const code = shown.rows[index] as number
    if (code >= 0) indexOfRow[code] = index
  }
  return {
    rows: count,
    codes: shown.rows,
    levels: shown.levels,
    parents,
    positions,
    setSize: (index) =>
      children[(parents[index] as number) < 0 ? count : (parents[index] as number)] as number,
    indexOf: (code) => (code >= 0 ? (indexOfRow[code] ?? -1) : shown.rows.indexOf(code)),
    expanded(index) {
      const code = shown.rows[index]
      if (code === undefined) return undefined
      if (code === ORPHANS) return !open.orphansCollapsed
      if (code < 0) return open.openFolds.has(foldAt(code))
      if (open.collapsed.has(code)) return false
      return (shown.levels[index + 1] ?? -1) > (shown.levels[index] as number) ? true : undefined
    },
    parent: (index) => parents[index] ?? -1,
    text(index) {
      const code = shown.rows[index] ?? ORPHANS
      const span = code >= 0 ? tree.spans[code] : undefined
      if (span) return nameParts(span.name, span.kind).main
      return folds?.list[foldAt(code)]?.name ?? ''
    },
  }
}

import { SPAN_KINDS, type SpanKind, type SpanState } from '../model/span.ts'
import type { DurationMicros } from '../model/units.ts'
import type { SpanTree } from './span-tree.ts'

/** Siblings of one name, kind and state that stand folded into one row. */
export interface Fold {
  readonly name: string
  readonly kind: SpanKind
  readonly state: SpanState
  readonly parent: number
  /** The members' rows, in order. */
  readonly rows: Int32Array
  /** Sum of the members' lengths; those still running count with what they have. */
  readonly total: DurationMicros
  readonly longest: DurationMicros
  /** µs since the trace's start: from the first member's start to the last one's end. */
  readonly from: number
  readonly to: number
}

export interface Folds {
  readonly list: readonly Fold[]
  /** By row: the fold a row is a member of, -1 for none. */
  readonly of: Int32Array
}

const STATES: readonly SpanState[] = ['ok', 'error', 'recovered', 'contains-error', 'running']
/** So many equal siblings are one row. */
const FOLD_FROM = 5

/** Finds the siblings to fold: equal in name, kind and state, whether or not others stand between them. */
export function foldSiblings(tree: SpanTree, least = FOLD_FROM): Folds {
  const of = new Int32Array(tree.size).fill(-1)
  const list: Fold[] = []
  const looks = looksOf(tree)
  const groups = new Map<number, number[]>()
  const fold = (parent: number, from: number, beyond: number) => {
    if (!hasSiblings(tree, from, beyond, least)) return
    groups.clear()
    for (let row = from; row < beyond; row += tree.subtree[row] as number) {
      const look = looks[row] as number
      const group = groups.get(look)
      if (group === undefined) groups.set(look, [row])
      else group.push(row)
    }
    for (const rows of groups.values()) {
      if (rows.length < least) continue
      for (const row of rows) of[row] = list.length
      list.push(foldOf(tree, parent, rows))
    }
  }
  fold(-1, 0, tree.firstOrphan)
  fold(-1, tree.firstOrphan, tree.size)
  for (let row = 0; row < tree.size; row++) {
    const size = tree.subtree[row] as number
    if (size > least) fold(row, row + 1, row + size)
  }
  return { list, of }
}

/** Whether so many siblings stand between two rows: most spans have few children. */
function hasSiblings({ subtree }: SpanTree, from: number, beyond: number, least: number): boolean {
  let row = from
  for (let found = 0; row < beyond; row += subtree[row] as number) if (++found >= least) return true
  return false
}

/** One number for name, kind and state of each row. */
function looksOf(tree: SpanTree): Float64Array {
  const names = new Map<string, number>()
  const looks = new Float64Array(tree.size)
  for (let row = 0; row < tree.size; row++) {
    const { name, kind, state } = tree.spans[row] as SpanTree['spans'][number]
    let number = names.get(name)
    if (number === undefined) {
      number = names.size
      names.set(name, number)
    }
    looks[row] =
      (number * SPAN_KINDS.length + SPAN_KINDS.indexOf(kind)) * STATES.length + STATES.indexOf(state)
  }
  return looks
}

function foldOf(tree: SpanTree, parent: number, rows: readonly number[]): Fold {
  const { name, kind, state } = tree.spans[rows[0] as number] as SpanTree['spans'][number]
  let total = 0
  let longest = 0
  let from = Number.POSITIVE_INFINITY
  let to = 0
  for (const row of rows) {
    const length = (tree.end[row] as number) - (tree.start[row] as number)
    total += length
    longest = Math.max(longest, length)
    from = Math.min(from, tree.start[row] as number)
    to = Math.max(to, tree.end[row] as number)
  }
  return {
    name,
    kind,
    state,
    parent,
    rows: Int32Array.from(rows),
    total: total as DurationMicros,
    longest: longest as DurationMicros,
    from,
    to,
  }
}

/** Stands in the shown rows before the orphans. */
export const ORPHANS = -2_147_483_648
/** A fold as a shown row: the other way round by `foldAt`. */
const shownFold = (fold: number) => -1 - fold
/** The fold that a shown row is; -1 where it is a span or the head of the orphans. */
export const foldAt = (shown: number): number => (shown >= 0 || shown === ORPHANS ? -1 : -1 - shown)

export interface RowsView {
  /** Rows whose descendants are not shown. */
  readonly collapsed?: ReadonlySet<number>
  /** Without it nothing is folded. */
  readonly folds?: Folds
  /** Folds whose members are shown below them. */
  readonly openFolds?: ReadonlySet<number>
  readonly orphansCollapsed?: boolean
}

export interface ShownRows {
  /** A row of the tree, a fold (`foldAt`), or `ORPHANS`. */
  readonly rows: Int32Array
  /** How deep each stands, from 0; members of an open fold and orphans one below their head. */
  readonly levels: Int32Array
}

const NONE: ReadonlySet<number> = new Set()

/** The rows a reader sees, in order. Without recursion, in time proportional to what is shown. */
export function shownRows(tree: SpanTree, view: RowsView = {}): ShownRows {
  const { collapsed = NONE, folds, openFolds = NONE } = view
  const room = tree.size + (folds?.list.length ?? 0) + 1
  const rows = new Int32Array(room)
  const levels = new Int32Array(room)
  let count = 0
  const show = (row: number, level: number) => {
    rows[count] = row
    levels[count] = level
    count += 1
  }
  const walk = (from: number, to: number, deeper: number) => {
    /** Stretches still to show: from, to, extra depth, and whether `from` is shown as a fold's member. */
    const stack: [from: number, to: number, deeper: number, member: boolean][] = [[from, to, deeper, false]]
    for (let stretch = stack.pop(); stretch !== undefined; stretch = stack.pop()) {
      let [row, beyond, extra, member] = stretch
      while (row < beyond) {
        const size = tree.subtree[row] as number
        const fold = member ? -1 : (folds?.of[row] ?? -1)
        member = false
        const level = (tree.depth[row] as number) + extra
        if (fold < 0) {
          show(row, level)
          row += collapsed.has(row) ? size : 1
          continue
        }
        const members = folds?.list[fold]?.rows ?? tree.parent
        const isFirst = members[0] === row
        if (isFirst) show(shownFold(fold), level)
        row += size
        if (!isFirst || !openFolds.has(fold)) continue
        stack.push([row, beyond, extra, false])
        for (let at = members.length - 1; at >= 0; at--) {
          const one = members[at] as number
          stack.push([one, one + (tree.subtree[one] as number), extra + 1, true])
        }
        break
      }
    }
  }
  walk(0, tree.firstOrphan, 0)
  if (tree.firstOrphan < tree.size) {
    show(ORPHANS, 0)
    if (view.orphansCollapsed !== true) walk(tree.firstOrphan, tree.size, 1)
  }
  return { rows: rows.slice(0, count), levels: levels.slice(0, count) }
}

/** Rows with children at a depth or below it: collapsing them shows the tree to that level. */
export function rowsToCollapse(tree: SpanTree, level: number): Set<number> {
  const rows = new Set<number>()
  for (let row = 0; row < tree.size; row++)
    if ((tree.depth[row] as number) >= level && (tree.subtree[row] as number) > 1) rows.add(row)
  return rows
}

/** The ancestors of a row, nearest first: what must be open for it to be seen. */
export function ancestorsOf(tree: SpanTree, row: number): number[] {
  const rows: number[] = []
  for (let above = tree.parent[row] ?? -1; above >= 0; above = tree.parent[above] ?? -1) rows.push(above)
  return rows
}

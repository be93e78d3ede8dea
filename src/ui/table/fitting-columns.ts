/** What a column needs of a table's width. */
export interface ColumnNeed {
  readonly id: string
  /** px below which it says nothing. */
  readonly least: number
  /** 0 stays longest. */
  readonly rank: number
}

/**
 * The ids of the columns that there is room for, the most important ones first to be taken in; the most
 * important one always. A column that does not fit ends it: what stands in a table must not depend on which of
 * the lesser columns happens to be thin.
 */
export function fittingColumns(needs: readonly ColumnNeed[], room: number): ReadonlySet<string> {
  const taken = new Set<string>()
  let left = room
  for (const { id, least } of needs.toSorted((a, b) => a.rank - b.rank)) {
    if (taken.size > 0 && least > left) break
    taken.add(id)
    left -= least
  }
  return taken
}

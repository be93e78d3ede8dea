/** What the keyboard needs to know of the rows that a tree shows at present, by their index. */
export interface TreegridShape {
  readonly rows: number
  /** undefined for a row that holds nothing. */
  expanded(row: number): boolean | undefined
  /** The row it hangs under, or -1. */
  parent(row: number): number
  /** What type-ahead compares. */
  text(row: number): string
}

export type TreegridAction =
  | { readonly does: 'move'; readonly row: number }
  | { readonly does: 'expand' | 'collapse' | 'expand-siblings' | 'open'; readonly row: number }

type KeyRule = (row: number, shape: TreegridShape, page: number) => TreegridAction | undefined

const moveTo = (row: number, shape: TreegridShape): TreegridAction | undefined =>
  shape.rows === 0 ? undefined : { does: 'move', row: Math.min(shape.rows - 1, Math.max(0, row)) }

const RULES: { readonly [key: string]: KeyRule } = {
  ArrowDown: (row, shape) => moveTo(row + 1, shape),
  ArrowUp: (row, shape) => moveTo(row - 1, shape),
  Home: (_row, shape) => moveTo(0, shape),
  End: (_row, shape) => moveTo(shape.rows - 1, shape),
  PageDown: (row, shape, page) => moveTo(row + page, shape),
  PageUp: (row, shape, page) => moveTo(row - page, shape),
  ArrowRight: (row, shape) => {
    const expanded = shape.expanded(row)
    if (expanded === undefined) return undefined
    return expanded ? moveTo(row + 1, shape) : { does: 'expand', row }
  },
  ArrowLeft: (row, shape) => {
    if (shape.expanded(row)) return { does: 'collapse', row }
    const parent = shape.parent(row)
    return parent < 0 ? undefined : moveTo(parent, shape)
  },
  '*': (row) => ({ does: 'expand-siblings', row }),
  Enter: (row) => ({ does: 'open', row }),
}

/** What a key does in a treegrid (WAI-ARIA's practices), or undefined where it does nothing. */
export const treegridAction = (
  key: string,
  row: number,
  shape: TreegridShape,
  page: number,
): TreegridAction | undefined => RULES[key]?.(row, shape, page)

/** The next row after `row`, going round, whose text begins with what was typed; -1 where there is none. */
export const typeAhead = (typed: string, row: number, shape: TreegridShape): number => {
  const wanted = typed.toLowerCase()
  // A longer text goes on matching the row one stands on; a first letter moves on.
  const from = typed.length > 1 ? row : row + 1
  for (let i = 0; i < shape.rows; i++) {
    const at = (from + i) % shape.rows
    if (shape.text(at).toLowerCase().startsWith(wanted)) return at
  }
  return -1
}

import {
  type Column,
  type ColumnDef,
  columnOrderingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  functionalUpdate,
  metaHelper,
  rowSortingFeature,
  type Table,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { type ReactNode, useMemo } from 'react'

/** A column of a table, whatever its rows are. */
export interface TableColumn<Row> {
  readonly id: string
  /** Its name, also for screen readers. */
  readonly label: string
  /** The head's text where it is shorter than the label. */
  readonly head?: string
  /** px. Columns without one share what is left. */
  readonly size?: number
  /** px; 40 unless said. */
  readonly minSize?: number
  readonly numeric?: boolean
  /** 0 stays longest when the table gets narrow; the ones without a rank go first, from the right. */
  readonly rank?: number
  /** Pressing its head sorts. */
  readonly sortable?: boolean
  readonly cell: (row: Row) => ReactNode
}

interface Meta extends Omit<TableColumn<never>, 'id' | 'sortable' | 'minSize'> {}

const FEATURES = tableFeatures({
  columnOrderingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  rowSortingFeature,
  columnMeta: metaHelper<Meta>(),
})

// Rows never pass through the model: they come sorted and a page at a time, and a row model would be built
// anew over all of them with each page.
type NoRow = Record<string, never>
const NO_ROWS: readonly NoRow[] = []

/** The columns of a table: which there are, their order, sizes and sort. */
export type TableModel = Table<typeof FEATURES, NoRow>
/** One of them, as it stands now. */
export type ModelColumn = Column<typeof FEATURES, NoRow>

export interface ColumnSort {
  readonly id: string
  readonly descending: boolean
}

/** How the columns stand, and who is told when a reader moves them. What is not given stays as declared. */
export interface ColumnArrangement {
  /** Ids of the shown columns in order; absent = all as declared. */
  readonly shown?: readonly string[]
  /** px by id, chosen by a reader. */
  readonly sizes?: Readonly<Record<string, number>>
  readonly sort?: ColumnSort
  /** What is shown now, in its order. Never empty. */
  readonly onShown?: (ids: readonly string[]) => void
  readonly onSizes?: (sizes: Readonly<Record<string, number>>) => void
  /** undefined = back to the order that the rows have by themselves. */
  readonly onSort?: (sort: ColumnSort | undefined) => void
}

const LEAST = 40

const definitionOf = <Row>({
  id,
  sortable = false,
  minSize = LEAST,
  ...meta
}: TableColumn<Row>): ColumnDef<typeof FEATURES, NoRow> => ({
  id,
  // Only a column with a value can sort; the rows are sorted by whoever brings them.
  accessorFn: () => null,
  enableSorting: sortable,
  minSize,
  ...(meta.size !== undefined && { size: meta.size }),
  meta: meta as Meta,
})

const NOTHING: Readonly<Record<string, number>> = {}

/** The model of a table's columns. `columns` must keep its identity while nothing in it changes. */
export function useTableModel<Row>(
  columns: readonly TableColumn<Row>[],
  { shown, sizes = NOTHING, sort, onShown, onSizes, onSort }: ColumnArrangement,
): TableModel {
  const definitions = useMemo(() => columns.map(definitionOf), [columns])
  const declared = useMemo(() => columns.map(({ id }) => id), [columns])
  const visible = shown ?? declared
  const columnOrder = useMemo(
    () => [...visible, ...declared.filter((id) => !visible.includes(id))],
    [visible, declared],
  )
  const columnVisibility = useMemo(
    () => Object.fromEntries(declared.map((id) => [id, visible.includes(id)])),
    [visible, declared],
  )
  const sorting = useMemo(() => (sort ? [{ id: sort.id, desc: sort.descending }] : []), [sort])
  return useTable({
    features: FEATURES,
    columns: definitions,
    data: NO_ROWS,
    manualSorting: true,
    enableMultiSort: false,
    sortDescFirst: true,
    state: { columnOrder, columnVisibility, columnSizing: sizes, sorting },
    onColumnOrderChange: (update) =>
      onShown?.(functionalUpdate(update, columnOrder).filter((id) => columnVisibility[id])),
    onColumnVisibilityChange: (update) => {
      const next = functionalUpdate(update, columnVisibility)
      const ids = declared
        .filter((id) => next[id] !== false && !visible.includes(id))
        .reduce<readonly string[]>(
          (order, id) => withColumn(order, id, declared),
          visible.filter((id) => next[id] !== false),
        )
      if (ids.length > 0) onShown?.(ids)
    },
    onColumnSizingChange: (update) => onSizes?.(functionalUpdate(update, sizes)),
    onSortingChange: (update) => {
      const [next] = functionalUpdate(update, sorting)
      onSort?.(next && { id: next.id, descending: next.desc })
    },
  })
}

/** The ids with one taken in, before the first that was declared after it. */
const withColumn = (ids: readonly string[], id: string, declared: readonly string[]): readonly string[] => {
  const at = ids.findIndex((other) => declared.indexOf(other) > declared.indexOf(id))
  return at < 0 ? [...ids, id] : [...ids.slice(0, at), id, ...ids.slice(at)]
}

/** What a column said of itself. */
export const aboutColumn = (column: ModelColumn): Meta => column.columnDef.meta as Meta

/** What stands in a row's cell; the row is of the table's own rows. */
export const drawCell = (column: ModelColumn, row: unknown): ReactNode =>
  aboutColumn(column).cell(row as never)

/** px; undefined for a column that shares what is left. */
export const sizeOf = (table: TableModel, column: ModelColumn): number | undefined =>
  aboutColumn(column).size === undefined && table.atoms.columnSizing.get()[column.id] === undefined
    ? undefined
    : column.getSize()

/** px below which the table is scrolled sideways. */
export const leastWidth = (table: TableModel, columns: readonly ModelColumn[]): number =>
  columns.reduce((sum, column) => sum + (sizeOf(table, column) ?? column.columnDef.minSize ?? LEAST), 0)

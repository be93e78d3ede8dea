import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Icon } from '../icons/icons.tsx'
import { Skeleton } from '../skeleton.tsx'
import { useWidth } from '../use-width.ts'
import { fittingColumns } from './fitting-columns.ts'
import {
  aboutColumn,
  type ColumnSort,
  drawCell,
  type ModelColumn,
  sizeOf,
  type TableColumn,
  useTableModel,
} from './table-model.ts'

const ROW = 28
/** px that a column without a size of its own needs at least: a name must not be cut beside blank space. */
const LEAST_NAME = 116

const cellClass = (column: ModelColumn): string => {
  const { numeric } = aboutColumn(column)
  return `cut px-2 first:pl-gutter last:pr-gutter ${numeric ? 'text-right' : 'text-left'}`
}

const ARIA_SORT = { asc: 'ascending', desc: 'descending' } as const

/** Where a table was left. */
export interface ListPlace {
  /** px */
  readonly top: number
  /** Index of the row that was selected, or -1. */
  readonly selected: number
}

/**
 * A read-only table of any length: native elements, rows of 28 px, only those in view in the document. Its
 * scroll box has the keys: arrows or J and K select a row, Enter opens it.
 */
export function ListTable<Row>({
  label,
  columns,
  sort,
  rows,
  rowKey,
  loading,
  onEnd,
  onOpen,
  spoken,
  place,
  singleKeys = true,
}: {
  readonly label: string
  readonly columns: readonly TableColumn<Row>[]
  /** How the rows are sorted. */
  readonly sort?: ColumnSort
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  readonly loading: boolean
  /** The last rows came into view. */
  readonly onEnd?: () => void
  readonly onOpen: (row: Row) => void
  /** What a screen reader says of a row that is selected by keys. */
  readonly spoken: (row: Row) => string
  /** Where the table was left when it was last seen; told again when it goes. */
  readonly place: { readonly restored: ListPlace | undefined; readonly save: (place: ListPlace) => void }
  /** Whether J and K act. */
  readonly singleKeys?: boolean
}) {
  const { restored, save } = place
  const model = useTableModel(columns, sort ? { sort } : {})
  const box = useRef<HTMLElement>(null)
  const all = model.getVisibleLeafColumns()
  const fitting = fittingColumns(
    all.map((column, at) => ({
      id: column.id,
      least: sizeOf(model, column) ?? LEAST_NAME,
      rank: aboutColumn(column).rank ?? all.length + at,
    })),
    useWidth(box),
  )
  const shown = all.filter(({ id }) => fitting.has(id))
  const [selected, setSelected] = useState(restored?.selected ?? -1)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
    // The head stands above the rows, and over them once they scroll.
    scrollMargin: ROW,
    scrollPaddingStart: ROW,
    initialOffset: restored?.top ?? 0,
  })
  const left = useRef(selected)
  left.current = selected
  // Before the box is gone, and where it stands truly: what was scrolled last may not have been drawn yet.
  useLayoutEffect(() => {
    const element = box.current
    return () => save({ top: element?.scrollTop ?? 0, selected: left.current })
  }, [save])
  const select = (wanted: number) => {
    const at = Math.max(0, Math.min(rows.length - 1, wanted))
    setSelected(at)
    virtual.scrollToIndex(at, { align: 'auto' })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    const row = rows[selected]
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? ROW) / ROW) - 2)
    const steps: Record<string, number> = {
      ArrowDown: selected + 1,
      ArrowUp: selected - 1,
      PageDown: selected + page,
      PageUp: selected - page,
      Home: 0,
      End: rows.length - 1,
      ...(singleKeys && { j: selected + 1, k: selected - 1 }),
    }
    const wanted = steps[event.key]
    if (wanted !== undefined && rows.length > 0) select(wanted)
    else if (event.key === 'Enter' && row !== undefined) onOpen(row)
    else return
    event.preventDefault()
  }
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? -1
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 30) onEnd?.()
  }, [last, rows.length, onEnd])
  const above = (items[0]?.start ?? ROW) - ROW
  const below = virtual.getTotalSize() - ((items.at(-1)?.end ?? ROW) - ROW)
  const spacer = (height: number) =>
    height > 0 ? (
      <tr>
        <td colSpan={shown.length} style={{ height }} />
      </tr>
    ) : null
  return (
    <section
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={label}
      onKeyDown={onKeyDown}
      className="relative min-h-0 flex-1 overflow-auto"
    >
      <p role="status" className="sr-only">
        {rows[selected] !== undefined && `Row ${selected + 1}: ${spoken(rows[selected])}`}
      </p>
      <table
        aria-busy={loading}
        aria-rowcount={rows.length + 1}
        className="w-full table-fixed border-collapse text-data"
      >
        <thead className="sticky top-0 z-10 bg-surface-0">
          <tr className="h-row-table text-label text-text-3 shadow-[inset_0_-1px_0_var(--border-1)]">
            {shown.map((column) => {
              const sorted = column.getIsSorted()
              return (
                <th
                  key={column.id}
                  scope="col"
                  {...(sorted && { 'aria-sort': ARIA_SORT[sorted] })}
                  className={`${cellClass(column)} font-normal ${sorted ? 'font-semibold text-text-1' : ''}`}
                  style={{ width: sizeOf(model, column) }}
                >
                  <span
                    className={`inline-flex items-center gap-1 ${aboutColumn(column).numeric ? 'flex-row-reverse' : ''}`}
                  >
                    {aboutColumn(column).label}
                    {sorted && <Icon name={sorted === 'desc' ? 'sort-down' : 'sort-up'} size="small" />}
                  </span>
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>
          {spacer(above)}
          {items.map((item) => {
            const row = rows[item.index]
            return row === undefined ? null : (
              <tr
                key={rowKey(row)}
                aria-rowindex={item.index + 2}
                {...(item.index === selected && { 'aria-current': true })}
                className={`h-row-table shadow-[inset_0_-1px_0_var(--border-1)] ${
                  item.index === selected ? 'bg-surface-selected' : 'hover:bg-surface-2'
                }`}
              >
                {shown.map((column) => (
                  <td key={column.id} className={cellClass(column)}>
                    {drawCell(column, row)}
                  </td>
                ))}
              </tr>
            )
          })}
          {spacer(below)}
          {loading &&
            rows.length === 0 &&
            Array.from({ length: 12 }, (_, at) => (
              <tr key={at} className="h-row-table border-b border-border-1">
                <td colSpan={shown.length} className="px-gutter">
                  <Skeleton width={`${80 - (at % 4) * 12}%`} />
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  )
}

import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef } from 'react'
import { Skeleton } from './skeleton.tsx'

const ROW = 28

export interface ListColumn<Row> {
  readonly id: string
  readonly head: ReactNode
  readonly cell: (row: Row) => ReactNode
  /** Any CSS width; columns without one share the rest. */
  readonly width?: string
  readonly numeric?: boolean
  /** Gone under the wide breakpoint. */
  readonly secondary?: boolean
  readonly sorted?: 'ascending' | 'descending'
}

const cellClass = <Row,>({ numeric, secondary }: ListColumn<Row>): string =>
  `cut px-2 first:pl-gutter last:pr-gutter ${numeric ? 'text-right' : 'text-left'} ${secondary ? 'hidden wide:table-cell' : ''}`

/** A read-only table of any length: native elements, rows of 28 px, only those in view in the document. */
export function ListTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  loading,
  onEnd,
  foot,
}: {
  readonly label: string
  readonly columns: readonly ListColumn<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  readonly loading: boolean
  /** The last rows came into view. */
  readonly onEnd?: () => void
  readonly foot?: ReactNode
}) {
  const box = useRef<HTMLElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? -1
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 30) onEnd?.()
  }, [last, rows.length, onEnd])
  const above = items[0]?.start ?? 0
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  const spacer = (height: number) =>
    height > 0 ? (
      <tr>
        <td colSpan={columns.length} style={{ height }} />
      </tr>
    ) : null
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section ref={box} tabIndex={0} aria-label={label} className="min-h-0 flex-1 overflow-auto">
      <table
        aria-busy={loading}
        aria-rowcount={rows.length + 1}
        className="w-full table-fixed border-collapse text-data"
      >
        <thead className="sticky top-0 z-10 bg-surface-0">
          <tr className="h-row-table text-text-2 shadow-[inset_0_-1px_0_var(--border-1)]">
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                {...(column.sorted && { 'aria-sort': column.sorted })}
                className={`${cellClass(column)} font-normal ${column.sorted ? 'font-semibold text-text-1' : ''}`}
                style={{ width: column.width }}
              >
                {column.head}
              </th>
            ))}
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
                className="h-row-table border-b border-border-1 hover:bg-surface-2"
              >
                {columns.map((column) => (
                  <td key={column.id} className={cellClass(column)}>
                    {column.cell(row)}
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
                <td colSpan={columns.length} className="px-gutter">
                  <Skeleton width={`${80 - (at % 4) * 12}%`} />
                </td>
              </tr>
            ))}
        </tbody>
      </table>
      {foot}
    </section>
  )
}

import { Skeleton } from '../../../ui/skeleton.tsx'
import { aboutColumn, type ModelColumn } from '../../../ui/table/table-model.ts'

/** Widths that vary as text does, the same on every load. */
const SHARES = ['72%', '54%', '86%', '63%', '78%', '48%', '69%']

/** Rows of the size of the rows to come. */
export function TableSkeleton({
  columns,
  rows,
}: {
  readonly columns: readonly ModelColumn[]
  readonly rows: number
}) {
  return Array.from({ length: rows }, (_, row) => (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row is not focusable
    <tr key={row} aria-hidden="true">
      {columns.map((column, at) => (
        <td key={column.id} className="h-row-table border-b border-border-1 px-1.5">
          <span className={aboutColumn(column).numeric ? 'flex justify-end' : 'block'}>
            <Skeleton
              width={column.id === 'status' ? '12px' : (SHARES[(row + at * 3) % SHARES.length] ?? '60%')}
            />
          </span>
        </td>
      ))}
    </tr>
  ))
}

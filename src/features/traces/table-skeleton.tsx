import { Skeleton } from '../../ui/skeleton.tsx'
import { COLUMN_BY_ID } from './columns.ts'

/** Widths that vary as text does, the same on every load. */
const SHARES = ['72%', '54%', '86%', '63%', '78%', '48%', '69%']

/** Rows of the size of the rows to come. */
export function TableSkeleton({ shown, rows }: { readonly shown: readonly string[]; readonly rows: number }) {
  return Array.from({ length: rows }, (_, row) => (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row is not focusable
    <tr key={row} aria-hidden="true">
      {shown.map((id, column) => (
        <td key={id} className="h-row-table border-b border-border-1 px-1.5">
          <span className={COLUMN_BY_ID.get(id)?.numeric ? 'flex justify-end' : 'block'}>
            <Skeleton
              width={id === 'status' ? '12px' : (SHARES[(row + column * 3) % SHARES.length] ?? '60%')}
            />
          </span>
        </td>
      ))}
    </tr>
  ))
}

import type { PointerEvent } from 'react'
import { Icon } from '../../../ui/icons/icons.tsx'
import { aboutColumn, type ModelColumn } from '../../../ui/table/table-model.ts'
import { ColumnEdge } from './column-edge.tsx'

export interface HeadCellProps {
  readonly column: ModelColumn
  /** px; absent for the column that takes what is left, which is resized by its neighbours. */
  readonly size: number | undefined
  /** undefined = the column's own width. */
  readonly onSize: (id: string, px: number | undefined) => void
  /** Whether its edge is the one that Tab reaches. */
  readonly firstEdge: boolean
  /** A press that may become a drag to another place. */
  readonly onPress: (event: PointerEvent<HTMLElement>, id: string) => void
  /** Where a dragged column would come to stand: left or right of this one; `self` = this is the dragged one. */
  readonly drop: 'left' | 'right' | 'self' | undefined
}

function Label({ column }: { readonly column: ModelColumn }) {
  const { id } = column
  const { label, head } = aboutColumn(column)
  if (id === 'status') return <span className="sr-only">Status</span>
  if (id === 'io') {
    return (
      <span className="grid grid-cols-[minmax(0,1fr)_18px_minmax(0,1fr)]">
        <span>Input</span>
        <span className="text-center">→</span>
        <span>Output</span>
      </span>
    )
  }
  return head ? (
    <abbr title={label} className="no-underline">
      {head}
    </abbr>
  ) : (
    label
  )
}

const DROP = {
  left: 'before:absolute before:inset-y-0.5 before:left-0 before:w-0.5 before:bg-accent',
  right: 'before:absolute before:inset-y-0.5 before:right-0 before:w-0.5 before:bg-accent',
  self: 'opacity-50',
} as const

/** A column's head: its name, its sort, its edge; dragged, the column goes to another place. */
export function HeadCell({ column, size, onSize, firstEdge, onPress, drop }: HeadCellProps) {
  const { id } = column
  const { label, numeric } = aboutColumn(column)
  const sorted = column.getIsSorted()
  const right = numeric ? 'text-right' : 'text-left'

  return (
    <th
      scope="col"
      data-column={id}
      onPointerDown={(event) => onPress(event, id)}
      aria-label={label}
      aria-sort={sorted ? (sorted === 'desc' ? 'descending' : 'ascending') : undefined}
      className={`group sticky top-0 z-10 h-row-table border-b border-border-1 bg-surface-0 px-1.5 text-label font-normal whitespace-nowrap select-none first:pl-gutter last:pr-gutter ${right} ${sorted ? 'font-semibold text-text-1' : 'text-text-3'} ${drop ? DROP[drop] : ''}`}
    >
      {column.getCanSort() ? (
        <button
          type="button"
          onClick={() => column.toggleSorting()}
          title={`Sort by ${label.toLowerCase()}`}
          className={`inline-flex items-center gap-1 hover:text-text-1 ${numeric ? 'flex-row-reverse' : ''}`}
        >
          <Label column={column} />
          {sorted && <Icon name={sorted === 'desc' ? 'sort-down' : 'sort-up'} size="small" />}
        </button>
      ) : (
        <Label column={column} />
      )}
      {size !== undefined && id !== 'status' && (
        <ColumnEdge
          label={label}
          width={size}
          least={column.columnDef.minSize ?? 0}
          first={firstEdge}
          onWidth={(next) => onSize(id, next)}
        />
      )}
    </th>
  )
}

import type { PointerEvent } from 'react'
import type { Sort } from '../../domain/trace-query.ts'
import { Icon } from '../../ui/icons.tsx'
import { ColumnEdge } from './column-edge.tsx'
import { COLUMN_BY_ID } from './columns.ts'

export interface HeadCellProps {
  readonly id: string
  readonly sort: Sort
  readonly sortable: (field: Sort['field']) => boolean
  readonly onSort: (field: Sort['field']) => void
  /** px; absent for the column that takes what is left, which is resized by its neighbours. */
  readonly width: number | undefined
  readonly onWidth: (id: string, width: number | undefined) => void
  /** Whether its edge is the one that Tab reaches. */
  readonly firstEdge: boolean
  /** A press that may become a drag to another place. */
  readonly onPress: (event: PointerEvent<HTMLElement>, id: string) => void
  /** Where a dragged column would come to stand: left or right of this one; `self` = this is the dragged one. */
  readonly drop: 'left' | 'right' | 'self' | undefined
}

function Label({ id }: { readonly id: string }) {
  const column = COLUMN_BY_ID.get(id)
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
  return column?.head ? (
    <abbr title={column.label} className="no-underline">
      {column.head}
    </abbr>
  ) : (
    column?.label
  )
}

const DROP = {
  left: 'before:absolute before:inset-y-0.5 before:left-0 before:w-0.5 before:bg-accent',
  right: 'before:absolute before:inset-y-0.5 before:right-0 before:w-0.5 before:bg-accent',
  self: 'opacity-50',
} as const

/** A column's head: its name, its sort, its edge; dragged, the column goes to another place. */
export function HeadCell(props: HeadCellProps) {
  const { id, sort, sortable, onSort, width, onWidth, firstEdge, onPress, drop } = props
  const column = COLUMN_BY_ID.get(id)
  const field = column?.sort
  const sorted = field === sort.field
  const canSort = field !== undefined && sortable(field)
  const right = column?.numeric ? 'text-right' : 'text-left'

  return (
    <th
      scope="col"
      data-column={id}
      onPointerDown={(event) => onPress(event, id)}
      aria-label={column?.label}
      aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : undefined}
      className={`group sticky top-0 z-10 h-row-table border-b border-border-1 bg-surface-0 px-1.5 text-label font-normal whitespace-nowrap select-none first:pl-gutter last:pr-gutter ${right} ${sorted ? 'font-semibold text-text-1' : 'text-text-3'} ${drop ? DROP[drop] : ''}`}
    >
      {canSort ? (
        <button
          type="button"
          onClick={() => onSort(field)}
          title={`Sort by ${column?.label.toLowerCase()}`}
          className={`inline-flex items-center gap-1 hover:text-text-1 ${column?.numeric ? 'flex-row-reverse' : ''}`}
        >
          <Label id={id} />
          {sorted && <Icon name={sort.descending ? 'sort-down' : 'sort-up'} size="small" />}
        </button>
      ) : (
        <Label id={id} />
      )}
      {width !== undefined && id !== 'status' && (
        <ColumnEdge
          label={column?.label ?? id}
          width={width}
          least={column?.minWidth ?? 40}
          first={firstEdge}
          onWidth={(next) => onWidth(id, next)}
        />
      )}
    </th>
  )
}

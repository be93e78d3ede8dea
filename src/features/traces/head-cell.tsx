import type { KeyboardEvent } from 'react'
import type { Sort } from '../../domain/trace-query.ts'
import { Icon } from '../../ui/icons.tsx'
import { COLUMN_BY_ID } from './columns.ts'

const STEP = 8

export interface HeadCellProps {
  readonly id: string
  readonly sort: Sort
  readonly sortable: (field: Sort['field']) => boolean
  readonly onSort: (field: Sort['field']) => void
  /** px; absent for the column that takes what is left, which is resized by its neighbours. */
  readonly width: number | undefined
  readonly onWidth: (id: string, width: number | undefined) => void
  readonly onDrag: (event: unknown) => void
  readonly resizing: boolean
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

/** A column's head: its name, its sort, and an edge to drag (arrows resize by 8 px, a double click restores). */
export function HeadCell({ id, sort, sortable, onSort, width, onWidth, onDrag, resizing }: HeadCellProps) {
  const column = COLUMN_BY_ID.get(id)
  const field = column?.sort
  const sorted = field === sort.field
  const canSort = field !== undefined && sortable(field)
  const right = column?.numeric ? 'text-right' : 'text-left'

  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key]
    if (by === undefined || width === undefined) return
    event.preventDefault()
    event.stopPropagation()
    onWidth(id, width + by)
  }

  return (
    <th
      scope="col"
      aria-label={column?.label}
      aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : undefined}
      className={`group sticky top-0 z-10 h-row-table border-b border-border-1 bg-surface-0 px-1.5 text-label font-normal whitespace-nowrap first:pl-gutter last:pr-gutter ${right} ${sorted ? 'font-semibold text-text-1' : 'text-text-3'}`}
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
        // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be operated; this separator can
        <span
          role="separator"
          aria-orientation="vertical"
          aria-label={`Width of ${column?.label}`}
          aria-valuenow={Math.round(width)}
          aria-valuemin={column?.minWidth ?? 40}
          tabIndex={-1}
          onKeyDown={onKeyDown}
          onMouseDown={onDrag}
          onTouchStart={onDrag}
          onDoubleClick={() => onWidth(id, undefined)}
          className={`absolute inset-y-1 right-0 w-[5px] cursor-col-resize touch-none border-r border-transparent group-hover:border-border-2 hover:border-accent ${resizing ? 'border-accent' : ''}`}
        />
      )}
    </th>
  )
}

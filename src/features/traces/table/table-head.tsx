import { memo } from 'react'
import { type ModelColumn, sizeOf, type TableModel } from '../../../ui/table/table-model.ts'
import { columnBefore } from './columns.ts'
import { HeadCell } from './head-cell.tsx'
import { useHeadDrag } from './use-head-drag.ts'

/** The heads of the columns. Scrolling draws rows anew, never these. */
export const TableHead = memo(function TableHead({
  model,
  columns,
}: {
  readonly model: TableModel
  readonly columns: readonly ModelColumn[]
}) {
  const drag = useHeadDrag((id, before) => model.setColumnOrder((order) => columnBefore(order, id, before)))
  const onSize = (id: string, px: number | undefined) => {
    if (px === undefined) model.getColumn(id)?.resetSize()
    else model.setColumnSizing((sizes) => ({ ...sizes, [id]: px }))
  }
  const sizes = columns.map((column) => sizeOf(model, column))
  const firstEdge = columns.findIndex(({ id }, at) => id !== 'status' && sizes[at] !== undefined)
  const dropAt = (id: string, at: number) => {
    if (drag.dragged === id) return 'self'
    if (drag.before === id) return 'left'
    return drag.last && at === columns.length - 1 ? 'right' : undefined
  }
  return (
    <thead>
      <tr aria-rowindex={1}>
        {columns.map((column, at) => (
          <HeadCell
            key={column.id}
            column={column}
            size={sizes[at]}
            onSize={onSize}
            firstEdge={at === firstEdge}
            onPress={drag.begin}
            drop={dropAt(column.id, at)}
          />
        ))}
      </tr>
    </thead>
  )
})

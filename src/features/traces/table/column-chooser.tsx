import { Button, IconButton } from '../../../ui/button.tsx'
import { Icon } from '../../../ui/icons/icons.tsx'
import { aboutColumn, type ModelColumn, type TableModel } from '../../../ui/table/table-model.ts'
import { movedColumn } from './columns.ts'

/** Which columns are shown and in which order: those shown first, then the others. */
export function ColumnChooser({
  model,
  onReset,
}: {
  readonly model: TableModel
  readonly onReset: () => void
}) {
  const shown = model.getVisibleLeafColumns()
  const others = model.getAllLeafColumns().filter((column) => !column.getIsVisible())
  const move = (id: string, by: number) => model.setColumnOrder((order) => movedColumn(order, id, by))
  return (
    <div className="w-[280px]">
      <header className="flex items-center justify-between border-b border-border-1 py-1.5 pr-2 pl-3">
        <h2 className="text-data font-semibold">Columns</h2>
        <Button variant="ghost" onClick={onReset}>
          Default
        </Button>
      </header>
      <ul className="py-1">
        {shown.map((column, index) => (
          <li
            key={column.id}
            draggable
            onDragStart={(event) => event.dataTransfer.setData('text/column', column.id)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault()
              const moved = event.dataTransfer.getData('text/column')
              move(moved, index - shown.findIndex(({ id }) => id === moved))
            }}
            className="flex items-center pr-1.5 hover:bg-surface-2"
          >
            <Choice column={column} />
            <IconButton
              label={`Move ${aboutColumn(column).label} left`}
              disabled={index === 0}
              onClick={() => move(column.id, -1)}
            >
              <Icon name="up" size="small" />
            </IconButton>
            <IconButton
              label={`Move ${aboutColumn(column).label} right`}
              disabled={index === shown.length - 1}
              onClick={() => move(column.id, 1)}
            >
              <Icon name="down" size="small" />
            </IconButton>
          </li>
        ))}
      </ul>
      <ul className="border-t border-border-1 py-1">
        {others.map((column) => (
          <li key={column.id} className="flex hover:bg-surface-2">
            <Choice column={column} />
          </li>
        ))}
      </ul>
    </div>
  )
}

const Choice = ({ column }: { readonly column: ModelColumn }) => (
  <label className="flex h-6 flex-1 cursor-pointer items-center gap-2 pl-3 text-data">
    <input
      type="checkbox"
      checked={column.getIsVisible()}
      onChange={() => column.toggleVisibility()}
      className="accent-accent"
    />
    {aboutColumn(column).label}
  </label>
)

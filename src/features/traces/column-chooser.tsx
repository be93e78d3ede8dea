import { Button, IconButton } from '../../ui/button.tsx'
import { Icon } from '../../ui/icons.tsx'
import { COLUMN_BY_ID, COLUMNS, movedColumn, toggledColumn } from './columns.ts'

/** Which columns are shown and in which order: those shown first, then the others. */
export function ColumnChooser({
  shown,
  onChange,
  onReset,
}: {
  readonly shown: readonly string[]
  readonly onChange: (ids: readonly string[]) => void
  readonly onReset: () => void
}) {
  const others = COLUMNS.filter(({ id }) => !shown.includes(id))
  return (
    <div className="w-[280px]">
      <header className="flex items-center justify-between border-b border-border-1 py-1.5 pr-2 pl-3">
        <h2 className="text-data font-semibold">Columns</h2>
        <Button variant="ghost" onClick={onReset}>
          Default
        </Button>
      </header>
      <ul className="py-1">
        {shown.map((id, index) => (
          <li
            key={id}
            draggable
            onDragStart={(event) => event.dataTransfer.setData('text/column', id)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault()
              const moved = event.dataTransfer.getData('text/column')
              onChange(movedColumn(shown, moved, index - shown.indexOf(moved)))
            }}
            className="flex items-center pr-1.5 hover:bg-surface-2"
          >
            <Choice id={id} checked onToggle={() => onChange(toggledColumn(shown, id))} />
            <IconButton
              label={`Move ${COLUMN_BY_ID.get(id)?.label} left`}
              disabled={index === 0}
              onClick={() => onChange(movedColumn(shown, id, -1))}
            >
              <Icon name="up" size="small" />
            </IconButton>
            <IconButton
              label={`Move ${COLUMN_BY_ID.get(id)?.label} right`}
              disabled={index === shown.length - 1}
              onClick={() => onChange(movedColumn(shown, id, 1))}
            >
              <Icon name="down" size="small" />
            </IconButton>
          </li>
        ))}
      </ul>
      <ul className="border-t border-border-1 py-1">
        {others.map(({ id }) => (
          <li key={id} className="flex hover:bg-surface-2">
            <Choice id={id} checked={false} onToggle={() => onChange(toggledColumn(shown, id))} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function Choice({
  id,
  checked,
  onToggle,
}: {
  readonly id: string
  readonly checked: boolean
  readonly onToggle: () => void
}) {
  return (
    <label className="flex h-6 flex-1 cursor-pointer items-center gap-2 pl-3 text-data">
      <input type="checkbox" checked={checked} onChange={onToggle} className="accent-accent" />
      {COLUMN_BY_ID.get(id)?.label}
    </label>
  )
}

import { buttonClass } from '../../../ui/button.tsx'
import { Icon } from '../../../ui/icons/icons.tsx'
import { lateComponent } from '../../../ui/late-code.ts'
import { PopoverButton } from '../../../ui/overlay/popover-button.tsx'
import type { TableModel } from '../../../ui/table/table-model.ts'

const ColumnChooser = lateComponent(async () => (await import('./column-chooser.tsx')).ColumnChooser)

/** Opens the choice of columns. */
export function ColumnButton({
  model,
  onReset,
}: {
  readonly model: TableModel
  /** Back to the default ones. */
  readonly onReset: () => void
}) {
  return (
    <PopoverButton
      label="Columns"
      title="Choose columns"
      align="end"
      className={buttonClass('plain', true)}
      face={
        <>
          <Icon name="columns" />
          <span className="sr-only">Choose columns</span>
        </>
      }
    >
      {() => <ColumnChooser model={model} onReset={onReset} />}
    </PopoverButton>
  )
}

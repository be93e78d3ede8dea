import { lazy } from 'react'
import { buttonClass } from '../../ui/button.tsx'
import { Icon } from '../../ui/icons.tsx'
import { PopoverButton } from '../../ui/popover-button.tsx'

const ColumnChooser = lazy(async () => ({ default: (await import('./column-chooser.tsx')).ColumnChooser }))

/** Opens the choice of columns. */
export function ColumnButton({
  shown,
  onChange,
}: {
  readonly shown: readonly string[]
  /** undefined = the default ones. */
  readonly onChange: (ids: readonly string[] | undefined) => void
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
      {() => <ColumnChooser shown={shown} onChange={onChange} onReset={() => onChange(undefined)} />}
    </PopoverButton>
  )
}

import { Combobox, ComboboxItem, ComboboxList, useComboboxStore } from '@ariakit/react/combobox'
import { type KeyboardEvent, useDeferredValue, useState } from 'react'
import type { FilterField, TraceQuery } from '../domain/query/trace-query.ts'
import { useSuggestions } from '../state/queries.ts'
import { useSource } from '../state/source-context.tsx'
import { Icon } from '../ui/icons/icons.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { formatCount } from '../ui/text/format.ts'
import { TextField } from '../ui/text-field.tsx'
import { FIELD_WORDS } from './field-words.ts'

interface Option {
  readonly value: string
  readonly count?: number
}

/**
 * Picks values: typed ones are taken by Enter, suggested ones (with how many turns they have) by a click or
 * Enter. Arrows move; what is picked stands first.
 */
export function ValuePicker({
  field,
  within,
  values,
  typed,
  choices,
  onChange,
  onDone,
}: {
  readonly field: FilterField
  /** The query without what is edited: suggestions are counted within it. */
  readonly within: TraceQuery
  readonly values: readonly string[]
  /** Values are parts of a text, not whole ones: nothing is suggested. */
  readonly typed: boolean
  /** All values there are; absent where any text is one. */
  readonly choices: readonly string[] | undefined
  readonly onChange: (values: readonly string[]) => void
  readonly onDone: () => void
}) {
  const [text, setText] = useState('')
  const prefix = useDeferredValue(text.trim())
  const { suggest } = useSource().source.info.capabilities.costs
  // Given choices need no look at a backend that would have to be walked through for their counts.
  const asked = !typed && (choices ? suggest === 'exact' : suggest !== 'none')
  const suggestions = useSuggestions(field, choices ? '' : prefix, within, asked)
  const counts = new Map(suggestions.data?.items.map(({ value, count }) => [value, count]))
  const scanned = suggestions.data?.scanned

  const optionOf = (value: string): Option => {
    const count = counts.get(value)
    return count === undefined ? { value } : { value, count }
  }
  const offered = (choices ?? suggestions.data?.items.map(({ value }) => value) ?? []).filter(
    (value) => !values.includes(value),
  )
  const matching = choices ? offered.filter((value) => value.includes(text.trim().toLowerCase())) : offered
  const options: readonly Option[] = [...values, ...(typed ? [] : matching)].map(optionOf)
  const free = !choices && text.trim() !== '' && !options.some(({ value }) => value === text.trim())

  const store = useComboboxStore<string[]>({
    // The list stands below the field for as long as the panel is there.
    open: true,
    value: text,
    setValue: setText,
    selectedValue: [...values],
    setSelectedValue: onChange,
  })
  const take = () => {
    if (free) {
      onChange([...values, text.trim()])
      setText('')
    } else if (choices && matching[0] && text !== '') {
      onChange([...values, matching[0]])
      setText('')
    } else onDone()
  }
  // With an option active the kit takes or drops that one.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || typeof store.getState().activeId === 'string') return
    event.preventDefault()
    take()
  }

  return (
    <>
      <div className="flex-none p-2">
        <Combobox
          store={store}
          onKeyDown={onKeyDown}
          render={
            <TextField
              label={`${FIELD_WORDS[field]} value`}
              data-autofocus="true"
              placeholder={
                typed ? 'Text, then Enter' : choices ? 'Choose' : 'Choose, or type and press Enter'
              }
            />
          }
        />
      </div>
      <ComboboxList
        store={store}
        alwaysVisible
        aria-label="Values"
        className="max-h-[280px] overflow-auto pb-1"
      >
        {options.map(({ value, count }) => (
          <ComboboxItem
            key={value}
            value={value}
            focusOnHover
            className="flex h-row-table cursor-pointer items-center gap-2 px-3 text-data data-[active-item]:bg-surface-3"
          >
            <span
              aria-hidden="true"
              className={`grid size-3.5 flex-none place-items-center rounded-1 border ${values.includes(value) ? 'border-accent bg-accent text-text-on-accent' : 'border-border-control'}`}
            >
              {values.includes(value) && <Icon name="ok" size="tiny" />}
            </span>
            <span className="cut flex-1" title={value}>
              {value}
            </span>
            {count !== undefined && <span className="text-text-3">{formatCount(count)}</span>}
          </ComboboxItem>
        ))}
      </ComboboxList>
      {!typed && !choices && suggestions.isPending && suggestions.isFetching && (
        <div className="px-3 py-2">
          <Skeleton width="60%" />
        </div>
      )}
      {free && (
        <button
          type="button"
          tabIndex={-1}
          onClick={take}
          className="flex h-row-table w-full items-center gap-2 px-3 text-left text-data text-text-2 hover:bg-surface-3"
        >
          <Icon name="enter" />
          <span className="cut">Take “{text.trim()}”</span>
        </button>
      )}
      {!typed && !choices && scanned?.complete === false && (
        <p className="px-3 py-1.5 text-label text-text-3">
          Seen in the latest {formatCount(scanned.traces)} turns.
        </p>
      )}
      {!typed && !free && options.length === 0 && !suggestions.isFetching && (
        <p className="px-3 py-1.5 text-data text-text-3">
          {suggestions.error ? 'No suggestions: type a value.' : 'No values here.'}
        </p>
      )}
    </>
  )
}

import { Combobox, ComboboxItem, ComboboxList, useComboboxStore } from '@ariakit/react/combobox'
import { type KeyboardEvent, useDeferredValue, useEffect, useRef, useState } from 'react'
import type { FilterField, TraceQuery } from '../domain/query/trace-query.ts'
import { useSuggestions } from '../state/queries.ts'
import { useSource } from '../state/source-context.tsx'
import { Icon } from '../ui/icons/icons.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { formatCount } from '../ui/text/format.ts'
import { TextField } from '../ui/text-field.tsx'
import { FIELD_WORDS } from './field-words.ts'
import { type LeaveSlot, useLeave } from './use-leave.ts'

const OPTION =
  'flex h-row-table cursor-pointer items-center gap-2 px-3 text-data data-[active-item]:bg-surface-3'

const MOVES = new Set(['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End'])

/** Values that may be picked for what is typed: the best match first, and the typed text itself last. */
interface Offer {
  readonly values: readonly string[]
  readonly counts: ReadonlyMap<string, number>
  /** The typed text, where it may be used as it is. */
  readonly raw: string | undefined
  /** Whether it answers what is typed by now. */
  readonly settled: boolean
  readonly failed: boolean
  /** How many turns were looked through for it, where not all. */
  readonly lookedAt: number | undefined
}

function useOffer(
  field: FilterField,
  typed: boolean,
  choices: readonly string[] | undefined,
  values: readonly string[],
  within: TraceQuery,
  text: string,
): Offer {
  const wanted = text.trim()
  const prefix = useDeferredValue(wanted)
  const { suggest } = useSource().source.info.capabilities.costs
  // Given choices need no look at a backend that would have to be walked through for their counts.
  const asked = !typed && (choices ? suggest === 'exact' : suggest !== 'none')
  const suggestions = useSuggestions(field, choices ? '' : prefix, within, asked)
  const { data, isFetching, isPlaceholderData, error } = suggestions
  const settled = !asked || choices !== undefined || (prefix === wanted && !isFetching && !isPlaceholderData)
  const found = typed ? [] : (choices ?? data?.items.map(({ value }) => value) ?? [])
  const fits = (value: string) => value.toLowerCase().includes(wanted.toLowerCase())
  const shown =
    wanted === ''
      ? [...values, ...found.filter((value) => !values.includes(value))]
      : // Suggestions may match by something else than the value: its name, say.
        [...new Set([...(choices ? found.filter(fits) : found), ...values.filter(fits)])]
  return {
    values: shown,
    counts: new Map(data?.items.flatMap(({ value, count }) => (count === undefined ? [] : [[value, count]]))),
    raw: choices || wanted === '' || shown.includes(wanted) || !settled ? undefined : wanted,
    settled,
    failed: error !== null,
    lookedAt: data?.scanned?.complete === false && !typed && !choices ? data.scanned.traces : undefined,
  }
}

/**
 * Picks values, as many as wanted. Enter takes the highlighted one: the best match for what is typed, or, as the
 * last of the list, the typed text itself. Arrows move; what is picked has a tick and is dropped the same way.
 */
export function ValuePicker({
  field,
  leave,
  within,
  values,
  typed,
  choices,
  onChange,
  onDone,
}: {
  readonly field: FilterField
  readonly leave: LeaveSlot
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
  const offer = useOffer(field, typed, choices, values, within, text)
  const [best = offer.raw] = text.trim() === '' ? [] : offer.values

  // Whether an option was moved to since the text last changed; else the best match is the one meant.
  const moved = useRef(false)
  const store = useComboboxStore<string[]>({
    // The list stands below the field for as long as the panel is there.
    open: true,
    value: text,
    setValue: (next) => {
      moved.current = false
      setText(next)
    },
    selectedValue: [...values],
    setSelectedValue: onChange,
  })
  const take = (value: string) => {
    onChange(values.includes(value) ? values.filter((other) => other !== value) : [...values, value])
    setText('')
  }
  // Enter that came before the suggestions: it waits for them.
  const [owed, setOwed] = useState(false)
  useEffect(() => {
    if (!owed || !offer.settled) return
    setOwed(false)
    if (best !== undefined) take(best)
  })
  useLeave(leave, () => {
    const wanted = text.trim()
    if (wanted === '' || values.includes(wanted)) return undefined
    const same = offer.values.find((value) => value.toLowerCase() === wanted.toLowerCase())
    if (typed || same !== undefined) {
      onChange([...values, same ?? wanted])
      return undefined
    }
    return `${FIELD_WORDS[field]}: “${wanted}” was typed but not chosen, so it is not used.`
  })
  // Before the kit's own, which would take or drop what is highlighted: after typing that may still be an option of
  // the text before.
  const onKeyDownCapture = (event: KeyboardEvent) => {
    if (MOVES.has(event.key)) moved.current = true
    if (event.key !== 'Enter') return
    if (moved.current && typeof store.getState().activeId === 'string') return
    event.preventDefault()
    if (text.trim() === '') onDone()
    else if (!offer.settled) setOwed(true)
    else if (best !== undefined) take(best)
  }
  const nothing = offer.settled && offer.values.length === 0 && offer.raw === undefined && !typed

  return (
    <>
      <div className="flex-none p-2">
        <Combobox
          store={store}
          autoSelect={text.trim() !== ''}
          onKeyDownCapture={onKeyDownCapture}
          render={
            <TextField
              label={`${FIELD_WORDS[field]} value`}
              data-autofocus="true"
              placeholder={typed ? 'Type a text' : choices ? 'Choose' : 'Type to search'}
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
        {offer.values.map((value) => (
          <ComboboxItem key={value} value={value} focusOnHover className={OPTION}>
            <span
              aria-hidden="true"
              className={`grid size-3.5 flex-none place-items-center rounded-1 border ${values.includes(value) ? 'border-accent bg-accent text-text-on-accent' : 'border-border-control'}`}
            >
              {values.includes(value) && <Icon name="ok" size="tiny" />}
            </span>
            <span className="cut flex-1" title={value}>
              {value}
            </span>
            {offer.counts.has(value) && (
              <span className="text-text-3">{formatCount(offer.counts.get(value) ?? 0)}</span>
            )}
          </ComboboxItem>
        ))}
        {offer.raw !== undefined && (
          <ComboboxItem key="raw" value={offer.raw} focusOnHover className={`${OPTION} text-text-2`}>
            <Icon name="enter" />
            <span className="cut">Use “{offer.raw}”</span>
          </ComboboxItem>
        )}
      </ComboboxList>
      {!offer.settled && offer.values.length === 0 && (
        <div className="px-3 py-2">
          <Skeleton width="60%" />
        </div>
      )}
      {offer.lookedAt !== undefined && (
        <p className="px-3 py-1.5 text-label text-text-3">
          Found in the latest {formatCount(offer.lookedAt)} turns.
        </p>
      )}
      {nothing && (
        <p className="px-3 py-1.5 text-data text-text-3">
          {offer.failed ? 'Suggestions are not available. Type a value.' : 'No values.'}
        </p>
      )}
    </>
  )
}

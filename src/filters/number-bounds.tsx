import { type FormEvent, useState } from 'react'
import type { FilterCondition, FilterField, TraceQuery } from '../domain/query/trace-query.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { FIELD_WORDS, filterNumber, NUMBER_UNITS, typedNumber } from './field-words.ts'
import { withConditions } from './filter-chips.ts'
import { type LeaveSlot, useLeave } from './use-leave.ts'

const SIDES = [
  { operator: 'min', label: 'At least' },
  { operator: 'max', label: 'At most' },
] as const

/**
 * The bounds of a number, each of which may be left open. Applied when the editor closes, by whatever way; a
 * bound that is no number leaves that side as it was.
 */
export function NumberBounds({
  field,
  query,
  leave,
  onChange,
  onDone,
}: {
  readonly field: FilterField
  readonly query: TraceQuery
  readonly leave: LeaveSlot
  readonly onChange: (query: TraceQuery) => void
  readonly onDone: () => void
}) {
  const mine = query.conditions.filter((condition) => condition.field === field)
  const given = (operator: 'min' | 'max') => {
    const value = mine.find((condition) => condition.operator === operator)?.values[0]
    return value === undefined ? '' : typedNumber(field, value)
  }
  const [text, setText] = useState({ min: given('min'), max: given('max') })
  const unit = NUMBER_UNITS[field]?.unit
  const wrong = SIDES.filter(
    ({ operator }) => text[operator].trim() !== '' && filterNumber(field, text[operator]) === undefined,
  )

  const applyValid = (): string | undefined => {
    const bounds = SIDES.flatMap(({ operator }): FilterCondition[] => {
      const isWrong = wrong.some((side) => side.operator === operator)
      const value = filterNumber(field, isWrong ? given(operator) : text[operator])
      return value === undefined ? [] : [{ field, operator, values: [value] }]
    })
    const edited = mine.filter(({ operator }) => operator === 'min' || operator === 'max')
    const same =
      edited.length === bounds.length &&
      bounds.every(({ operator, values }) =>
        edited.some((one) => one.operator === operator && one.values[0] === values[0]),
      )
    if (!same) onChange(withConditions(query, edited, bounds))
    const [first] = wrong
    return (
      first &&
      `${FIELD_WORDS[field]}, ${first.label.toLowerCase()}: “${text[first.operator]}” is not a number.`
    )
  }
  useLeave(leave, applyValid)
  const apply = (event: FormEvent) => {
    event.preventDefault()
    if (wrong.length === 0) onDone()
  }

  return (
    <form onSubmit={apply} className="grid gap-2 p-3">
      {SIDES.map(({ operator, label }) => (
        <div
          key={operator}
          className="grid grid-cols-[64px_minmax(0,1fr)] items-center gap-2 text-data text-text-2"
        >
          <span aria-hidden="true">{label}</span>
          <TextField
            label={label}
            inputMode="decimal"
            placeholder="any"
            aria-invalid={wrong.some((side) => side.operator === operator)}
            value={text[operator]}
            onChange={(event) => setText({ ...text, [operator]: event.target.value })}
            after={unit && <span className="pr-1 text-text-3">{unit}</span>}
          />
        </div>
      ))}
      {wrong.length > 0 && (
        <p role="alert" className="text-label text-error">
          Not a number: “{text[(wrong[0] as (typeof SIDES)[number]).operator]}”
        </p>
      )}
      <Button type="submit" variant="primary" className="justify-self-end">
        Apply
      </Button>
    </form>
  )
}

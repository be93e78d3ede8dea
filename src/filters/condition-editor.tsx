import { useState } from 'react'
import { CHOICES, OPERATORS } from '../domain/query/query-params.ts'
import {
  FILTER_FIELDS,
  type FilterCondition,
  type FilterField,
  type FilterOperator,
  type TraceQuery,
} from '../domain/query/trace-query.ts'
import { Button } from '../ui/button.tsx'
import { FIELD_WORDS, operatorWords } from './field-words.ts'
import { withConditions } from './filter-chips.ts'
import { NumberBounds } from './number-bounds.tsx'
import type { LeaveSlot } from './use-leave.ts'
import { ValuePicker } from './value-picker.tsx'

const TYPED: ReadonlySet<FilterOperator> = new Set(['contains', 'lacks', 'starts', 'ends'])

export interface ConditionEditorProps {
  readonly field: FilterField
  readonly query: TraceQuery
  /** The operator the chip stands for; absent for a new condition. */
  readonly operator?: FilterOperator
  readonly leave: LeaveSlot
  readonly onChange: (query: TraceQuery) => void
  readonly onDone: () => void
  /** Whether the source matches this field by an operator itself; else it is matched while walking. */
  readonly native: (operator: FilterOperator) => boolean
}

/** Edits what a query says of one field: the operator and its values, or the bounds of a number. */
export function ConditionEditor({
  field,
  query,
  operator,
  leave,
  onChange,
  onDone,
  native,
}: ConditionEditorProps) {
  const type = FILTER_FIELDS[field]
  const mine = query.conditions.filter((condition) => condition.field === field)
  const edited = mine.find((condition) => condition.operator === operator) ?? (operator ? undefined : mine[0])
  // Without values there is no condition yet that could hold the operator.
  const [wanted, setWanted] = useState<FilterOperator>()
  const current: FilterOperator = edited?.operator ?? wanted ?? operator ?? 'is'
  const values = edited?.values ?? []
  const rest = edited ? withConditions(query, [edited], []) : query

  const put = (next: Partial<FilterCondition>) => {
    const condition: FilterCondition = { field, operator: current, values, ...next }
    // Two conditions of one field and operator are one with the values of both.
    const twins = mine.filter((other) => other !== edited && other.operator === condition.operator)
    const merged = [...new Set([...twins.flatMap((twin) => twin.values), ...condition.values])]
    onChange(withConditions(query, edited ? [edited, ...twins] : twins, [{ ...condition, values: merged }]))
  }

  return (
    <div className="flex w-[300px] flex-col">
      <header className="flex flex-none items-center gap-2 border-b border-border-1 px-3 py-2">
        <h2 className="text-data font-semibold">{FIELD_WORDS[field]}</h2>
        {type !== 'number' && (
          <select
            aria-label="Operator"
            value={current}
            onChange={(event) => {
              const next = event.target.value as FilterOperator
              setWanted(next)
              // Typed text and picked values do not mean the same.
              put({ operator: next, values: TYPED.has(next) === TYPED.has(current) ? values : [] })
            }}
            className="h-control rounded-1 border border-border-2 bg-surface-1 px-1 text-data"
          >
            {OPERATORS[type].map((one) => (
              <option key={one} value={one}>
                {operatorWords(field, one, one === 'all' ? 2 : values.length)}
              </option>
            ))}
          </select>
        )}
        <span className="flex-1" />
        <Button variant="ghost" onClick={onDone}>
          Done
        </Button>
      </header>
      {!native(current) && (
        <p className="border-b border-border-1 bg-surface-0 px-3 py-1.5 text-label text-text-3">
          This source cannot filter by this field, so Turnscope reads its traces one by one.
        </p>
      )}
      {type === 'number' ? (
        <NumberBounds field={field} query={query} leave={leave} onChange={onChange} onDone={onDone} />
      ) : (
        <ValuePicker
          field={field}
          leave={leave}
          within={rest}
          values={values}
          typed={TYPED.has(current)}
          choices={field === 'status' || field === 'kind' ? CHOICES[field] : undefined}
          onChange={(next) => put({ values: next })}
          onDone={onDone}
        />
      )}
    </div>
  )
}

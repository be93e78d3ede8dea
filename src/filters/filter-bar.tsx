import { type ReactNode, useRef, useState } from 'react'
import { filtersNatively } from '../domain/port/source-info.ts'
import type { FilterField, FilterOperator, TraceQuery } from '../domain/query/trace-query.ts'
import { useSource } from '../state/source-context.tsx'
import { Button, buttonClass } from '../ui/button.tsx'
import { Icon } from '../ui/icons/icons.tsx'
import { lateComponent } from '../ui/late-code.ts'
import { PopoverButton } from '../ui/overlay/popover-button.tsx'
import { printable } from '../ui/text/printable-text.ts'
import { attributeChips } from './attribute-chips.ts'
import { FIELD_WORDS, QUICK_FIELDS } from './field-words.ts'
import { type Chip, chipsOf, isNarrowed, widened } from './filter-chips.ts'
import { SearchField } from './search-field.tsx'
import type { Leave } from './use-leave.ts'

// Fetched when one is on the way to the bar: none is needed before.
const loadAdd = () => import('./add-filter.tsx')
const loadCondition = () => import('./condition-editor.tsx')
const loadTime = () => import('./time-editor.tsx')
const AddFilter = lateComponent(async () => (await loadAdd()).AddFilter)
const ConditionEditor = lateComponent(async () => (await loadCondition()).ConditionEditor)
const TimeEditor = lateComponent(async () => (await loadTime()).TimeEditor)
const loadEditors = () => void Promise.allSettled([loadAdd(), loadCondition(), loadTime()])

export interface FilterBarProps {
  readonly query: TraceQuery
  /** `replace` where Back should not stop at the step. */
  readonly onChange: (query: TraceQuery, how?: { readonly replace?: boolean }) => void
  /** What is filtered: `Filter traces`. */
  readonly label: string
  /** Fields that the page itself is about: they are not offered. */
  readonly without?: readonly FilterField[]
  /** What stands at the end of the bar, beside the search. */
  readonly tools?: ReactNode
  readonly utc: boolean
  readonly now: number
}

/** Chips that read as a sentence, the fields at hand, every other one, the search. */
export function FilterBar({ query, onChange, label, without = [], tools, utc, now }: FilterBarProps) {
  const { source } = useSource()
  const isNative = (field: FilterField, operator?: FilterOperator) =>
    filtersNatively(source.info.capabilities, field, operator)
  const items = barItems(chipsOf(query, utc, now), without)
  const leave = useRef<Leave | undefined>(undefined)
  /** What an editor that was closed did not apply. */
  const [unused, setUnused] = useState<string>()
  const onLeave = () => setUnused(leave.current?.())

  const editor = (about: Chip['about'], operator: FilterOperator | undefined) => (close: () => void) =>
    about === 'time' ? (
      <TimeEditor query={query} leave={leave} onChange={onChange} onDone={close} />
    ) : (
      <ConditionEditor
        field={about.field}
        query={query}
        {...(operator && { operator })}
        leave={leave}
        onChange={onChange}
        onDone={close}
        native={(chosen) => isNative(about.field, chosen)}
      />
    )

  return (
    <search
      aria-label={label}
      onPointerEnter={loadEditors}
      onFocus={loadEditors}
      className="flex min-h-bar-app flex-none flex-wrap items-center gap-1.5 px-gutter py-2 whitespace-nowrap"
    >
      {items.map(({ key, about, chip }) => (
        <span key={key} className={chip ? CHIP : 'hidden wide:inline-flex'}>
          <PopoverButton
            label={`Filter ${about === 'time' ? 'Time' : FIELD_WORDS[about.field]}`}
            onLeave={onLeave}
            {...(chip && { title: `${chip.label} ${chip.operator} ${chip.whole}` })}
            className={
              chip
                ? 'inline-flex min-w-0 items-center gap-[5px] rounded-l-1 px-[7px] hover:bg-surface-2'
                : buttonClass('ghost')
            }
            face={
              chip ? (
                <>
                  <span className="text-text-3">{chip.label}</span>
                  <span className="text-text-3">{chip.operator}</span>
                  <b className="cut max-w-[240px]">{chip.value}</b>
                </>
              ) : (
                <>
                  {about === 'time' ? 'Time' : FIELD_WORDS[about.field]}
                  <Icon name="down" size="small" className="text-text-3" />
                </>
              )
            }
          >
            {editor(about, chip && operatorOf(chip.id))}
          </PopoverButton>
          {chip && (
            <RemoveButton
              what={`${chip.label}${chip.operator === 'is' ? ':' : ` ${chip.operator}`} ${chip.whole}`}
              onRemove={() => onChange(chip.without)}
            />
          )}
        </span>
      ))}
      {attributeChips(query).map((chip) => (
        <span key={chip.id} className={CHIP} title={`${chip.label} ${chip.operator} ${chip.value}`}>
          <span className="inline-flex min-w-0 items-center gap-[5px] px-[7px]">
            <bdi className="cut max-w-[240px] font-mono text-code text-text-3">{printable(chip.label)}</bdi>
            <span className="text-text-3">{chip.operator}</span>
            <b className="cut max-w-[240px]">{printable(chip.value)}</b>
          </span>
          <RemoveButton
            what={`${chip.label} ${chip.operator} ${chip.value}`}
            onRemove={() => onChange(chip.without)}
          />
        </span>
      ))}
      <PopoverButton
        label="Add a filter"
        onLeave={onLeave}
        className={buttonClass('ghost')}
        face={
          <>
            <Icon name="plus" size="small" className="text-text-3" />
            Filter
          </>
        }
      >
        {(close) => (
          <AddFilter
            query={query}
            without={without}
            leave={leave}
            onChange={onChange}
            onDone={close}
            isNative={isNative}
          />
        )}
      </PopoverButton>
      {isNarrowed(query) && (
        <Button variant="ghost" onClick={() => onChange(widened(query))}>
          Clear all
        </Button>
      )}
      <span className="flex-1" />
      <SearchField
        text={query.text}
        onSearch={(text) => {
          const { text: _gone, ...rest } = query
          onChange(text === undefined ? rest : { ...rest, text }, { replace: query.text !== undefined })
        }}
      />
      {tools}
      <p role="status" className={unused ? 'basis-full text-label text-error' : 'sr-only'}>
        {unused}
      </p>
    </search>
  )
}

function RemoveButton({ what, onRemove }: { readonly what: string; readonly onRemove: () => void }) {
  return (
    <button
      type="button"
      aria-label={`Remove “${what}”`}
      title="Remove this filter"
      onClick={onRemove}
      className="inline-flex items-center rounded-r-1 border-l border-border-1 px-[5px] text-text-3 hover:bg-surface-3 hover:text-text-1"
    >
      <Icon name="close" size="small" />
    </button>
  )
}

const CHIP =
  'inline-flex h-control max-w-full flex-none items-stretch rounded-1 border border-border-2 bg-surface-1 text-data'

interface BarItem {
  readonly key: string
  readonly about: Chip['about']
  /** Absent for a field at hand that says nothing yet. */
  readonly chip?: Chip
}

const nameOf = (about: Chip['about']): string => (about === 'time' ? 'time' : about.field)

/**
 * Chips, then the fields at hand that say nothing yet. A field keeps its key when it becomes a chip, so that
 * its open editor stays open.
 */
function barItems(chips: readonly Chip[], without: readonly FilterField[]): readonly BarItem[] {
  const said = new Set<string>()
  const items: BarItem[] = chips.map((chip) => {
    const name = nameOf(chip.about)
    const key = said.has(name) ? chip.id : name
    said.add(name)
    return { key, about: chip.about, chip }
  })
  const fields = QUICK_FIELDS.filter((field) => !without.includes(field))
  const quick: readonly Chip['about'][] = [...fields.map((field) => ({ field })), 'time']
  return [
    ...items,
    ...quick.filter((about) => !said.has(nameOf(about))).map((about) => ({ key: nameOf(about), about })),
  ]
}

/** The operator in a chip's id, `field.operator`; bounds have an editor for both. */
const operatorOf = (id: string): FilterOperator | undefined => {
  const operator = id.split('.')[1]
  return operator === 'bounds' ? undefined : (operator as FilterOperator | undefined)
}

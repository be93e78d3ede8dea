import { useEffect, useRef, useState } from 'react'
import type { FilterField, FilterOperator, TraceQuery } from '../domain/query/trace-query.ts'
import { Icon } from '../ui/icons/icons.tsx'
import { TextField } from '../ui/text-field.tsx'
import { AttributeEditor } from './attribute-editor.tsx'
import { ConditionEditor } from './condition-editor.tsx'
import { FIELD_GROUPS, FIELD_WORDS } from './field-words.ts'
import { TimeEditor } from './time-editor.tsx'
import type { LeaveSlot } from './use-leave.ts'

/** Every field there is; choosing one goes on to its values. */
export function AddFilter({
  query,
  without,
  leave,
  onChange,
  onDone,
  isNative,
}: {
  readonly query: TraceQuery
  /** Fields that the page itself is about. */
  readonly without: readonly FilterField[]
  readonly leave: LeaveSlot
  readonly onChange: (query: TraceQuery) => void
  readonly onDone: () => void
  readonly isNative: (field: FilterField, operator?: FilterOperator) => boolean
}) {
  const [text, setText] = useState('')
  const [field, setField] = useState<Choice>()
  const editor = useRef<HTMLDivElement>(null)
  // The list of fields is gone, and the focus with it: it goes on to the values.
  useEffect(() => {
    if (field === undefined) return
    const inside = editor.current
    const first =
      inside?.querySelector<HTMLElement>('[data-autofocus="true"]') ?? inside?.querySelector('input')
    first?.focus()
  }, [field])
  if (field !== undefined) {
    return (
      <div ref={editor} className="contents">
        {field === 'time' ? (
          <TimeEditor query={query} leave={leave} onChange={onChange} onDone={onDone} />
        ) : field === 'attribute' ? (
          <AttributeEditor query={query} leave={leave} onChange={onChange} onDone={onDone} />
        ) : (
          <ConditionEditor
            field={field}
            query={query}
            leave={leave}
            onChange={onChange}
            onDone={onDone}
            native={(operator) => isNative(field, operator)}
          />
        )}
      </div>
    )
  }
  const typed = text.trim().toLowerCase()
  const fits = (words: string) => words.toLowerCase().includes(typed)
  const groups = FIELD_GROUPS.map(({ label, fields }) => ({
    label,
    fields: [
      ...(label === 'Turn' ? (['time'] as const) : []),
      ...fields,
      ...(label === 'Spans' ? (['attribute'] as const) : []),
    ].filter((one) => fits(wordsOf(one)) && !(without as readonly string[]).includes(one)),
  })).filter(({ fields }) => fields.length > 0)

  return (
    <div className="w-[420px] max-w-full">
      <div className="p-2">
        <TextField
          label="Find a field"
          data-autofocus="true"
          placeholder="Filter by"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            const first = groups[0]?.fields[0]
            if (event.key !== 'Enter' || !first) return
            // Else the key would go on to the form that takes the focus, and send it off.
            event.preventDefault()
            setField(first)
          }}
        />
      </div>
      <div className="grid grid-cols-2 gap-x-2 px-1 pb-2">
        {groups.map(({ label, fields }) => (
          <section key={label} className="pt-1">
            <h2 className="px-2 py-1 text-label text-text-3">{label}</h2>
            {fields.map((one) => (
              <button
                key={one}
                type="button"
                onClick={() => setField(one)}
                className="flex h-6 w-full items-center gap-2 rounded-1 px-2 text-left text-data hover:bg-surface-3 focus-visible:-outline-offset-2"
              >
                {wordsOf(one)}
                {(one === 'attribute' || (one !== 'time' && !isNative(one))) && (
                  <span
                    className="ml-auto text-text-3"
                    title="This source cannot filter by this field, so Turnscope reads its traces one by one"
                  >
                    <Icon name="search" size="small" />
                  </span>
                )}
              </button>
            ))}
          </section>
        ))}
        {groups.length === 0 && <p className="px-2 pb-1 text-data text-text-3">No field by that name.</p>}
      </div>
    </div>
  )
}

type Choice = FilterField | 'time' | 'attribute'

const wordsOf = (field: Choice): string =>
  field === 'time' ? 'Time' : field === 'attribute' ? 'Attribute' : FIELD_WORDS[field]

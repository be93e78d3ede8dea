import { type FormEvent, useState } from 'react'
import { ATTRIBUTE_OPERATORS, type AttributeOperator } from '../domain/query/attribute-filter.ts'
import type { TraceQuery } from '../domain/query/trace-query.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { attributeWords, withAttribute } from './attribute-chips.ts'
import { type LeaveSlot, useLeave } from './use-leave.ts'

const isBound = (operator: AttributeOperator) => operator === 'min' || operator === 'max'

/** Asks for any attribute of a span or its resource, by its key as it was recorded. */
export function AttributeEditor({
  query,
  leave,
  onChange,
  onDone,
}: {
  readonly query: TraceQuery
  readonly leave: LeaveSlot
  readonly onChange: (query: TraceQuery) => void
  readonly onDone: () => void
}) {
  const [key, setKey] = useState('')
  const [operator, setOperator] = useState<AttributeOperator>('is')
  const [value, setValue] = useState('')
  const wrong = isBound(operator) && value.trim() !== '' && !Number.isFinite(Number(value))
  const ready = key.trim() !== '' && value.trim() !== '' && !wrong
  const apply = () => onChange(withAttribute(query, { key: key.trim(), operator, values: [value] }))
  useLeave(leave, () => {
    if (ready) apply()
    else if (wrong) return `Not a number: “${value}”`
    else if (key.trim() !== '' || value.trim() !== '')
      return 'The attribute filter needs a key and a value: not applied'
    return undefined
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!ready) return
    leave.current = undefined
    apply()
    onDone()
  }
  return (
    <form onSubmit={submit} className="grid w-[300px] gap-2 p-3">
      <h2 className="text-data font-semibold">Attribute</h2>
      <TextField
        label="Key"
        placeholder="http.route"
        maxLength={200}
        value={key}
        onChange={(event) => setKey(event.target.value)}
      />
      <select
        aria-label="Operator"
        value={operator}
        onChange={(event) => setOperator(event.target.value as AttributeOperator)}
        className="h-control justify-self-start rounded-1 border border-border-2 bg-surface-1 px-1 text-data"
      >
        {ATTRIBUTE_OPERATORS.map((one) => (
          <option key={one} value={one}>
            {attributeWords(one, 1)}
          </option>
        ))}
      </select>
      <TextField
        label="Value"
        maxLength={2_000}
        aria-invalid={wrong}
        value={value}
        onChange={(event) => setValue(event.target.value)}
      />
      {wrong && (
        <p role="alert" className="text-label text-error">
          Not a number: “{value}”
        </p>
      )}
      <p className="text-label text-text-3">
        Of any span of the turn, or of its service. Turns are looked through one after the other.
      </p>
      <Button type="submit" variant="primary" className="justify-self-end" disabled={!ready}>
        Apply
      </Button>
    </form>
  )
}

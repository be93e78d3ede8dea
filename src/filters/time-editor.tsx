import { type FormEvent, useState } from 'react'
import type { TraceQuery } from '../domain/query/trace-query.ts'
import { setPreferences, usePreferences } from '../state/preferences.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icons/icons.tsx'
import { Switch } from '../ui/switch.tsx'
import { withoutTime } from './filter-chips.ts'
import { fieldOfTime, TIME_PRESETS, timeOfField, withBounds, withLast } from './time-presets.ts'
import { type LeaveSlot, useLeave } from './use-leave.ts'

const FIELD = 'h-control w-full rounded-1 border border-border-control bg-surface-1 px-1.5 text-data'

/** The time of the turns: the last stretch, or between two moments. */
export function TimeEditor({
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
  const { utc } = usePreferences()
  const [from, setFrom] = useState(() => fieldOfTime(query.from, utc))
  const [to, setTo] = useState(() => fieldOfTime(query.to, utc))
  const start = timeOfField(from, utc)
  const end = timeOfField(to, utc)
  const backwards = start !== undefined && end !== undefined && start >= end

  const choose = (next: TraceQuery) => {
    // What was typed beside it gives way.
    leave.current = undefined
    onChange(next)
    onDone()
  }
  const edited = from !== fieldOfTime(query.from, utc) || to !== fieldOfTime(query.to, utc)
  useLeave(leave, () => {
    if (!edited) return undefined
    if (backwards) return 'Time: the end is not after the start, so the time range stays as it was.'
    onChange(withBounds(query, start, end))
    return undefined
  })
  const apply = (event: FormEvent) => {
    event.preventDefault()
    if (!backwards) onDone()
  }
  const all = query.last === undefined && query.from === undefined && query.to === undefined

  return (
    <div className="grid w-[400px] max-w-full grid-cols-[140px_minmax(0,1fr)]">
      <div className="border-r border-border-1 py-1">
        <Preset label="All time" chosen={all} onChoose={() => choose(withoutTime(query))} />
        {TIME_PRESETS.map(({ label, last }) => (
          <Preset
            key={last}
            label={label}
            chosen={query.last === last}
            onChoose={() => choose(withLast(query, last))}
          />
        ))}
      </div>
      <form onSubmit={apply} className="grid content-start gap-2 p-3 text-data text-text-2">
        <label className="grid gap-1">
          From
          <input
            type="datetime-local"
            step={1}
            value={from}
            onChange={(event) => setFrom(event.target.value)}
            className={FIELD}
          />
        </label>
        <label className="grid gap-1">
          To
          <input
            type="datetime-local"
            step={1}
            value={to}
            onChange={(event) => setTo(event.target.value)}
            className={FIELD}
          />
        </label>
        {backwards && (
          <p role="alert" className="text-label text-error">
            The end is not after the start.
          </p>
        )}
        <div className="flex items-center justify-between pt-1">
          <Switch
            checked={utc}
            onChange={(on) => {
              setPreferences({ utc: on })
              setFrom(fieldOfTime(start, on))
              setTo(fieldOfTime(end, on))
            }}
          >
            UTC
          </Switch>
          <Button
            type="submit"
            variant="primary"
            disabled={backwards || (start === undefined && end === undefined)}
          >
            Apply
          </Button>
        </div>
      </form>
    </div>
  )
}

function Preset({
  label,
  chosen,
  onChoose,
}: {
  readonly label: string
  readonly chosen: boolean
  readonly onChoose: () => void
}) {
  return (
    <button
      type="button"
      aria-pressed={chosen}
      {...(chosen && { 'data-autofocus': true })}
      onClick={onChoose}
      className="flex h-row-table w-full items-center gap-2 px-3 text-left text-data hover:bg-surface-3 focus-visible:-outline-offset-2"
    >
      <span className="w-3 text-accent">{chosen && <Icon name="ok" size="small" />}</span>
      {label}
    </button>
  )
}

import { type DurationMicros, type Micros, micros } from '../domain/model/units.ts'
import type { TraceQuery } from '../domain/query/trace-query.ts'
import { withoutTime } from './filter-chips.ts'

const MINUTE = 60e6
const HOUR = 3_600e6
const DAY = 86_400e6

/** Stretches back from now. */
export const TIME_PRESETS: readonly { readonly label: string; readonly last: DurationMicros }[] = (
  [
    ['15 min', 15 * MINUTE],
    ['1 hour', HOUR],
    ['6 hours', 6 * HOUR],
    ['24 hours', DAY],
    ['7 days', 7 * DAY],
    ['30 days', 30 * DAY],
    ['90 days', 90 * DAY],
  ] as const
).map(([words, last]) => ({ label: `Last ${words}`, last: last as DurationMicros }))

/** The query over the last stretch of time. */
export const withLast = (query: TraceQuery, last: DurationMicros): TraceQuery => ({
  ...withoutTime(query),
  last,
})

/** The query between two moments, either of which may be open. */
export const withBounds = (
  query: TraceQuery,
  from: Micros | undefined,
  to: Micros | undefined,
): TraceQuery => ({
  ...withoutTime(query),
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
})

const pad = (value: number, width = 2) => String(value).padStart(width, '0')

/** A moment as an `<input type="datetime-local">` writes it, in the zone shown. */
export function fieldOfTime(us: Micros | undefined, utc: boolean): string {
  if (us === undefined) return ''
  const shifted = new Date(us / 1000 - (utc ? 0 : new Date(us / 1000).getTimezoneOffset() * 60_000))
  const day = `${pad(shifted.getUTCFullYear(), 4)}-${pad(shifted.getUTCMonth() + 1)}-${pad(shifted.getUTCDate())}`
  return `${day}T${pad(shifted.getUTCHours())}:${pad(shifted.getUTCMinutes())}:${pad(shifted.getUTCSeconds())}`
}

/** What such a field says; undefined while it is empty or half typed. */
export function timeOfField(text: string, utc: boolean): Micros | undefined {
  if (text === '') return undefined
  const millis = Date.parse(utc ? `${text}Z` : text)
  return Number.isNaN(millis) ? undefined : micros(millis * 1000)
}

import {
  EVERYTHING,
  FILTER_FIELDS,
  type FilterCondition,
  type FilterField,
  type TraceQuery,
} from '../domain/query/trace-query.ts'
import { dayText, sameDay, shortTime } from '../ui/text/format.ts'
import { FIELD_WORDS, NUMBER_UNITS, operatorWords, typedNumber } from './field-words.ts'

/** One chip of the filter bar: it reads as a sentence of field, operator and value. */
export interface Chip {
  readonly id: string
  readonly about: { readonly field: FilterField } | 'time'
  readonly label: string
  readonly operator: string
  readonly value: string
  /** Every value, for the title. */
  readonly whole: string
  /** The query without what the chip says. */
  readonly without: TraceQuery
}

const SHOWN_VALUES = 2

const shownValue = (field: FilterField, value: string): string => {
  if (FILTER_FIELDS[field] !== 'number') return value
  if (field === 'cost') return `$${value}`
  const unit = NUMBER_UNITS[field]?.unit
  return unit ? `${typedNumber(field, value)} ${unit}` : typedNumber(field, value)
}

const listed = (values: readonly string[], shown: number): string =>
  values.length <= shown
    ? values.join(', ')
    : `${values.slice(0, shown).join(', ')}, +${values.length - shown}`

const isBound = ({ operator }: FilterCondition) => operator === 'min' || operator === 'max'

/** The query without the given conditions. */
const withoutConditions = (query: TraceQuery, gone: readonly FilterCondition[]): TraceQuery => ({
  ...query,
  conditions: query.conditions.filter((condition) => !gone.includes(condition)),
})

/** The query with a field's conditions replaced; empty lists of values are left out. */
export const withConditions = (
  query: TraceQuery,
  replaced: readonly FilterCondition[],
  conditions: readonly FilterCondition[],
): TraceQuery => ({
  ...query,
  conditions: [
    ...query.conditions.filter((condition) => !replaced.includes(condition)),
    ...conditions.filter(({ values }) => values.length > 0),
  ],
})

/** The query over all time. */
export function withoutTime(query: TraceQuery): TraceQuery {
  const { from: _from, to: _to, last: _last, ...rest } = query
  return rest
}

/** A query's time in words: `last 24 hours`, `09:30 – now`, `20 Nov 09:30 – 14:03`; undefined for all time. */
export function timeWords(query: TraceQuery, utc: boolean, nowUs: number): string | undefined {
  if (query.last !== undefined) return `last ${lastWords(query.last)}`
  const { from, to } = query
  if (from === undefined && to === undefined) return undefined
  const year = new Date(nowUs / 1000).getFullYear()
  const moment = (us: number, beside: number | undefined) =>
    beside !== undefined && sameDay(us, beside, utc)
      ? shortTime(us, utc)
      : `${dayText(us, utc, year)} ${shortTime(us, utc)}`
  if (from === undefined) return `until ${moment(to as number, nowUs)}`
  if (to === undefined) return `${moment(from, nowUs)} – now`
  const start = moment(from, sameDay(to, nowUs, utc) ? nowUs : undefined)
  return `${start} – ${moment(to, from)}`
}

const LENGTHS = [
  { unit: 'day', us: 86_400e6 },
  { unit: 'hour', us: 3_600e6 },
  { unit: 'minute', us: 60e6 },
] as const

/** `24 hours`, `7 days`, `hour`; a day is 24 hours. */
function lastWords(us: number): string {
  if (us === 86_400e6) return '24 hours'
  const fitting = LENGTHS.find((length) => us % length.us === 0) ?? LENGTHS[2]
  const count = Math.round(us / fitting.us)
  return count === 1 ? fitting.unit : `${count} ${fitting.unit}s`
}

/**
 * The chips of a query, in its order, time first after the chatbot. The kind has a switch of its own and is
 * a chip only where it says something else. Bounds of one number share a chip.
 */
export function chipsOf(query: TraceQuery, utc: boolean, nowUs: number): readonly Chip[] {
  const chips: Chip[] = []
  const done = new Set<FilterCondition>()
  for (const condition of query.conditions) {
    if (done.has(condition)) continue
    const { field, operator, values } = condition
    if (field === 'kind' && operator === 'is' && values[0] === 'any') continue
    const bounds = isBound(condition)
      ? query.conditions.filter((other) => other.field === field && isBound(other))
      : [condition]
    for (const one of bounds) done.add(one)
    const shown = values.map((value) => shownValue(field, value))
    const [low, high] = (['min', 'max'] as const).map(
      (side) => bounds.find((one) => one.operator === side)?.values[0],
    )
    const between = low !== undefined && high !== undefined
    chips.push({
      id: `${field}.${isBound(condition) ? 'bounds' : operator}`,
      about: { field },
      label: FIELD_WORDS[field],
      operator: between ? 'from' : operatorWords(field, operator, values.length),
      value: between
        ? `${typedNumber(field, low)} to ${shownValue(field, high)}`
        : listed(shown, SHOWN_VALUES),
      whole: between ? `${shownValue(field, low)} to ${shownValue(field, high)}` : shown.join(', '),
      without: withoutConditions(query, bounds),
    })
  }
  const time = timeWords(query, utc, nowUs)
  if (time !== undefined) {
    const at = chips.findIndex(({ about }) => about !== 'time' && about.field !== 'chatbot')
    chips.splice(at < 0 ? chips.length : at, 0, {
      id: 'time',
      about: 'time',
      label: 'Time',
      operator: 'is',
      value: time,
      whole: time,
      without: withoutTime(query),
    })
  }
  return chips
}

/** Whether a query narrows what is listed beyond the default. */
export const isNarrowed = (query: TraceQuery): boolean =>
  query.conditions.some(({ field, values }) => !(field === 'kind' && values[0] === 'any')) ||
  query.attributes !== undefined ||
  query.text !== undefined ||
  query.from !== undefined ||
  query.to !== undefined ||
  query.last !== undefined

/** The same order and kinds, nothing else. */
export const widened = (query: TraceQuery): TraceQuery => ({
  ...EVERYTHING,
  conditions: query.conditions.filter(({ field, values }) => field === 'kind' && values[0] === 'any'),
  sort: query.sort,
})

const ALL_KINDS: FilterCondition = { field: 'kind', operator: 'is', values: ['any'] }

/** Whether housekeeping and training are listed too. */
export const showsAllKinds = ({ conditions }: TraceQuery): boolean =>
  conditions.some(
    ({ field, operator, values }) => field === 'kind' && operator === 'is' && values.includes('any'),
  )

/** The query with housekeeping and training, or without. */
export const withAllKinds = (query: TraceQuery, all: boolean): TraceQuery => ({
  ...query,
  conditions: [...query.conditions.filter(({ field }) => field !== 'kind'), ...(all ? [ALL_KINDS] : [])],
})

/** A query for what the default hides. */
export const hiddenKinds = (query: TraceQuery): TraceQuery => ({
  ...query,
  conditions: [
    ...query.conditions.filter(({ field }) => field !== 'kind'),
    { field: 'kind', operator: 'is', values: ['training', 'housekeeping'] },
  ],
})

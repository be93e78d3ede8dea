import type { Measured, MetricName, Metrics } from './trace.ts'
import { type DurationMicros, type Micros, millisFromMicros } from './units.ts'

/** A number as it reads, its unit apart so that a view can set it back. */
export interface Quantity {
  readonly value: string
  readonly unit: string
}

const NOTHING = '—'
const LOCALE = 'en-US'
const SECOND = 1e6

const decimals = new Map<number, Intl.NumberFormat>()
/** Thousands separated, exactly so many digits after the point. */
function fixed(value: number, digits: number): string {
  let format = decimals.get(digits)
  if (format === undefined) {
    format = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: digits, maximumFractionDigits: digits })
    decimals.set(digits, format)
  }
  return format.format(value)
}

/** Three significant digits, integers whole: 6.21, 12.4, 318. */
const threeDigits = (value: number) => fixed(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0)
const twoPlaces = (value: number) => String(value).padStart(2, '0')

/** A length below its bound reads in this unit. The bounds are where rounding would reach the next unit. */
const DURATION_UNITS: readonly { below: number; read: (micros: number) => Quantity }[] = [
  { below: 1, read: () => ({ value: '0', unit: 'ms' }) },
  { below: 1e3, read: (length) => ({ value: fixed(length, 0), unit: 'µs' }) },
  { below: 999_500, read: (length) => ({ value: threeDigits(length / 1e3), unit: 'ms' }) },
  { below: 59.95 * SECOND, read: (length) => ({ value: threeDigits(length / SECOND), unit: 's' }) },
  { below: 3599.5 * SECOND, read: (length) => ({ value: minutes(length), unit: 'min' }) },
  { below: Number.POSITIVE_INFINITY, read: (length) => ({ value: hours(length), unit: 'h' }) },
]

function minutes(length: number): string {
  const seconds = Math.round(length / SECOND)
  return `${Math.floor(seconds / 60)}:${twoPlaces(seconds % 60)}`
}
function hours(length: number): string {
  const whole = Math.round(length / SECOND / 60)
  return `${fixed(Math.floor(whole / 60), 0)}:${twoPlaces(whole % 60)}`
}

/** A length in the unit that suits it: `318 ms`, `6.21 s`, `2:05 min` (minutes:seconds), `1:30 h`. */
export function presentDuration(length: DurationMicros): Quantity {
  if (!Number.isFinite(length)) return { value: NOTHING, unit: '' }
  const size = Math.abs(length)
  const read = DURATION_UNITS.find(({ below }) => size < below)?.read
  const { value, unit } = read?.(size) ?? { value: NOTHING, unit: '' }
  return { value: length < 0 && size >= 1 ? `−${value}` : value, unit }
}

/** `presentDuration` as one text. */
export function durationText(length: DurationMicros): string {
  const { value, unit } = presentDuration(length)
  return unit === '' ? value : `${value} ${unit}`
}

/** Seconds with two digits, for columns that keep one unit: `12.40`. */
export const secondsText = (length: DurationMicros): string => fixed(length / SECOND, 2)

/** How far a moment lies after (or before) another: `+1.97 s`, `−12.0 ms`. */
export const offsetText = (offset: DurationMicros): string =>
  offset < 0 ? durationText(offset) : `+${durationText(offset)}`

/** Thousands separated: `12,480`. */
export const countText = (count: number): string => fixed(count, 0)

const compact = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumSignificantDigits: 3 })
/** Three digits and a magnitude, for narrow places: `950`, `11.6 K`, `2.2 M`. */
export const compactText = (count: number): string => compact.format(count).replace(/(?=[A-Z])/, ' ')

const smallCost = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 2 })
/** US dollars: `$18.42`, below one dollar `$0.0214`, below that as many digits as show something. */
export function costText(dollars: number): string {
  const size = Math.abs(dollars)
  const sign = dollars < 0 ? '−' : ''
  if (size === 0) return '$0'
  if (size < 0.00095) return `${sign}$${smallCost.format(size)}`
  return `${sign}$${fixed(size, size < 0.99995 ? 4 : 2)}`
}

/** A share of one: `4.1 %`, `48 %`; a share that is not all or nothing never reads as such. */
export function shareText(share: number): string {
  const percent = share * 100
  if (percent > 0 && percent < 0.05) return '< 0.1 %'
  if (percent > 99.5 && percent < 100) return '> 99 %'
  const digits = percent === 0 || percent >= 9.95 ? 0 : 1
  return `${fixed(percent, digits)} %`
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const
/** Decimal units, three digits: `512 B`, `4.12 kB`, `84.0 MB`. */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 ? fixed(value, 0) : threeDigits(value)} ${BYTE_UNITS[unit]}`
}

/** How a metric reads, and why it reads so. */
export interface PresentedMetric extends Quantity {
  readonly state: 'known' | 'unmeasured' | 'not-applicable'
  /** It covers only some of the calls. */
  readonly partial: boolean
  /** The recorder estimated it. */
  readonly estimated: boolean
  /** In words, for what is not simply known; absent otherwise. */
  readonly reason?: string
}

const METRIC_TEXT: Record<MetricName, (value: number) => Quantity> = {
  llmTurns: (value) => ({ value: countText(value), unit: '' }),
  toolCalls: (value) => ({ value: countText(value), unit: '' }),
  inputTokens: (value) => ({ value: countText(value), unit: '' }),
  cachedTokens: (value) => ({ value: countText(value), unit: '' }),
  outputTokens: (value) => ({ value: countText(value), unit: '' }),
  reasoningTokens: (value) => ({ value: countText(value), unit: '' }),
  totalTokens: (value) => ({ value: countText(value), unit: '' }),
  cost: (value) => ({ value: costText(value), unit: '' }),
  timeToFirstToken: (value) => presentDuration(value as DurationMicros),
}

/** One metric of a turn: a number (0 among them), or `—` with the reason. */
export function presentMetric(metrics: Metrics, name: MetricName): PresentedMetric {
  const measured: Measured | undefined = metrics[name]
  const partial = metrics.partial?.includes(name) ?? false
  const estimated = metrics.estimated?.includes(name) ?? false
  if (measured === undefined || measured === null) {
    const applies = measured === null
    return {
      value: NOTHING,
      unit: '',
      state: applies ? 'unmeasured' : 'not-applicable',
      partial,
      estimated: false,
      reason: applies ? 'not measured' : 'does not apply',
    }
  }
  const reasons = [partial && 'partial: only some of the calls were measured', estimated && 'estimated']
  const reason = reasons.filter((one) => one !== false).join('; ')
  const text = METRIC_TEXT[name](measured)
  return { ...text, state: 'known', partial, estimated, ...(reason !== '' && { reason }) }
}

/** A measured number without its turn's metrics, `—` where it is unknown: for sums of sessions and models. */
export const measuredText = (measured: Measured | undefined, read: (value: number) => string): string =>
  measured === undefined || measured === null ? NOTHING : read(measured)

/** `local` = the reader's zone; `UTC`, or any other IANA name. */
export type Zone = 'local' | 'UTC' | (string & {})

const TIME_STYLES = {
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  shortClock: { hour: '2-digit', minute: '2-digit' },
  preciseClock: { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
  day: { day: 'numeric', month: 'short' },
  dayOfYear: { day: 'numeric', month: 'short', year: 'numeric' },
  zone: { timeZoneName: 'shortOffset' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>
type TimeStyle = keyof typeof TIME_STYLES

const formatters = new Map<string, Intl.DateTimeFormat>()
function formatterOf(style: TimeStyle, zone: Zone): Intl.DateTimeFormat {
  const key = `${style} ${zone}`
  let formatter = formatters.get(key)
  if (formatter === undefined) {
    const timeZone = zone === 'local' ? {} : { timeZone: zone }
    formatter = new Intl.DateTimeFormat('en-GB', { ...TIME_STYLES[style], ...timeZone, hourCycle: 'h23' })
    formatters.set(key, formatter)
  }
  return formatter
}

/** The years that JavaScript's clock can say; a recording may claim any. */
const LAST_MILLIS = 8.64e15
function say(style: TimeStyle, time: Micros, zone: Zone): string {
  const millis = Math.floor(millisFromMicros(time))
  return Math.abs(millis) <= LAST_MILLIS ? formatterOf(style, zone).format(millis) : NOTHING
}

/** `14:02:03` */
export const clockText = (time: Micros, zone: Zone = 'local'): string => say('clock', time, zone)

/** `20 Nov 2026, 14:02:03.118` */
export const timeText = (time: Micros, zone: Zone = 'local'): string =>
  `${say('dayOfYear', time, zone)}, ${say('preciseClock', time, zone)}`

/** `20 Nov 2026` */
export const dayText = (time: Micros, zone: Zone = 'local'): string => say('dayOfYear', time, zone)

/** As short as today allows: `14:02:03`, `19 Nov 14:00`, `19 Nov 2025`. */
export function momentText(time: Micros, now: Micros, zone: Zone = 'local'): string {
  const day = say('dayOfYear', time, zone)
  const today = say('dayOfYear', now, zone)
  if (day === today) return clockText(time, zone)
  if (day.slice(-4) !== today.slice(-4)) return day
  return `${say('day', time, zone)} ${say('shortClock', time, zone)}`
}

/** The zone's offset at a moment, as shown beside times: `UTC`, `GMT+2`. */
export function zoneText(time: Micros, zone: Zone = 'local'): string {
  const millis = Math.floor(millisFromMicros(time))
  if (Math.abs(millis) > LAST_MILLIS) return NOTHING
  const parts = formatterOf('zone', zone).formatToParts(millis)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  return zone === 'UTC' ? 'UTC' : name
}

const AGES: readonly { below: number; unit: string; size: number }[] = [
  { below: 60, unit: 's', size: 1 },
  { below: 3600, unit: 'min', size: 60 },
  { below: 86_400, unit: 'h', size: 3600 },
  { below: Number.POSITIVE_INFINITY, unit: 'd', size: 86_400 },
]

/** How long ago: `now`, `40 s ago`, `1 min ago`, `5 h ago`, `3 d ago`; ahead of now `in 2 min`. */
export function relativeText(time: Micros, now: Micros): string {
  const seconds = (now - time) / SECOND
  const size = Math.abs(seconds)
  if (!(size >= 1)) return 'now'
  const age = AGES.find(({ below }) => size < below)
  if (age === undefined) return NOTHING
  const amount = `${countText(Math.floor(size / age.size))} ${age.unit}`
  return seconds > 0 ? `${amount} ago` : `in ${amount}`
}

import type { Micros } from './units.ts'

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:([Zz])|([+\- ])(\d{2})(?::?(\d{2}))?)$/

/**
 * Reads ISO 8601 with an offset, to the microsecond (finer digits are dropped); null for anything else,
 * a day or hour that does not exist among it. A space is read as the offset's `+`, which is what a query
 * string makes of a plus sign that was not percent-encoded.
 */
export function parseIsoTime(text: string): Micros | null {
  const match = ISO.exec(text)
  if (match === null) return null
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second = '0',
    fraction = '',
    ,
    sign,
    offHour = '0',
    offMinute = '0',
  ] = match
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null
  if (Number(offHour) > 23 || Number(offMinute) > 59) return null
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return null
  date.setUTCHours(Number(hour), Number(minute), Number(second))
  const offset = (Number(offHour) * 60 + Number(offMinute)) * 60_000 * (sign === '-' ? -1 : 1)
  const micros = Number(fraction.slice(0, 6).padEnd(6, '0'))
  return ((date.getTime() - offset) * 1000 + micros) as Micros
}

const MINUTE = 60_000
const twoDigits = (value: number): string => (value < 10 ? `0${value}` : String(value))
/** Times come in order, so most share their minute with the one before. */
const latest = { minute: Number.NaN, text: '' }

function minuteText(minute: number): string {
  if (minute !== latest.minute) {
    latest.text = new Date(minute * MINUTE).toISOString().slice(0, -'00.000Z'.length)
    latest.minute = minute
  }
  return latest.text
}

/** ISO 8601 in UTC, with as many fraction digits as the value needs: 0, 3 or 6. */
export function formatIsoTime(time: Micros): string {
  const millis = Math.floor(time / 1000)
  const micros = time - millis * 1000
  const minute = Math.floor(millis / MINUTE)
  const within = millis - minute * MINUTE
  const second = Math.floor(within / 1000)
  const fraction = within - second * 1000
  const whole = minuteText(minute) + twoDigits(second)
  if (micros !== 0) return `${whole}.${String(fraction * 1000 + micros).padStart(6, '0')}Z`
  return fraction === 0 ? `${whole}Z` : `${whole}.${String(fraction).padStart(3, '0')}Z`
}

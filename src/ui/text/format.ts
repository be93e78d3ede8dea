/** A number as text, and its unit where it has one. */
export interface Quantity {
  readonly value: string
  readonly unit: string
}

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** A count with its thousands grouped: `12,480`. */
export const formatCount = (count: number): string => grouped.format(count)

/** A duration in µs as seconds with two digits, so that a column reads as one: `3.41 s`. */
export function inSeconds(us: number): Quantity {
  const seconds = us / 1e6
  if (us !== 0 && Math.abs(seconds) < 0.005) return { value: seconds.toFixed(4), unit: 's' }
  return { value: Math.abs(seconds) >= 1000 ? formatCount(seconds) : seconds.toFixed(2), unit: 's' }
}

const SCALES = [
  { below: 1e3, per: 1, unit: 'µs', digits: 0 },
  { below: 1e5, per: 1e3, unit: 'ms', digits: 1 },
  { below: 999_500, per: 1e3, unit: 'ms', digits: 0 },
  { below: 60e6, per: 1e6, unit: 's', digits: 2 },
  { below: 3_600e6, per: 60e6, unit: 'min', digits: 1 },
  { below: Number.POSITIVE_INFINITY, per: 3_600e6, unit: 'h', digits: 1 },
] as const

/** A duration in µs in the unit that fits: `318 ms`, `6.21 s`. */
export function scaledDuration(us: number): Quantity {
  if (us === 0) return { value: '0', unit: 's' }
  const size = Math.abs(us)
  const { per, unit, digits } = SCALES.find(({ below }) => size < below) ?? SCALES[5]
  return { value: (us / per).toFixed(digits), unit }
}

/** The same as one text. */
export const durationText = (us: number): string => {
  const { value, unit } = scaledDuration(us)
  return `${value} ${unit}`
}

/** US dollars: four digits under a dollar, fewer above; `$0` is zero and `<$0.0001` is not. */
export function formatCost(usd: number): string {
  if (usd === 0) return '$0'
  if (usd > 0 && usd < 0.00005) return '<$0.0001'
  const digits = usd < 1 ? 4 : 2
  return `$${usd.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`
}

/** A share in per cent, so that small ones do not read as none: `7.0 %`, `<0.1 %`; of nothing `—`. */
export function shareText(part: number, whole: number): string {
  if (whole === 0) return '—'
  const share = (part / whole) * 100
  if (share > 0 && share < 0.1) return '<0.1 %'
  return `${share.toFixed(share < 10 ? 1 : 0)} %`
}

const pad = (value: number, width = 2) => String(value).padStart(width, '0')
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

interface Parts {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millis: number
}

/** What JavaScript's clock can say, ms; a recording may claim any time, and reads as the nearest of these. */
const LAST_MILLIS = 8.64e15

const parts = (us: number, utc: boolean): Parts => {
  const at = new Date(Math.max(-LAST_MILLIS, Math.min(LAST_MILLIS, us / 1000)))
  return utc
    ? {
        year: at.getUTCFullYear(),
        month: at.getUTCMonth(),
        day: at.getUTCDate(),
        hour: at.getUTCHours(),
        minute: at.getUTCMinutes(),
        second: at.getUTCSeconds(),
        millis: at.getUTCMilliseconds(),
      }
    : {
        year: at.getFullYear(),
        month: at.getMonth(),
        day: at.getDate(),
        hour: at.getHours(),
        minute: at.getMinutes(),
        second: at.getSeconds(),
        millis: at.getMilliseconds(),
      }
}

/** `14:02:03` */
export function clockTime(us: number, utc: boolean): string {
  const { hour, minute, second } = parts(us, utc)
  return `${pad(hour)}:${pad(minute)}:${pad(second)}`
}

/** `14:02` */
export function shortTime(us: number, utc: boolean): string {
  const { hour, minute } = parts(us, utc)
  return `${pad(hour)}:${pad(minute)}`
}

/** `20 Nov`, with the year where it is not the given one. */
export function dayText(us: number, utc: boolean, thisYear: number | undefined = undefined): string {
  const { year, month, day } = parts(us, utc)
  return `${day} ${MONTHS[month]}${year === thisYear ? '' : ` ${year}`}`
}

/** `20 Nov 2026, 14:02:03.118`, and `UTC` where it is. */
export function fullTime(us: number, utc: boolean): string {
  return `${dayText(us, utc)}, ${clockTime(us, utc)}.${pad(parts(us, utc).millis, 3)}${utc ? ' UTC' : ''}`
}

/** Whether two moments are on one day. */
export const sameDay = (a: number, b: number, utc: boolean): boolean => dayText(a, utc) === dayText(b, utc)

const AGES = [
  { below: 60, per: 1, unit: 's' },
  { below: 3_600, per: 60, unit: 'min' },
  { below: 86_400, per: 3_600, unit: 'h' },
  { below: Number.POSITIVE_INFINITY, per: 86_400, unit: 'd' },
] as const

/** How long ago a moment was: `1 min ago`, `just now`. */
export function ageText(us: number, nowUs: number): string {
  const seconds = Math.floor((nowUs - us) / 1e6)
  if (seconds < 2) return 'just now'
  const { per, unit } = AGES.find(({ below }) => seconds < below) ?? AGES[3]
  return `${formatCount(Math.floor(seconds / per))} ${unit} ago`
}

/** A version as one says it: `v12`; names of files and the like stand as they are. */
export const versionText = (version: string): string =>
  /^\d[\d.]{0,11}$/.test(version) ? `v${version}` : version

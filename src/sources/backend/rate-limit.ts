/** Longer than this no header is believed. */
const LONGEST_MS = 3_600_000
/** From here on a reset is a moment in seconds since the epoch, not a length. */
const EPOCH_SECONDS = 1_000_000_000

const bounded = (ms: number): number | undefined =>
  Number.isFinite(ms) && ms >= 0 ? Math.min(LONGEST_MS, Math.ceil(ms)) : undefined

/** `Retry-After`: seconds, or a date. In ms; undefined where it is absent or makes no sense. */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after')?.trim()
  if (!text) return undefined
  if (/^\d+(\.\d+)?$/.test(text)) return bounded(Number(text) * 1000)
  // A bare number, negative say, would be read as a year.
  const at = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : bounded(Math.max(0, at - now))
}

/**
 * How long a backend that says how much is left of its quota wants to be left alone, ms: where nothing is left,
 * until it is filled again.
 */
export function quotaWaitOf(headers: Headers, now: number): number | undefined {
  const read = (name: string) => headers.get(`x-ratelimit-${name}`) ?? headers.get(`ratelimit-${name}`)
  const left = read('remaining')
  const reset = read('reset')
  if (left === null || reset === null || Number(left) > 0 || !/^\d+(\.\d+)?$/.test(reset.trim()))
    return undefined
  const seconds = Number(reset)
  return bounded(seconds >= EPOCH_SECONDS ? Math.max(0, seconds * 1000 - now) : seconds * 1000)
}

import { microsFromMillis } from '../../domain/model/units.ts'
import type { RateLimit } from '../../domain/port/source-info.ts'

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

const said = (headers: Headers, name: string): string | null =>
  headers.get(`x-ratelimit-${name}`) ?? headers.get(`ratelimit-${name}`)

/** How long until a quota is filled again, ms: a length in seconds, a moment in seconds, or a date. */
function resetIn(text: string | null, now: number): number | undefined {
  const trimmed = text?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(trimmed)) {
    const seconds = Number(trimmed)
    return bounded(seconds >= EPOCH_SECONDS ? Math.max(0, seconds * 1000 - now) : seconds * 1000)
  }
  const at = /^\d{4}-\d\d-\d\dT/.test(trimmed) ? Date.parse(trimmed) : Number.NaN
  return Number.isNaN(at) ? undefined : bounded(Math.max(0, at - now))
}

/** What a backend says is left of its quota; undefined where it does not say. `now` in ms. */
export function quotaOf(headers: Headers, now: number): RateLimit | undefined {
  const left = said(headers, 'remaining')?.trim()
  if (left === undefined || !/^\d+$/.test(left)) return undefined
  const limit = said(headers, 'limit')?.trim() ?? ''
  const wait = resetIn(said(headers, 'reset'), now)
  return {
    remaining: Number(left),
    ...(/^\d+$/.test(limit) && { limit: Number(limit) }),
    ...(wait !== undefined && { resetAt: microsFromMillis(now + wait) }),
  }
}

/**
 * How long a backend that says how much is left of its quota wants to be left alone, ms: where nothing is left,
 * until it is filled again.
 */
export function quotaWaitOf(headers: Headers, now: number): number | undefined {
  const left = said(headers, 'remaining')
  return left === null || Number(left) > 0 ? undefined : resetIn(said(headers, 'reset'), now)
}

import type { SourceState } from '../domain/port/source-info.ts'
import { formatCount } from '../ui/text/format.ts'

const secondsUntil = (at: number, now: number): number => Math.max(1, Math.ceil((at / 1000 - now) / 1000))

/** What to say about a source behind its name: what it is, and how it was when it was last asked. `now` in ms. */
export function sourceDetail(about: string, state: SourceState | undefined, now = Date.now()): string {
  if (state === undefined) return about
  const { version, project, rateLimit, retryAt, reachable, lastError, services } = state
  const what = [
    version === undefined ? about : `${about} ${version}`,
    ...(project ? [`project ${project}`] : []),
  ]
  if (!reachable) return [...what, 'cannot be reached'].join(', ')
  if (retryAt !== undefined && retryAt / 1000 > now)
    return [...what, `asks to be left alone for ${secondsUntil(retryAt, now)} s`].join(', ')
  if (lastError !== undefined) return [...what, lastError].join(', ')
  if (services !== undefined) what.push(`${formatCount(services)} ${services === 1 ? 'service' : 'services'}`)
  if (rateLimit === undefined) return what.join(', ')
  const { remaining, limit } = rateLimit
  return [...what, `${remaining}${limit === undefined ? '' : ` of ${limit}`} calls left`].join(', ')
}

import type { Span } from '../../domain/model/span.ts'
import { type Micros, micros } from '../../domain/model/units.ts'
import { type ReadRow, rowOf, wholeRowOf } from '../backend/read-trace.ts'
import type { WindowRow } from '../walking/time-windows.ts'
import type { SearchPlan } from './pushed-filters.ts'

/** What Jaeger calls a service that has no name. */
const NO_SERVICE = 'missing-service-name'

/** A trace that a search found, and where in time its spans of each service began. */
export interface FoundRow {
  readonly read: ReadRow
  readonly starts: ReadonlyMap<string, readonly Micros[]>
}

/** When the spans of each service began. */
export function startsOf(spans: readonly Span[]): ReadonlyMap<string, readonly Micros[]> {
  const starts = new Map<string, Micros[]>()
  for (const { resource, startTime } of spans) {
    const said = resource['service.name']
    const service = typeof said === 'string' && said !== '' ? said : NO_SERVICE
    const known = starts.get(service)
    if (known) known.push(startTime)
    else starts.set(service, [startTime])
  }
  return starts
}

/** The newest start of what a plan's searches may have matched between two moments; undefined where nothing. */
export function seenIn(
  found: FoundRow,
  services: Iterable<string>,
  from: number,
  to: number,
): Micros | undefined {
  let newest = -1
  for (const service of services)
    for (const start of found.starts.get(service) ?? [])
      if (start >= from && start <= to && start > newest) newest = start
  return newest < 0 ? undefined : micros(newest)
}

/** As the walk takes it. A trace that the stretch of its own start shows needs no other moment. */
export function windowRowOf(
  found: FoundRow,
  { byEverySpan }: SearchPlan,
  services: ReadonlySet<string>,
  seenAt: Micros,
  now: Micros,
): WindowRow {
  const row = rowOf(found.read, now)
  const { startTime } = row.summary
  const shownAtStart =
    byEverySpan && [...services].some((service) => found.starts.get(service)?.includes(startTime))
  return { row, whole: wholeRowOf(found.read, now), ...(!shownAtStart && { seenAt }) }
}

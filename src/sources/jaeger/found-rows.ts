import type { Span } from '../../domain/model/span.ts'
import type { Micros } from '../../domain/model/units.ts'
import { NO_SERVICE } from '../../formats/jaeger/tags.ts'
import { type ReadRow, rowOf, wholeRowOf } from '../backend/read-trace.ts'
import type { WindowRow } from '../walking/time-windows.ts'
import type { SearchPlan } from './pushed-filters.ts'
import type { Search } from './query-api.ts'

/** A trace that a search found, and when those of its spans began that the search was for, the oldest first. */
export interface FoundRow {
  readonly read: ReadRow
  readonly shownAt: readonly Micros[]
}

export function serviceOf({ resource }: Span): string {
  const said = resource['service.name']
  return typeof said === 'string' && said !== '' ? said : NO_SERVICE
}

/** What a plan asks of the spans of one service. */
interface Wanted {
  all: boolean
  readonly operations: Set<string>
  readonly tags: Map<string, Set<string>>
}

function wantedBy(searches: readonly Search[]): ReadonlyMap<string, Wanted> {
  const services = new Map<string, Wanted>()
  for (const { service, operation, tag } of searches) {
    const wanted = services.get(service) ?? { all: false, operations: new Set(), tags: new Map() }
    services.set(service, wanted)
    if (tag !== undefined) wanted.tags.set(tag[0], (wanted.tags.get(tag[0]) ?? new Set()).add(tag[1]))
    else if (operation !== undefined) wanted.operations.add(operation)
    else wanted.all = true
  }
  return services
}

/** Storages look for tags in spans, their processes and their logs. */
const hasTag = ({ attributes, resource, events }: Span, tags: Wanted['tags']): boolean =>
  [attributes, resource, ...events.map((event) => event.attributes)].some((held) =>
    [...tags].some(([key, values]) => held[key] !== undefined && values.has(String(held[key]))),
  )

/** When those spans began that a plan's searches are for. */
export function shownBy(searches: readonly Search[]): (spans: readonly Span[]) => readonly Micros[] {
  const services = wantedBy(searches)
  return (spans) => {
    const own = spans.filter((span) => services.has(serviceOf(span)))
    const matching = own.filter((span) => {
      const { all, operations, tags } = services.get(serviceOf(span)) as Wanted
      return all || operations.has(span.name) || (tags.size > 0 && hasTag(span, tags))
    })
    // A storage may have rules of its own for tags: then any of them may be it.
    return (matching.length > 0 ? matching : own).map(({ startTime }) => startTime).sort((a, b) => a - b)
  }
}

/** The newest moment between two, both inclusive, at which a trace shows up; undefined where it does not. */
export const seenIn = ({ shownAt }: FoundRow, from: number, to: number): Micros | undefined =>
  shownAt.findLast((at) => at >= from && at <= to)

/** As the walk takes it, seen at a moment. A trace that the stretch of its own start shows needs no other moment. */
export function windowRowOf(found: FoundRow, { by }: SearchPlan, seenAt: Micros, now: Micros): WindowRow {
  const row = rowOf(found.read, now)
  const { startTime } = row.summary
  const shownAtStart = by !== 'tags' && found.shownAt.includes(startTime)
  const newest = found.shownAt.at(-1)
  return {
    row,
    whole: wholeRowOf(found.read, now),
    ...(!shownAtStart && { seenAt }),
    ...(newest !== undefined && newest < startTime && { shownBefore: newest }),
  }
}

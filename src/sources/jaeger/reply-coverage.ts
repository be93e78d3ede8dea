import { serviceOf } from './found-rows.ts'
import type { FoundTraces, Search } from './query-api.ts'

/** Cassandra reads so many rows of its index, a row a span, for each trace that is asked for: the newest ones. */
export const SPANS_A_TRACE = 3

/** What a reply says of the stretch that was asked about. */
export interface Coverage {
  /**
   * Everything that shows up from here on is in the reply, µs; the stretch's end where as many traces came as
   * were asked for: nobody says which ones were left out then.
   */
  readonly from: number
  /** How many spans the search may have found its traces by. */
  readonly matching: number
  /** Whether the reply holds a trace that a storage finds only if it reads more rows than those. */
  readonly readsOn: boolean
  /** From when on about a part of the traces show up that came, where more may have been left out; µs. */
  readonly likelyFrom?: number
  /** From when on none of them does. */
  readonly emptyFrom?: number
}

/** Where traces were left out, so much of those that came is likely to be less than is asked for. */
const PART = 4

/**
 * How much of a stretch from `from` to `to` (µs, both inclusive) a reply covers. A storage that reads so many
 * rows and no more has read the newest: what began after the oldest of them is whole.
 * @param isBounded whether the storage may be such a one
 */
export function coverageOf(
  { traces, limit }: FoundTraces,
  search: Search | undefined,
  from: number,
  to: number,
  isBounded: boolean,
): Coverage {
  const starts: number[] = []
  const newest: number[] = []
  for (const spans of traces.values()) {
    let last = Number.NEGATIVE_INFINITY
    for (const span of spans) {
      const { startTime } = span
      if (startTime < from || startTime > to || serviceOf(span) !== search?.service) continue
      starts.push(startTime)
      // Bounds are not everywhere inclusive: what stands on one may not be what the search found.
      if (startTime > from && startTime < to && startTime > last) last = startTime
    }
    if (Number.isFinite(last)) newest.push(last)
  }
  const matching = starts.length
  const rows = SPANS_A_TRACE * limit
  const isFull = traces.size >= limit
  const likely = isFull ? likelyIn(newest) : {}
  if (matching < rows) return { from: isFull ? to : from, matching, readsOn: false, ...likely }
  const sorted = Float64Array.from(starts).sort().reverse()
  const readsOn = isPlain(search) && isFoundBehind(sorted, rows, newest, to)
  if (isFull) return { from: to, matching, readsOn, ...likely }
  // Others may have begun in that same microsecond.
  return { from: isBounded && !readsOn ? (sorted[rows - 1] as number) + 1 : from, matching, readsOn }
}

function likelyIn(newest: number[]): Pick<Coverage, 'likelyFrom' | 'emptyFrom'> {
  newest.sort((a, b) => b - a)
  const [first, part] = [newest[0], newest[Math.floor(newest.length / PART)]]
  return first === undefined || part === undefined ? {} : { likelyFrom: part, emptyFrom: first + 1 }
}

/** A search for a name or a tag finds its traces by fewer spans than can be told from the reply. */
const isPlain = (search: Search | undefined): boolean =>
  search?.operation === undefined && search?.tag === undefined

/** Whether a trace is there of which nothing is among so many rows; spans of one moment may share a row. */
function isFoundBehind(sorted: Float64Array, rows: number, newest: readonly number[], to: number): boolean {
  let moments = 0
  let previous = to
  for (const start of sorted) {
    if (start === previous) continue
    previous = start
    if (++moments === rows) return newest.some((last) => last < start)
  }
  return false
}

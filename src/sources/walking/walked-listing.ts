import type { TraceSummary } from '../../domain/model/trace.ts'
import { type Micros, micros, type TraceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { Gap, Page, PageRequest } from '../../domain/port/trace-source.ts'
import { encodeCursor, type Listing, openListing } from '../../domain/query/cursor.ts'
import { compileQuery } from '../../domain/query/match.ts'
import { compareRows, isAfter, type Position, positionOf } from '../../domain/query/order.ts'
import { NEWEST_FIRST, type TraceQuery } from '../../domain/query/trace-query.ts'
import { checkLimit } from '../derived.ts'
import {
  readWindow,
  type Window,
  type WindowLimits,
  type WindowReply,
  type WindowRow,
  type WindowStep,
} from './time-windows.ts'
import { beganAt, WaitingRows } from './waiting-rows.ts'
import { heldOf, noteOf, placeOf, type Shown, type WalkPlace } from './walk-place.ts'

export interface WalkedListing {
  /** Names the source: a cursor of another one is refused. */
  readonly scope: string
  /**
   * Traces that show up in a stretch of time. They may come in any order, may be more than the query asks for
   * (everything is matched again), and may have begun before the stretch.
   */
  readonly read: (window: Window, query: TraceQuery, signal: AbortSignal) => Promise<WindowReply>
  /** Traces by id, those that are there; without it, a page that ends early looks again where they were seen. */
  readonly byIds?: (ids: readonly TraceId[], signal: AbortSignal) => Promise<readonly WindowRow[]>
  readonly limits: WindowLimits & {
    /** Calls for one page at most: what is found by then is given, with a cursor to go on from. */
    readonly calls: number
    /** How long a page may go on looking, ms: the same holds. At least one stretch is looked at. */
    readonly ms?: number
  }
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  /** From when on there may be traces, µs; the epoch where it is not known. */
  readonly earliest?: () => Micros
  /**
   * How long before it begins and after that a trace may show up, µs, where its beginning need not: so much is
   * looked at beyond the bounds of a query.
   */
  readonly around?: number
}

/** Clocks of backends may be ahead of ours, µs. */
const AHEAD = 3_600_000_000

/** Stands for a listing that has given nothing yet but has further to look. */
const BEFORE_ALL: Position = { key: Number.MAX_SAFE_INTEGER, id: 'none' as TraceId }

function openedListing(query: TraceQuery, cursor: string | undefined, now: Micros, scope: string): Listing {
  const { field, descending } = query.sort
  if (field !== NEWEST_FIRST.field || !descending) {
    throw new SourceError('unsupported', 'sort: this source gives newest first alone')
  }
  const listing = openListing(query, cursor, now, scope)
  if (!listing.ok) throw new SourceError('bad-request', `cursor: ${listing.problem}`)
  return listing.listing
}

const numbered = (count: number): string => `${count} ${count === 1 ? 'trace' : 'traces'}`

/** What a page found, and how far it looked. */
interface Looked {
  readonly edge: number
  readonly width: number
  /** Of the stretches that were read, in the end. */
  readonly narrowest: number
  readonly shown?: Shown
  readonly problems: readonly string[]
  readonly gaps: readonly Gap[]
  readonly stopped?: string
}

/** Looks back until there are rows for a page, or the calls are used up; adds what it finds to `waiting`. */
async function lookBack(
  walked: WalkedListing,
  query: TraceQuery,
  from: WalkPlace & { readonly floor: number; readonly wanted: number },
  waiting: WaitingRows,
  signal: AbortSignal,
): Promise<Looked> {
  const { limits } = walked
  const { floor, wanted, until = Number.POSITIVE_INFINITY } = from
  const problems: string[] = []
  const gaps: Gap[] = []
  let stopped: string | undefined
  let { edge } = from
  let { shown } = from
  let width = Math.min(from.width, limits.longestWidth)
  let narrowest = width
  const given = () => waiting.late.length + (edge > until ? 0 : waiting.ready(edge).length)
  const deadline = walked.clock() + (limits.ms ?? Number.POSITIVE_INFINITY)
  const mayGoOn = (calls: number) => calls < limits.calls && (calls === 0 || walked.clock() < deadline)
  for (let calls = 0; edge > floor && mayGoOn(calls) && given() < wanted; ) {
    let step: WindowStep
    try {
      const read = (window: Window) => walked.read(window, query, signal)
      step = await readWindow(read, { floor, edge, width }, limits, limits.calls - calls)
    } catch (error) {
      signal.throwIfAborted()
      // What was found is given; where the failure still stands, the next page meets it first.
      if (given() === 0 || !(error instanceof SourceError)) throw error
      stopped = error.message
      problems.push(stopped)
      break
    }
    waiting.add(step.rows)
    if (step.problem !== undefined) problems.push(step.problem)
    if (step.gap !== undefined) gaps.push(step.gap)
    if (step.shownFrom !== undefined && step.shownFrom < (shown?.at ?? Number.POSITIVE_INFINITY))
      shown = { at: step.shownFrom, id: '' }
    calls += step.calls
    // Where it did not get on, it says how much less to try.
    narrowest = Math.min(narrowest, step.edge < edge ? edge - step.edge : step.width)
    edge = step.edge
    width = step.width
  }
  signal.throwIfAborted()
  const said = [...problems, ...gaps.map(({ fact }) => fact)]
  return {
    edge,
    width,
    narrowest: Math.max(1, narrowest),
    problems: said,
    gaps,
    ...(shown && { shown }),
    ...(stopped !== undefined && { stopped }),
  }
}

/**
 * Where the next page goes on. A walk that begins at the edge comes across those again that begin below it, and
 * shows them there; the others it carries by id, or begins further up, where they showed up. `lost`: traces that
 * neither helps.
 */
function nextPlace(
  walked: WalkedListing,
  looked: Looked,
  given: readonly WindowRow[],
  waiting: WaitingRows,
): WalkPlace & { readonly lost: number } {
  const { edge, width, narrowest } = looked
  const shownAbove = waiting.rows.filter(({ seenAt }) => seenAt !== undefined)
  const carried = new Set(walked.byIds ? heldOf([...waiting.late, ...shownAbove]) : [])
  const isCarried = ({ row }: WindowRow) => carried.has(row.summary.traceId)
  const idsOf = (rows: readonly WindowRow[]) => rows.filter(isCarried).map(({ row }) => row.summary.traceId)
  const dropped = shownAbove.filter((found) => !isCarried(found))
  const left = waiting.ready(edge).filter(({ seenAt }) => seenAt === undefined)
  const late = waiting.late.filter((found) => !isCarried(found))
  let again = Math.max(
    edge,
    ...left.map((found) => beganAt(found) + 1),
    ...late.map(({ shownBefore = 0 }) => shownBefore + 1),
  )
  // Those that are left begin behind the last that is given or carried: nothing else is given before them.
  const lastLate = late.length > 0 ? (waiting.late.filter(isCarried).at(-1) ?? given.at(-1)) : undefined
  const shown =
    lastLate?.shownBefore === undefined
      ? looked.shown
      : { at: lastLate.shownBefore, id: lastLate.row.summary.traceId }
  // Going back for them where nothing was given would be going round in circles.
  if (given.length > 0) again = Math.max(again, ...dropped.map(({ seenAt = 0 }) => seenAt + 1))
  // Those that show up before they begin must have been seen again before anything older is given.
  const before = dropped.filter((found) => (found.seenAt ?? 0) < beganAt(found))
  const until = Math.min(...before.map(({ seenAt = 0 }) => seenAt))
  return {
    edge: again,
    // What was read in small pieces is read anew in such.
    width: again > edge ? narrowest : width,
    held: idsOf(shownAbove),
    late: idsOf(waiting.late),
    lost: given.length > 0 ? 0 : dropped.length,
    ...(shown && { shown }),
    ...(given.length > 0 && Number.isFinite(until) && { until }),
  }
}

/**
 * A complete, stable listing, newest first, over a backend that only says what it has between two moments. It
 * walks back in stretches of time that adapt to how much there is, matches every condition on what comes back,
 * and gives a trace only once everything that began after it has been seen.
 *
 * A trace that was found before its turn (it began before the stretch that showed it) is carried by its id where
 * the backend finds traces by id, else the next page begins to look where it showed up. One that is found only
 * after its turn (all that shows it is older than itself) is given then, before all older ones, and said to be.
 */
export async function walkListing(
  walked: WalkedListing,
  query: TraceQuery,
  page: PageRequest,
  signal: AbortSignal,
): Promise<Page<TraceSummary>> {
  signal.throwIfAborted()
  checkLimit(page.limit)
  const { scope, limits, clock, earliest, byIds, around = 0 } = walked
  const now = micros(clock() * 1000)
  const listing = openedListing(query, page.cursor, now, scope)
  const place = placeOf(listing.own)
  if (page.cursor !== undefined && place === null) {
    throw new SourceError('bad-request', 'cursor: the cursor is damaged')
  }
  const answers = compileQuery(listing.query, now)
  const follows = listing.after === undefined ? () => true : isAfter(NEWEST_FIRST, listing.after)
  const waiting = new WaitingRows(
    ({ row, whole }) => answers(whole ?? row),
    ({ row }) => follows(row.summary),
    place?.shown,
  )
  if (place && byIds) {
    if (place.held.length > 0) waiting.add(await byIds(place.held, signal))
    if (place.late.length > 0) waiting.addLate(await byIds(place.late, signal))
  }

  const { from: lower = 0, to: upper } = listing.query
  const floor = Math.max(earliest?.() ?? 0, lower - around, 0)
  const newestAt = now + AHEAD
  const top = place?.edge ?? Math.max(upper ?? newestAt, Math.min(newestAt, (upper ?? newestAt) + around))
  const begin: WalkPlace = place ?? { edge: top, width: limits.firstWidth, held: [], late: [] }
  const looked = await lookBack(
    walked,
    listing.query,
    { ...begin, floor, wanted: page.limit },
    waiting,
    signal,
  )

  const { edge, gaps, stopped } = looked
  const atEnd = edge <= floor
  const compare = compareRows(NEWEST_FIRST)
  const ready = atEnd ? waiting.rows : edge > (begin.until ?? edge) ? [] : waiting.ready(edge)
  const late = waiting.late.slice(0, page.limit)
  const inOrder = [...ready]
    .sort((a, b) => compare(a.row.summary, b.row.summary))
    .slice(0, page.limit - late.length)
  const given = [...late, ...inOrder]
  waiting.take(given)
  const items = given.map(({ row }) => row.summary)
  const complete = atEnd && waiting.rows.length === 0 && waiting.late.length === 0
  const from = complete
    ? (listing.query.from ?? Math.min(waiting.oldest, edge === 0 ? Number.MAX_VALUE : edge))
    : Math.max(edge, lower)
  const newest = Math.max(place === null ? (upper ?? now) : top, ...given.map(beganAt))
  const next = complete ? undefined : nextPlace(walked, looked, given, waiting)
  const problems = [
    ...looked.problems,
    ...(late.length > 0
      ? [
          `${numbered(late.length)} stood further up: what was searched for in them began long before they did`,
        ]
      : []),
    ...(next && next.lost > 0
      ? [`${numbered(next.lost)} that began long before they ended may be missing`]
      : []),
  ]
  const last = inOrder.at(-1)?.row.summary
  const after = last ? positionOf(NEWEST_FIRST, last) : (listing.after ?? BEFORE_ALL)
  return {
    items,
    scanned: {
      traces: waiting.looked.size,
      from: Number.isSafeInteger(from) ? micros(from) : null,
      to: micros(newest),
      complete,
    },
    ...(gaps.length > 0 && { gaps }),
    ...(stopped !== undefined && { stopped }),
    ...(problems.length > 0 && { problems }),
    ...(next && { nextCursor: encodeCursor({ ...listing, after, own: noteOf(next) }, scope) }),
  }
}

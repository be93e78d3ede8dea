import type { AttributeValue } from '../../domain/model/span.ts'
import type { TraceSummary } from '../../domain/model/trace.ts'
import { isPrintableId, type Micros, micros, type TraceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { Page, PageRequest } from '../../domain/port/trace-source.ts'
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
  }
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  /** From when on there may be traces, µs; the epoch where it is not known. */
  readonly earliest?: () => Micros
}

/** Clocks of backends may be ahead of ours, µs. */
const AHEAD = 3_600_000_000

/** Traces that a cursor carries by id, and how long they may be together: a cursor stands in an address. */
const MOST_HELD = 40
const MOST_HELD_BYTES = 1_600

/** Stands for a listing that has given nothing yet but has further to look. */
const BEFORE_ALL: Position = { key: Number.MAX_SAFE_INTEGER, id: 'none' as TraceId }

/** Where a walk stands: looked at down to `edge`, in stretches of `width` by now, with traces held by id. */
interface Reached {
  readonly edge: number
  readonly width: number
  readonly held: readonly TraceId[]
}

function reachedOf(own: AttributeValue | undefined): Reached | null {
  if (!Array.isArray(own)) return null
  const [edge, width, held = []] = own as readonly unknown[]
  const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
  if (!isSize(edge) || !isSize(width) || width < 1 || !Array.isArray(held)) return null
  if (held.length > MOST_HELD || !held.every((id) => typeof id === 'string' && isPrintableId(id))) return null
  return { edge, width, held: held as TraceId[] }
}

function openedListing(query: TraceQuery, cursor: string | undefined, now: Micros, scope: string): Listing {
  const { field, descending } = query.sort
  if (field !== NEWEST_FIRST.field || !descending) {
    throw new SourceError('unsupported', 'sort: this source gives newest first alone')
  }
  const listing = openListing(query, cursor, now, scope)
  if (!listing.ok) throw new SourceError('bad-request', `cursor: ${listing.problem}`)
  return listing.listing
}

const beganAt = ({ row }: WindowRow): number => row.summary.startTime

/** What waits for its turn: found, but something newer may not have been seen yet. */
class Waiting {
  readonly looked = new Set<TraceId>()
  /** The first start of all that was looked at. */
  oldest = Number.POSITIVE_INFINITY
  readonly #rows = new Map<TraceId, WindowRow>()
  readonly #wanted: (row: WindowRow) => boolean

  constructor(wanted: (row: WindowRow) => boolean) {
    this.#wanted = wanted
  }

  add(rows: readonly WindowRow[]): void {
    for (const found of rows) {
      const { traceId } = found.row.summary
      this.looked.add(traceId)
      this.oldest = Math.min(this.oldest, beganAt(found))
      // The later it was seen, the earlier a walk that begins anew comes across it.
      if (!this.#rows.has(traceId) && this.#wanted(found)) this.#rows.set(traceId, found)
    }
  }

  get rows(): readonly WindowRow[] {
    return [...this.#rows.values()]
  }

  ready(edge: number): readonly WindowRow[] {
    return this.rows.filter((found) => beganAt(found) >= edge)
  }

  take(rows: readonly WindowRow[]): void {
    for (const { row } of rows) this.#rows.delete(row.summary.traceId)
  }
}

/** Traces to carry by id: as many as an address bears. */
function heldOf(rows: readonly WindowRow[]): readonly TraceId[] {
  const held: TraceId[] = []
  let bytes = 0
  for (const { row } of rows) {
    const { traceId } = row.summary
    bytes += new TextEncoder().encode(traceId).length + 3
    if (held.length === MOST_HELD || bytes > MOST_HELD_BYTES) break
    held.push(traceId)
  }
  return held
}

/**
 * A complete, stable listing, newest first, over a backend that only says what it has between two moments. It
 * walks back in stretches of time that adapt to how much there is, matches every condition on what comes back,
 * and gives a trace only once everything that began after it has been seen.
 *
 * A trace that was found before its turn (it began before the stretch that showed it) is carried by its id where
 * the backend finds traces by id, else the next page begins to look where it showed up.
 */
export async function walkListing(
  walked: WalkedListing,
  query: TraceQuery,
  page: PageRequest,
  signal: AbortSignal,
): Promise<Page<TraceSummary>> {
  signal.throwIfAborted()
  checkLimit(page.limit)
  const { scope, limits, clock, earliest, byIds } = walked
  const now = micros(clock() * 1000)
  const listing = openedListing(query, page.cursor, now, scope)
  const reached = reachedOf(listing.own)
  if (page.cursor !== undefined && reached === null) {
    throw new SourceError('bad-request', 'cursor: the cursor is damaged')
  }
  const answers = compileQuery(listing.query, now)
  const follows = listing.after === undefined ? () => true : isAfter(NEWEST_FIRST, listing.after)
  const waiting = new Waiting(({ row, whole }) => follows(row.summary) && answers(whole ?? row))
  if (reached && reached.held.length > 0 && byIds) waiting.add(await byIds(reached.held, signal))

  const floor = listing.query.from ?? earliest?.() ?? 0
  const top = reached?.edge ?? listing.query.to ?? now + AHEAD
  const problems: string[] = []
  let edge = top
  let width = Math.min(reached?.width ?? limits.firstWidth, limits.longestWidth)
  for (let calls = 0; edge > floor && calls < limits.calls && waiting.ready(edge).length < page.limit; ) {
    let step: WindowStep
    try {
      const read = (window: Window) => walked.read(window, listing.query, signal)
      step = await readWindow(read, { floor, edge, width }, limits, limits.calls - calls)
    } catch (error) {
      signal.throwIfAborted()
      // What was found is given; where the failure still stands, the next page meets it first.
      if (waiting.ready(edge).length === 0 || !(error instanceof SourceError)) throw error
      problems.push(error.message)
      break
    }
    waiting.add(step.rows)
    if (step.problem !== undefined) problems.push(step.problem)
    calls += step.calls
    edge = step.edge
    width = step.width
  }
  signal.throwIfAborted()

  const atEnd = edge <= floor
  const compare = compareRows(NEWEST_FIRST)
  const given = [...(atEnd ? waiting.rows : waiting.ready(edge))]
    .sort((a, b) => compare(a.row.summary, b.row.summary))
    .slice(0, page.limit)
  waiting.take(given)
  const items = given.map(({ row }) => row.summary)
  const last = items.at(-1)
  const complete = atEnd && waiting.rows.length === 0
  const from = complete
    ? (listing.query.from ?? Math.min(waiting.oldest, edge === 0 ? Number.MAX_VALUE : edge))
    : edge
  const newest = reached === null ? Math.max(listing.query.to ?? now, ...given.map(beganAt)) : top
  const scanned = {
    traces: waiting.looked.size,
    from: Number.isSafeInteger(from) ? micros(from) : null,
    to: micros(newest),
    complete,
  }
  if (complete) return { items, scanned, ...(problems.length > 0 && { problems }) }

  // A walk that begins at the edge comes across those again that begin below it, and show it there.
  const shownAbove = waiting.rows.filter(({ seenAt }) => seenAt !== undefined)
  const held = byIds ? heldOf(shownAbove) : []
  const carried = new Set(held)
  const lost = shownAbove.filter(({ row }) => !carried.has(row.summary.traceId))
  const left = waiting.ready(edge).filter(({ seenAt }) => seenAt === undefined)
  let again = Math.max(edge, ...left.map((found) => beganAt(found) + 1))
  // Going back for them where nothing was given would be going round in circles.
  if (items.length > 0) again = Math.max(again, ...lost.map(({ seenAt = 0 }) => seenAt + 1))
  else if (lost.length > 0)
    problems.push(`${lost.length} traces that began long before they ended may be missing`)
  const own = held.length > 0 ? [again, width, held] : [again, width]
  const after = last ? positionOf(NEWEST_FIRST, last) : (listing.after ?? BEFORE_ALL)
  return {
    items,
    scanned,
    ...(problems.length > 0 && { problems }),
    nextCursor: encodeCursor({ ...listing, after, own }, scope),
  }
}

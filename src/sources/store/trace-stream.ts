import { freeze } from '../../domain/match.ts'
import { positionOf } from '../../domain/order.ts'
import type { Trace } from '../../domain/trace.ts'
import type { TraceQuery } from '../../domain/trace-query.ts'
import type { Micros } from '../../domain/units.ts'
import type { Run, Texts } from './connections.ts'
import { predicateOf } from './filters.ts'
import { afterPosition, orderBy } from './keyset.ts'
import { after } from './moments.ts'
import type { PageCache } from './page-cache.ts'
import { allOf, type Fragment, sql } from './sql.ts'
import { TRACE_AS_JSON, tracesOf } from './stored-trace.ts'

/** Rows of one batch, roughly. */
const TARGET = 2_000
/** A stretch of time that holds more is narrowed first. */
const MOST = 2 * TARGET
/**
 * Rows fetched at once where the order is not that of time. Each fetch reads the whole table's texts, so
 * there must be few of them; the first are small, so that the reader does not wait for them.
 */
const LARGEST = 25_000
const GROWTH = 5

/** Traces between looks at what the engine keeps of what was read. */
const TRIM_EVERY = 8 * TARGET

/** Beyond the year 2255 a number holds only every second microsecond. */
const LEAST_WIDTH = 2

/** How a stream asks: each question holds a connection for itself alone, so a stalled reader holds none. */
export interface Asking {
  readonly ask: Run
  readonly texts: (statement: Fragment) => Promise<Texts>
  readonly cache: PageCache
}

interface Streamed extends Asking {
  readonly query: TraceQuery
  readonly where: Fragment
  readonly source: string
  readonly now: Micros
}

/** Rows as `TRACE_AS_JSON`, in batches. */
type Batches = AsyncGenerator<readonly string[]>

/** Pages by position: for any order, and for moments that hold more than a batch. */
async function* byPosition({ texts, query, source, now }: Streamed, within: Fragment): Batches {
  const order = orderBy(query.sort)
  let rest = within
  for (let size = TARGET; ; size = Math.min(LARGEST, size * GROWTH)) {
    const reply = await texts(
      sql`SELECT ${TRACE_AS_JSON} FROM traces WHERE rowid IN (
            SELECT rowid FROM traces WHERE ${rest} ORDER BY ${order} LIMIT ${BigInt(size)})
          ORDER BY ${order}`,
    )
    let count = 0
    let final: readonly string[] = []
    for await (const batch of reply) {
      count += batch.length
      final = batch.slice(-1)
      yield batch
    }
    const [last] = tracesOf(final, source, now)
    if (count < size || last === undefined) return
    rest = allOf([within, afterPosition(query.sort, positionOf(query.sort, last))])
  }
}

/**
 * Walks along time in stretches that hold about one batch each, whatever the traffic was: a stretch is
 * counted first, which reads one narrow column of few row groups.
 */
async function* byTime(stream: Streamed): Batches {
  const { ask, texts, query, where } = stream
  const order = orderBy(query.sort)
  const { descending } = query.sort
  const [all] = await ask(
    sql`SELECT count(*) AS n, min(start_time) AS first, max(start_time) AS last FROM traces WHERE ${where}`,
  )
  const total = Number(all?.n ?? 0)
  if (total === 0) return
  const [first, end] = [Number(all?.first), after(Number(all?.last))]
  let width = Math.max(LEAST_WIDTH, Math.ceil(((end - first) * TARGET) / total))
  let edge = descending ? end : first
  while (descending ? edge > first : edge < end) {
    const from = descending ? Math.max(first, edge - width) : edge
    const to = descending ? edge : Math.min(end, edge + width)
    const within = sql`start_time >= ${BigInt(from)} AND start_time < ${BigInt(to)} AND ${where}`
    const [counted] = await ask(sql`SELECT count(*) AS n FROM traces WHERE ${within}`)
    const count = Number(counted?.n ?? 0)
    if (count > MOST && to - from > LEAST_WIDTH) {
      width = Math.max(LEAST_WIDTH, Math.floor(((to - from) * TARGET) / count))
      continue
    }
    if (count > MOST) yield* byPosition(stream, within)
    else if (count > 0) {
      const rows = await texts(sql`SELECT ${TRACE_AS_JSON} FROM traces WHERE ${within} ORDER BY ${order}`)
      for await (const batch of rows) yield batch
    }
    edge = descending ? from : to
    if (count > 0)
      width = Math.max(LEAST_WIDTH, Math.ceil(width * Math.min(4, Math.max(0.5, TARGET / count))))
    else {
      const skipped = await nearest(stream, edge)
      if (skipped === null) return
      edge = descending ? after(skipped) : skipped
      width *= 2
    }
  }
}

/** The next moment that holds a trace: leaps over nights and holidays. */
async function nearest({ ask, query, where }: Streamed, edge: number): Promise<number | null> {
  const [row] = query.sort.descending
    ? await ask(sql`SELECT max(start_time) AS t FROM traces WHERE start_time < ${BigInt(edge)} AND ${where}`)
    : await ask(sql`SELECT min(start_time) AS t FROM traces WHERE start_time >= ${BigInt(edge)} AND ${where}`)
  return typeof row?.t === 'number' ? row.t : null
}

/** Has the engine look for the next batch while this one is made use of: one ahead, never more. */
async function* oneAhead(batches: Batches): Batches {
  const begin = () => {
    const next = batches.next()
    // Awaited in its turn; until then a failure is not an unhandled one.
    next.catch(() => {})
    return next
  }
  try {
    for (let next = begin(); ; ) {
      const { done, value } = await next
      if (done) return
      next = begin()
      yield value
    }
  } finally {
    batches.return(undefined).catch(() => {})
  }
}

/** Whole turns in the query's order, in batches, at constant memory. */
export async function* streamTraces(
  asking: Asking,
  asked: TraceQuery,
  source: string,
  now: Micros,
  signal: AbortSignal,
): AsyncGenerator<readonly Trace[]> {
  const query = freeze(asked, now)
  const stream: Streamed = { ...asking, query, where: predicateOf(query, now), source, now }
  const batches = query.sort.field === 'startTime' ? byTime(stream) : byPosition(stream, stream.where)
  const pagesBefore = await asking.cache.pages(signal)
  let sinceTrim = 0
  for await (const texts of oneAhead(batches)) {
    sinceTrim += texts.length
    if (sinceTrim >= TRIM_EVERY) {
      sinceTrim = 0
      await asking.cache.trim(pagesBefore)
    }
    yield tracesOf(texts, source, now)
    signal.throwIfAborted()
  }
}

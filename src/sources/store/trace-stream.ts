import { freeze } from '../../domain/match.ts'
import { positionOf } from '../../domain/order.ts'
import type { Trace } from '../../domain/trace.ts'
import type { TraceQuery } from '../../domain/trace-query.ts'
import type { Micros } from '../../domain/units.ts'
import type { Reply, ResultRow, Run } from './connections.ts'
import { predicateOf } from './filters.ts'
import { afterPosition, orderBy } from './keyset.ts'
import { after } from './moments.ts'
import { allOf, type Fragment, sql } from './sql.ts'
import { TRACE_TEXT_COLUMNS, traceOf } from './stored-trace.ts'

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

/** Beyond the year 2255 a number holds only every second microsecond. */
const LEAST_WIDTH = 2

/** How a stream asks: each question holds a connection for itself alone, so a stalled reader holds none. */
export interface Asking {
  readonly ask: Run
  readonly answer: (statement: Fragment) => Promise<Reply>
}

interface Streamed extends Asking {
  readonly query: TraceQuery
  readonly where: Fragment
  readonly source: string
  readonly now: Micros
}

const tracesOf = (rows: readonly ResultRow[], { source, now }: Streamed): readonly Trace[] =>
  rows.map((row) => traceOf(row, source, now))

/** Pages by position: for any order, and for moments that hold more than a batch. */
async function* byPosition(stream: Streamed, within: Fragment) {
  const { answer, query } = stream
  const order = orderBy(query.sort)
  let rest = within
  for (let size = TARGET; ; size = Math.min(LARGEST, size * GROWTH)) {
    const reply = await answer(
      sql`SELECT ${TRACE_TEXT_COLUMNS} FROM traces WHERE rowid IN (
            SELECT rowid FROM traces WHERE ${rest} ORDER BY ${order} LIMIT ${BigInt(size)})
          ORDER BY ${order}`,
    )
    let count = 0
    let last: Trace | undefined
    for await (const rows of reply) {
      const traces = tracesOf(rows, stream)
      count += traces.length
      last = traces.at(-1) ?? last
      yield traces
    }
    if (count < size || last === undefined) return
    rest = allOf([within, afterPosition(query.sort, positionOf(query.sort, last))])
  }
}

/**
 * Walks along time in stretches that hold about one batch each, whatever the traffic was: a stretch is
 * counted first, which reads one narrow column of few row groups.
 */
async function* byTime(stream: Streamed) {
  const { ask, query, where } = stream
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
      yield tracesOf(
        await ask(sql`SELECT ${TRACE_TEXT_COLUMNS} FROM traces WHERE ${within} ORDER BY ${order}`),
        stream,
      )
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
  for await (const batch of batches) {
    yield batch
    signal.throwIfAborted()
  }
}

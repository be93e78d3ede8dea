import type { Trace } from '../../../domain/model/trace.ts'
import type { Micros, TraceId } from '../../../domain/model/units.ts'
import { SourceError } from '../../../domain/port/source-error.ts'
import { freeze } from '../../../domain/query/match.ts'
import { positionOf } from '../../../domain/query/order.ts'
import type { TraceQuery } from '../../../domain/query/trace-query.ts'
import type { Run, Texts } from '../engine/connections.ts'
import { predicateOf } from '../sql/filters.ts'
import { afterPosition, orderBy } from '../sql/keyset.ts'
import { after } from '../sql/moments.ts'
import { allOf, type Fragment, sql } from '../sql/sql.ts'
import type { PageCache } from './page-cache.ts'
import { summaryOfJson, TRACE_AS_JSON, tracesOf } from './stored-trace.ts'
import type { StreamShare } from './stream-share.ts'
import { readTrace } from './trace-page.ts'

/** Rows of one batch along time, at most, and characters of all streams' together: long rows come in fewer. */
const TARGET = 2_000
const TARGET_CHARACTERS = 4 * 1024 ** 2
/** Rows of the first batch: how long rows are is not known yet. */
const FIRST = 250
/** A stretch of time that holds more batches than this is narrowed first. */
const MOST = 2
/**
 * Rows fetched at once where the order is not that of time. Each fetch reads the whole table's texts, so
 * there must be few of them; the first are small, so that the reader does not wait for them.
 */
const LARGEST = 25_000
const LARGEST_CHARACTERS = 32 * 1024 ** 2
const GROWTH = 5

/** Characters between looks at what the engine keeps of what was read. */
const TRIM_EVERY = 12 * 1024 ** 2

/** How many rows are fetched at once, by how long rows have been of late. */
class BatchSize {
  rows = FIRST
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  /** Learns from a batch of `rows` rows how many fit into `allowed` characters; grows by steps, shrinks at once. */
  learn(rows: number, characters: number, allowed: number): void {
    if (rows === 0) return
    const fitting = Math.floor(allowed / Math.max(1, characters / rows))
    this.rows = Math.max(1, Math.min(this.#most, fitting, this.rows * GROWTH))
  }
}

/** Beyond the year 2255 a number holds only every second microsecond. */
const LEAST_WIDTH = 2

/** How a stream asks: each question holds a connection for itself alone, so a stalled reader holds none. */
export interface Asking {
  readonly ask: Run
  readonly texts: (statement: Fragment) => Promise<Texts>
  readonly cache: PageCache
  readonly share: StreamShare
}

interface Streamed extends Asking {
  /** A turn as it is now; undefined where it is gone. */
  readonly again: (id: TraceId) => Promise<Trace | undefined>
  readonly query: TraceQuery
  readonly where: Fragment
  /** Has the engine give back the pages that the streams had it read, where they are many. */
  readonly trim: () => Promise<void>
}

/** Rows as `TRACE_AS_JSON`, in batches. */
type Batches = AsyncGenerator<readonly string[]>

const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, { length }) => sum + length, 0)

/** Pages by position: for any order, and for moments that hold more than a batch. */
async function* byPosition({ texts, query, again, share, trim }: Streamed, within: Fragment): Batches {
  const order = orderBy(query.sort)
  const batch = new BatchSize(LARGEST)
  let rest = within
  for (;;) {
    const size = batch.rows
    const reply = await texts(
      sql`SELECT ${TRACE_AS_JSON} FROM traces WHERE rowid IN (
            SELECT rowid FROM traces WHERE ${rest} ORDER BY ${order} LIMIT ${BigInt(size)})
          ORDER BY ${order}`,
    )
    // Such a fetch reads much, and its reader may take nothing for long.
    await trim()
    let count = 0
    let characters = 0
    let final = ''
    for await (const rows of reply) {
      count += rows.length
      characters += lengthOf(rows)
      final = rows.at(-1) ?? ''
      yield rows
    }
    if (count < size) return
    const { traceId, summary } = summaryOfJson(final)
    const last = summary ?? (await again(traceId))
    if (last === undefined) return
    rest = allOf([within, afterPosition(query.sort, positionOf(query.sort, last))])
    batch.learn(count, characters, share.of(LARGEST_CHARACTERS))
  }
}

/**
 * Walks along time in stretches that hold about one batch each, whatever the traffic was: a stretch is
 * counted first, which reads one narrow column of few row groups.
 */
async function* byTime(stream: Streamed): Batches {
  const { ask, texts, query, where, share } = stream
  const order = orderBy(query.sort)
  const { descending } = query.sort
  const [all] = await ask(
    sql`SELECT count(*) AS n, min(start_time) AS first, max(start_time) AS last FROM traces WHERE ${where}`,
  )
  const total = Number(all?.n ?? 0)
  if (total === 0) return
  const [first, end] = [Number(all?.first), after(Number(all?.last))]
  const batch = new BatchSize(TARGET)
  let width = Math.max(LEAST_WIDTH, Math.ceil(((end - first) * batch.rows) / total))
  let edge = descending ? end : first
  while (descending ? edge > first : edge < end) {
    const from = descending ? Math.max(first, edge - width) : edge
    const to = descending ? edge : Math.min(end, edge + width)
    const within = sql`start_time >= ${BigInt(from)} AND start_time < ${BigInt(to)} AND ${where}`
    const [counted] = await ask(sql`SELECT count(*) AS n FROM traces WHERE ${within}`)
    const count = Number(counted?.n ?? 0)
    const isLarge = count > MOST * batch.rows
    if (isLarge && to - from > LEAST_WIDTH) {
      width = Math.max(LEAST_WIDTH, Math.floor(((to - from) * batch.rows) / count))
      continue
    }
    if (isLarge) yield* byPosition(stream, within)
    else if (count > 0) {
      let characters = 0
      const reply = await texts(sql`SELECT ${TRACE_AS_JSON} FROM traces WHERE ${within} ORDER BY ${order}`)
      for await (const rows of reply) {
        characters += lengthOf(rows)
        yield rows
      }
      batch.learn(count, characters, share.of(TARGET_CHARACTERS))
    }
    edge = descending ? from : to
    if (count > 0)
      width = Math.max(LEAST_WIDTH, Math.ceil(width * Math.min(8, Math.max(0.01, batch.rows / count))))
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

/**
 * Has the engine look for the next batch while this one is made use of: one ahead, never more, and none where
 * several streams run.
 */
async function* oneAhead(batches: Batches, share: StreamShare): Batches {
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
      if (share.isAlone) {
        next = begin()
        yield value
      } else {
        yield value
        next = begin()
      }
    }
  } finally {
    batches.return(undefined).catch(() => {})
  }
}

const goneAsUndefined = (error: unknown): undefined => {
  if (error instanceof SourceError && error.kind === 'not-found') return undefined
  throw error
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
  const again = (id: TraceId) => readTrace(asking.ask, id, source, now).catch(goneAsUndefined)
  const { share, cache } = asking
  const leave = share.enter()
  try {
    const pagesBefore = await share.pagesBefore(() => cache.pages(signal))
    const trim = () => cache.trim(pagesBefore)
    const where = await predicateOf(asking.ask, query, now)
    const stream: Streamed = { ...asking, query, where, again, trim }
    const batches = query.sort.field === 'startTime' ? byTime(stream) : byPosition(stream, stream.where)
    let sinceTrim = 0
    for await (const texts of oneAhead(batches, share)) {
      sinceTrim += lengthOf(texts)
      for await (const { traces, loaded } of tracesOf(asking.ask, texts, source, now, again)) {
        sinceTrim += loaded
        if (sinceTrim >= TRIM_EVERY) {
          sinceTrim = 0
          await trim()
        }
        yield traces
        signal.throwIfAborted()
      }
    }
  } finally {
    leave()
  }
}

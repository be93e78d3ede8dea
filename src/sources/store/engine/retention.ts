import type { DuckDBConnection } from '@duckdb/node-api'
import type { DurationMicros, Micros, TraceId } from '../../../domain/model/units.ts'
import { type IdRange, rangeOf } from '../columns/long-texts.ts'
import { type Fragment, sql } from '../sql/sql.ts'
import { runOn } from './connections.ts'
import { inTransaction } from './in-transaction.ts'

/** Traces deleted in one transaction: a short pause for what arrives. */
const AT_ONCE = 5_000
/** Where there are no more traces than this, how many of them go at once is not looked at. */
const FEW = 1_000
/** One run deletes no larger share of the traces, nor of the log records, unless that is confirmed. */
const MOST = 0.5

export interface RetentionOptions {
  /** The writer's, another one after the engine was opened again. */
  readonly connection: DuckDBConnection
  readonly retention: DurationMicros
  /** Deletes however much is older. */
  readonly confirmed: boolean
  readonly now: () => Micros
  /** Runs with the writer to itself. */
  readonly exclusive: <Result>(work: () => Promise<Result>) => Promise<Result>
  /** What is held in memory of these traces is gone; called before the writer goes on. */
  readonly forget: (ids: readonly TraceId[]) => void
  readonly log: (line: string) => void
}

/** The moments of one run: a clock that is set anew meanwhile changes nothing of it. */
interface Moments {
  readonly now: Micros
  readonly before: Micros
}

/**
 * A clock may be wrong, this machine's or a sender's, so two have to agree: what began before the limit goes
 * if it arrived before it too. What began after now cannot have: it goes by its arrival alone.
 */
const isOld = (time: Fragment, arrival: Fragment, { now, before }: Moments): Fragment =>
  sql`(${arrival} < ${BigInt(before)} AND (${time} < ${BigInt(before)} OR ${time} > ${BigInt(now)}))`

/** A row that is behind its spans says too little; it is written within seconds, and its turn comes later. */
const isOldTrace = (moments: Moments): Fragment =>
  sql`${isOld(sql`last_time`, sql`arrival`, moments)} AND trace_id NOT IN (SELECT trace_id FROM unfolded)`
const isOldLog = (moments: Moments): Fragment =>
  sql`${isOld(sql`time`, sql`coalesce(arrival, time)`, moments)} AND NOT EXISTS (
        SELECT 1 FROM traces WHERE traces.trace_key = logs.trace_key AND traces.trace_id = logs.trace_id)`

/** Deletes what is older than the retention. Runs never overlap. */
export class Retention {
  readonly #options: RetentionOptions
  #saidHeld = false

  constructor(options: RetentionOptions) {
    this.#options = options
  }

  /**
   * Gives how many traces are gone. Deletes nothing where that would be most of the store, as after the clock
   * leapt ahead: says so, and holds until the clock is right or it is confirmed.
   */
  async run(isStopped: () => boolean): Promise<number> {
    const { exclusive, forget, now, retention } = this.#options
    const moment = now()
    const moments = { now: moment, before: (moment - retention) as Micros }
    if (await exclusive(() => this.#isHeld(moments))) return 0
    let gone = 0
    while (!isStopped()) {
      const deleted = await exclusive(async () => {
        const ids = await deleteOldest(this.#options.connection, moments)
        forget(ids)
        return ids.length
      })
      gone += deleted
      if (deleted === 0) break
    }
    if (!isStopped()) {
      await exclusive(() => deleteForsakenLogs(this.#options.connection, moments))
    }
    return gone
  }

  /**
   * Whether too much would go. What arrives while that holds does not dilute it: the share is one of what was
   * there when it began, which stands in the store.
   */
  async #isHeld(moments: Moments): Promise<boolean> {
    const { connection, confirmed, log } = this.#options
    const [held] = await runOn(connection, sql`SELECT min(since) AS since FROM retention_held`)
    const since = typeof held?.since === 'number' ? (held.since as Micros) : null
    const traces = await shareOf(connection, sql`traces`, isOldTrace(moments), sql`arrival`, since)
    const logs = await shareOf(connection, sql`logs`, isOldLog(moments), sql`coalesce(arrival, time)`, since)
    const tooMuch = [traces, logs].some(({ old, all }) => all > FEW && old > all * MOST)
    if (confirmed || !tooMuch) {
      if (since !== null) await runOn(connection, sql`DELETE FROM retention_held`)
      this.#saidHeld = false
      return false
    }
    if (since === null) {
      await runOn(connection, sql`INSERT INTO retention_held VALUES (${BigInt(moments.now)})`)
    }
    if (!this.#saidHeld) {
      const [what, { old, all }] = traces.old > traces.all * MOST ? ['traces', traces] : ['log records', logs]
      log(
        `store: retention: ${old} of ${all} ${what} are from before ${dateOf(moments.before)}, more than half: ` +
          `nothing is deleted. If the clock is right (${dateOf(moments.now)}), start once with TURNSCOPE_RETENTION_CONFIRM=1`,
      )
    }
    this.#saidHeld = true
    return true
  }
}

const LAST_DATE = 8.64e18
const dateOf = (moment: Micros): string =>
  new Date(Math.max(-LAST_DATE, Math.min(LAST_DATE, moment)) / 1_000).toISOString()

async function shareOf(
  connection: DuckDBConnection,
  table: Fragment,
  isOld: Fragment,
  arrival: Fragment,
  since: Micros | null,
): Promise<{ readonly old: number; readonly all: number }> {
  const within = since === null ? sql`true` : sql`${arrival} < ${BigInt(since)}`
  const [all] = await runOn(connection, sql`SELECT count(*) AS n FROM ${table} WHERE ${within}`)
  if (Number(all?.n ?? 0) <= FEW) return { old: 0, all: Number(all?.n ?? 0) }
  const [old] = await runOn(connection, sql`SELECT count(*) AS n FROM ${table} WHERE ${within} AND ${isOld}`)
  return { old: Number(old?.n ?? 0), all: Number(all?.n ?? 0) }
}

/** Log records whose trace never came, and their long texts: each names one at most. */
async function deleteForsakenLogs(connection: DuckDBConnection, moments: Moments): Promise<void> {
  await inTransaction(connection, async () => {
    const doomed = sql`logs WHERE ${isOldLog(moments)}`
    const named = await namedBy(connection, doomed)
    if (named !== null) {
      await runOn(
        connection,
        sql`DELETE FROM long_texts WHERE ${between(named)} AND id IN (SELECT first_text FROM ${doomed})`,
      )
    }
    await runOn(connection, sql`DELETE FROM ${doomed}`)
  })
}

/** The least and greatest id of the long texts that rows name. `rows`: a table and a condition. */
async function namedBy(connection: DuckDBConnection, rows: Fragment): Promise<IdRange | null> {
  const [row] = await runOn(
    connection,
    sql`SELECT min(first_text) AS first_text, max(last_text) AS last_text FROM ${rows}`,
  )
  return row === undefined ? null : rangeOf(row)
}

const between = ({ first, last }: IdRange): Fragment => sql`id BETWEEN ${BigInt(first)} AND ${BigInt(last)}`

/** Deletes the oldest traces, at most a bounded number of them, with their spans and log records. */
function deleteOldest(connection: DuckDBConnection, moments: Moments): Promise<TraceId[]> {
  return inTransaction(connection, async () => {
    const doomed = await runOn(
      connection,
      sql`SELECT trace_id, first_time, last_time, start_time FROM traces
          WHERE ${isOldTrace(moments)} ORDER BY last_time LIMIT ${BigInt(AT_ONCE)}`,
    )
    const ids = doomed.map(({ trace_id }) => String(trace_id) as TraceId)
    if (ids.length > 0) {
      const least = (column: string) =>
        BigInt(doomed.reduce((a, row) => Math.min(a, Number(row[column])), Infinity))
      const most = (column: string) =>
        BigInt(doomed.reduce((a, row) => Math.max(a, Number(row[column])), -Infinity))
      const named = sql`trace_id IN (SELECT unnest(${ids}))`
      const within = sql`start_time BETWEEN ${least('first_time')} AND ${most('last_time')}`
      await runOn(connection, sql`DELETE FROM feedback WHERE ${named}`)
      await runOn(connection, sql`DELETE FROM typed_spans WHERE ${named}`)
      await runOn(connection, sql`DELETE FROM untyped WHERE ${named}`)
      const starts = sql`start_time BETWEEN ${least('start_time')} AND ${most('start_time')}`
      for (const rows of [
        sql`spans WHERE ${within} AND ${named}`,
        sql`logs WHERE ${named}`,
        sql`records WHERE ${named}`,
        sql`traces WHERE ${starts} AND ${named}`,
      ]) {
        const texts = await namedBy(connection, rows)
        if (texts !== null) {
          await runOn(connection, sql`DELETE FROM long_texts WHERE ${between(texts)} AND ${named}`)
          await runOn(connection, sql`DELETE FROM search_pieces WHERE ${between(texts)} AND ${named}`)
        }
        await runOn(connection, sql`DELETE FROM ${rows}`)
      }
    }
    return ids
  })
}

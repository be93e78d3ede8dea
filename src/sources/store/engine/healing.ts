import type { DuckDBConnection } from '@duckdb/node-api'
import type { TraceId } from '../../../domain/model/units.ts'
import { traceKey } from '../columns/stored-text.ts'
import { CHECKED_PARTS, EVER } from '../file/schema.ts'
import { joined, sql } from '../sql/sql.ts'
import { type Run, runOn } from './connections.ts'

/** Traces mended in one transaction, a short pause for what arrives, and folded together. */
const AT_ONCE = 4
/** Below this a row was always written with its spans. */
const LARGE = 1_000

export interface HealingOptions {
  /** Reads beside the writer, for as long as it takes. */
  readonly read: <Result>(work: (run: Run) => Promise<Result>) => Promise<Result>
  /** Runs with the writer to itself. */
  readonly write: (work: (connection: DuckDBConnection) => Promise<void>) => Promise<void>
  /** What is held in memory of these traces may be wrong; called before the writer goes on. */
  readonly forget: (ids: readonly TraceId[]) => void
  /** Writes the rows of traces that are marked. */
  readonly fold: (ids: readonly TraceId[]) => Promise<void>
  readonly log: (line: string) => void
}

/**
 * Earlier versions lost sight of spans of large traces after a kill: they stand outside the range of their
 * trace's row, have no row at all, or were stored again when they were sent again. Looks once through what
 * such a version wrote, part by part, and puts it right; a part is done when nothing in it is left to mend, so
 * a kill costs one part at most. Does nothing where there is nothing to check. Rejects as its options do.
 */
export async function heal(options: HealingOptions): Promise<void> {
  const parts = await options.read((run) => run(sql`SELECT part FROM unchecked ORDER BY part`))
  if (parts.length === 0) return
  options.log(
    `store: checking what an earlier version wrote (${parts.length} of ${CHECKED_PARTS} parts left)`,
  )
  let mended = 0
  for (const { part } of parts) {
    const ids = await options.read((run) => damaged(run, Number(part)))
    for (let at = 0; at < ids.length; at += AT_ONCE) await mend(options, ids.slice(at, at + AT_ONCE))
    mended += ids.length
    await options.write(async (connection) => {
      await runOn(connection, sql`DELETE FROM unchecked WHERE part = ${BigInt(Number(part))}`)
    })
  }
  options.log(`store: checked; ${mended} traces mended`)
}

const ofPart = (part: number) => sql`(trace_key & ${BigInt(CHECKED_PARTS - 1)}) = ${BigInt(part)}`

/** Traces whose spans stand outside their row's range or have no row, that hold copies or count wrong. */
async function damaged(run: Run, part: number): Promise<TraceId[]> {
  const rows = await run(
    sql`WITH held AS (
          SELECT trace_key, trace_id, min(start_time) AS first, max(start_time) AS last, count(*) AS n,
            count(DISTINCT span_id) AS spans FROM spans WHERE ${ofPart(part)} GROUP BY trace_key, trace_id),
        known AS (SELECT trace_id, min(first_time) AS first, max(last_time) AS last FROM traces
          WHERE ${ofPart(part)} GROUP BY trace_id)
        SELECT held.trace_key, held.trace_id, held.spans, known.first IS NULL OR held.first < known.first
          OR held.last > known.last OR n <> spans AS wrong
        FROM held LEFT JOIN known USING (trace_id) WHERE wrong OR n > ${BigInt(LARGE)}`,
  )
  const ids = new Set<string>()
  const counts = new Map<string, number>()
  for (const { trace_id, spans, wrong } of rows) {
    if (wrong) ids.add(String(trace_id))
    else counts.set(String(trace_id), Number(spans))
  }
  if (counts.size > 0) {
    const keys = rows.map(({ trace_key }) => String(trace_key))
    // Fetched by number: the summaries of the others are not read.
    const stated = await run(
      sql`SELECT trace_id, regexp_extract(summary, '"spanCount":([0-9]+)', 1) AS spans FROM traces
          WHERE rowid IN (SELECT rowid FROM traces WHERE trace_key IN (SELECT unnest(${keys})::INTEGER))`,
    )
    for (const { trace_id, spans } of stated) {
      const count = counts.get(String(trace_id))
      if (count !== undefined && count !== Number(spans)) ids.add(String(trace_id))
    }
  }
  return [...ids] as TraceId[]
}

/** Marks traces as behind without saying where their spans are, takes copies away, and folds them. */
async function mend({ write, forget, fold }: HealingOptions, ids: readonly TraceId[]): Promise<void> {
  const keys = ids.map((id) => String(traceKey(id)))
  const marks = ids.map((id) => sql`(${id}, ${BigInt(EVER.first)}, ${BigInt(EVER.last)})`)
  await write(async (connection) => {
    await connection.run('BEGIN TRANSACTION')
    try {
      await runOn(connection, sql`INSERT INTO unfolded VALUES ${joined(marks, ', ')}`)
      // The one that ended stays, and of two that did the one that came last.
      await runOn(
        connection,
        sql`DELETE FROM spans WHERE rowid IN (SELECT row FROM (
              SELECT rowid AS row, row_number() OVER (
                PARTITION BY trace_id, span_id ORDER BY duration IS NULL, rowid DESC) AS place
              FROM spans WHERE trace_key IN (SELECT unnest(${keys})::INTEGER)
              AND trace_id IN (SELECT unnest(${ids}))) WHERE place > 1)`,
      )
      await connection.run('COMMIT')
    } catch (error) {
      await connection.run('ROLLBACK').catch(() => undefined)
      throw error
    }
    forget(ids)
  })
  await fold(ids)
}

import type { DuckDBConnection } from '@duckdb/node-api'
import type { Micros, TraceId } from '../../domain/units.ts'
import { runOn } from './connections.ts'
import { sql } from './sql.ts'

/** Traces deleted in one transaction: a short pause for what arrives. */
const AT_ONCE = 5_000

/** Deletes log records from before a moment whose trace never came. */
export async function deleteForsakenLogs(connection: DuckDBConnection, before: Micros): Promise<void> {
  await runOn(
    connection,
    sql`DELETE FROM logs WHERE time < ${BigInt(before)} AND NOT EXISTS (
          SELECT 1 FROM traces WHERE traces.trace_key = logs.trace_key AND traces.trace_id = logs.trace_id)`,
  )
}

/**
 * Deletes the oldest traces whose last span started before `before`, at most a bounded number of them.
 * Gives the ids of what is gone; none when nothing is left to delete.
 */
export async function deleteOldest(connection: DuckDBConnection, before: Micros): Promise<TraceId[]> {
  await connection.run('BEGIN TRANSACTION')
  try {
    const doomed = await runOn(
      connection,
      sql`SELECT trace_id, first_time, last_time, start_time FROM traces
          WHERE last_time < ${BigInt(before)} ORDER BY last_time LIMIT ${BigInt(AT_ONCE)}`,
    )
    const ids = doomed.map(({ trace_id }) => String(trace_id) as TraceId)
    if (ids.length > 0) {
      const least = (column: string) =>
        BigInt(doomed.reduce((a, row) => Math.min(a, Number(row[column])), Infinity))
      const most = (column: string) =>
        BigInt(doomed.reduce((a, row) => Math.max(a, Number(row[column])), -Infinity))
      const named = sql`trace_id IN (SELECT unnest(${ids}))`
      const within = sql`start_time BETWEEN ${least('first_time')} AND ${most('last_time')}`
      await runOn(connection, sql`DELETE FROM spans WHERE ${within} AND ${named}`)
      await runOn(connection, sql`DELETE FROM logs WHERE ${named}`)
      const starts = sql`start_time BETWEEN ${least('start_time')} AND ${most('start_time')}`
      await runOn(connection, sql`DELETE FROM traces WHERE ${starts} AND ${named}`)
    }
    await connection.run('COMMIT')
    return ids
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined)
    throw error
  }
}

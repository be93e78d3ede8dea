import type { Run } from '../engine/connections.ts'
import { sql } from '../sql/sql.ts'

/**
 * How many traces' spans have no typed rows yet, or rows that are behind (engine/typing.ts): questions over spans
 * say so rather than count them as nothing.
 * @param from the earliest start of a trace, in µs, inclusive
 * @param to the latest, exclusive
 */
export async function untypedTraces(run: Run, from?: number, to?: number): Promise<number> {
  const since = from === undefined ? sql`true` : sql`start_time >= ${BigInt(Math.ceil(from))}`
  const until = to === undefined ? sql`true` : sql`start_time < ${BigInt(Math.ceil(to))}`
  const [row] = await run(
    sql`SELECT count(DISTINCT trace_id)::DOUBLE AS n FROM untyped WHERE ${since} AND ${until}`,
  )
  return Number(row?.n ?? 0)
}

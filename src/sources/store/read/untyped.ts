import type { Run } from '../engine/connections.ts'
import { sql } from '../sql/sql.ts'

/** How far the filling of columns of spans that an earlier version did not have has come (engine/typing.ts). */
export interface Untyped {
  /**
   * Filled are traces that start after this moment, in µs, and of those that start at it the ones with `id`
   * or a greater one. Traces that were written since the store was brought up are filled in any case.
   */
  readonly time: bigint
  readonly id: string
  /** Traces that were there at the start of it, and how many of them are filled. */
  readonly done: number
  readonly total: number
}

/** What has no typed rows yet; null where all have. */
export async function untypedOf(run: Run): Promise<Untyped | null> {
  const [row] = await run(
    sql`SELECT start_time::VARCHAR AS time, trace_id, done::DOUBLE AS done, total::DOUBLE AS total FROM untyped`,
  )
  if (!row) return null
  return {
    time: BigInt(String(row.time)),
    id: String(row.trace_id),
    done: Number(row.done),
    total: Number(row.total),
  }
}

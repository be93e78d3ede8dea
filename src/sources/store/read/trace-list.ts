import type { TraceSummary } from '../../../domain/model/trace.ts'
import type { Micros } from '../../../domain/model/units.ts'
import { SourceError } from '../../../domain/port/source-error.ts'
import type { Page, PageRequest } from '../../../domain/port/trace-source.ts'
import { encodeCursor, openListing } from '../../../domain/query/cursor.ts'
import { type Position, positionOf } from '../../../domain/query/order.ts'
import type { TraceQuery } from '../../../domain/query/trace-query.ts'
import { checkLimit } from '../../derived.ts'
import { readWhole } from '../columns/long-texts.ts'
import type { Run } from '../engine/connections.ts'
import { predicateOf } from '../sql/filters.ts'
import { afterPosition, orderBy } from '../sql/keyset.ts'
import { allOf, sql } from '../sql/sql.ts'
import { SUMMARY_COLUMNS, summaryOf } from './stored-trace.ts'

/**
 * The rows of a frozen query behind a position, at most `count`. The order's columns pick the rows' numbers first, and only those rows are read whole: sorting
 * whole rows would read every text of the table.
 */
export async function rowsAfter(
  run: Run,
  query: TraceQuery,
  after: Position | undefined,
  count: number,
  now: Micros,
): Promise<readonly TraceSummary[]> {
  const conditions = [await predicateOf(run, query, now)]
  if (after) conditions.push(afterPosition(query.sort, after))
  const rows = await readWhole(
    run,
    sql`SELECT ${SUMMARY_COLUMNS} FROM traces
        WHERE rowid IN (
          SELECT rowid FROM traces WHERE ${allOf(conditions)}
          ORDER BY ${orderBy(query.sort)} LIMIT ${BigInt(count)})
        ORDER BY ${orderBy(query.sort)}`,
    ['summary'],
  )
  return rows.map((row) => summaryOf(row, now))
}

/** One page. */
export async function listTraces(
  run: Run,
  asked: TraceQuery,
  { limit, cursor }: PageRequest,
  now: Micros,
): Promise<Page<TraceSummary>> {
  checkLimit(limit)
  const opened = openListing(asked, cursor, now)
  if (!opened.ok) throw new SourceError('bad-request', `cursor: ${opened.problem}`)
  const { query, after } = opened.listing
  const rows = await rowsAfter(run, query, after, limit + 1, now)
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  if (rows.length <= limit || last === undefined) return { items }
  return {
    items,
    nextCursor: encodeCursor({ ...opened.listing, after: positionOf(query.sort, last) }),
  }
}

import type { Micros } from '../../../domain/model/units.ts'
import type { Suggestion } from '../../../domain/port/trace-source.ts'
import { isNumberField } from '../../../domain/query/filter-values.ts'
import type { FilterField, TraceQuery } from '../../../domain/query/trace-query.ts'
import type { Run } from '../engine/connections.ts'
import { predicateOf, STORED_AS, statusAt } from '../sql/filters.ts'
import { constant, type Fragment, joined, sql } from '../sql/sql.ts'

const MOST = 50

/** The values of a field with the number of traces that hold each. */
function valuesOf(field: FilterField, where: Fragment, now: Micros): Fragment | null {
  if (isNumberField(field)) return null
  if (field === 'status') {
    return sql`SELECT ${statusAt(now)} AS value, count(*) AS n FROM traces WHERE ${where} GROUP BY 1`
  }
  const storage = STORED_AS[field]
  if (storage.kind === 'list') {
    // Few lists differ, so they are grouped before they are taken apart.
    const column = constant(storage.column)
    return sql`SELECT value, sum(n) AS n FROM (
        SELECT unnest(string_split(${column}[2:-2], chr(31))) AS value, n FROM (
          SELECT ${column}, count(*) AS n FROM traces WHERE ${column} IS NOT NULL AND ${where} GROUP BY 1))
      GROUP BY 1`
  }
  const [first, second] = storage.columns.map(constant)
  const parts = [sql`SELECT ${first ?? null} AS value, count(*) AS n FROM traces WHERE ${where} GROUP BY 1`]
  if (first && second) {
    parts.push(
      sql`SELECT ${second} AS value, count(*) AS n FROM traces
          WHERE ${second} IS DISTINCT FROM ${first} AND ${where} GROUP BY 1`,
    )
  }
  return sql`SELECT value, sum(n) AS n FROM (${joined(parts, ' UNION ALL ')}) GROUP BY 1`
}

/** Values that hold `prefix`, case ignored, the most frequent first. Number fields have none. */
export async function suggestValues(
  run: Run,
  field: FilterField,
  prefix: string,
  query: TraceQuery,
  now: Micros,
): Promise<readonly Suggestion[]> {
  const values = valuesOf(field, await predicateOf(run, query, now), now)
  if (values === null) return []
  const rows = await run(
    sql`SELECT value, n::DOUBLE AS n FROM (${values})
        WHERE value IS NOT NULL AND contains(lower(value), ${prefix.toLowerCase()})
        ORDER BY n DESC, value LIMIT ${BigInt(MOST)}`,
  )
  return rows.map(({ value, n }) => ({ value: String(value), count: Number(n) }))
}

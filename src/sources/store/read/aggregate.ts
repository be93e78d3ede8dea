import {
  type AggregateReply,
  type AggregateRequest,
  type AggregateRow,
  isOfSpans,
  MOST_ROWS,
} from '../../../domain/aggregate/aggregate-request.ts'
import { checkRows, inRowOrder } from '../../../domain/aggregate/arrange-groups.ts'
import { type Micros, micros } from '../../../domain/model/units.ts'
import type { Answer } from '../../../domain/port/trace-source.ts'
import { wantedKinds } from '../../../domain/query/predicate.ts'
import type { FilterCondition, TraceQuery } from '../../../domain/query/trace-query.ts'
import type { ResultRow, Run } from '../engine/connections.ts'
import { type AggregatedFrom, measureSql, samplesOf } from '../sql/aggregate-sql.ts'
import { DUCKDB } from '../sql/dialect.ts'
import { predicateOf, statusAt } from '../sql/filters.ts'
import { allOf, constant, type Fragment, joined, sql } from '../sql/sql.ts'
import { untypedTraces } from './untyped.ts'

/** Filters that choose spans as well as turns, and the column of `typed_spans` that they are about. */
const CHOOSING: Partial<Record<FilterCondition['field'], string>> = {
  spanName: 'name',
  model: 'model',
  tool: 'tool',
}

function chosenSpans(conditions: readonly FilterCondition[]): Fragment {
  return allOf(
    conditions.flatMap(({ field, operator, values }) => {
      const column = CHOOSING[field]
      if (column === undefined) return []
      const found = DUCKDB.holds(DUCKDB.among(constant(`s.${column}`), values))
      return [operator === 'not' ? sql`NOT ${found}` : found]
    }),
  )
}

/** Each span repeats its turn's start and kind: what asks for no more needs no look at the turns. */
function turnsBySpans(query: TraceQuery): Fragment | undefined {
  const { from, to, text, conditions } = query
  if (text !== undefined || conditions.some(({ field }) => field !== 'kind')) return undefined
  const kinds = [...wantedKinds(query)]
  if (kinds.length === 0) return undefined
  return allOf([
    DUCKDB.among(constant('trace_kind'), kinds),
    ...(from === undefined ? [] : [sql`trace_start >= ${BigInt(Math.ceil(from))}`]),
    ...(to === undefined ? [] : [sql`trace_start < ${BigInt(Math.ceil(to))}`]),
  ])
}

const keyNames = ({ by }: AggregateRequest): readonly string[] => by.map((_, at) => `k${at}`)

/** A key as one text, the same for no other key. */
const keyText = (name: string): string =>
  `CASE WHEN ${name} IS NULL THEN '-' ELSE strlen(${name}) || ':' || ${name} END`
const textOfKey = (key: AggregateRow['key']): string =>
  key.map((one) => (one === null ? '-' : `${Buffer.byteLength(one)}:${one}`)).join('')

function rowOf(names: readonly string[], row: ResultRow): AggregateRow {
  const count = Number(row.n)
  return {
    key: names.map((name) => (typeof row[name] === 'string' ? (row[name] as string) : null)),
    ...(typeof row.bucket === 'number' && { at: micros(row.bucket) }),
    value: count === 0 || row.value === null ? null : Number(row.value),
    count,
  }
}

const counted = (traces: number): string =>
  `${traces.toLocaleString('en')} ${traces === 1 ? 'trace of this time is' : 'traces of this time are'} not counted yet: the columns of their spans are being written`

/**
 * An aggregate from the columns alone: no payload and no JSON is read. `query` is frozen and asks for no
 * attributes; `request` is one that columns answer (`hasColumns`).
 */
export async function aggregateTraces(
  run: Run,
  query: TraceQuery,
  request: AggregateRequest,
  now: Micros,
): Promise<Answer<AggregateReply>> {
  const bySpans = turnsBySpans(query)
  const from: AggregatedFrom = {
    turns: await predicateOf(run, query, now),
    status: statusAt(now),
    spans: chosenSpans(query.conditions),
    ...(bySpans && { turnsBySpans: bySpans }),
  }
  const samples = samplesOf(request, from)
  const missing = isOfSpans(request) ? await untypedTraces(run, query.from, query.to) : 0
  const value = { ...(await arranged(run, request, samples)), complete: missing === 0 }
  return missing === 0 ? { value } : { value, problems: [counted(missing)] }
}

async function arranged(
  run: Run,
  request: AggregateRequest,
  samples: Fragment,
): Promise<Omit<AggregateReply, 'complete'>> {
  const { over, top, by } = request
  const names = keyNames(request)
  const measure = measureSql(request)
  const keys = joined(names.map(constant), ', ')
  const groups = (more: readonly string[], within: Fragment, tail: Fragment) => {
    const columns = joined([...names, ...more].map(constant), ', ')
    const grouped = names.length + more.length === 0 ? constant('') : sql`GROUP BY ${columns}`
    const selected = names.length + more.length === 0 ? measure : sql`${columns}, ${measure}`
    return run(sql`SELECT ${selected} FROM (${samples}) WHERE ${within} ${grouped} ${tail}`)
  }
  const everything = constant('true')
  if (by.length === 0 && over !== undefined) {
    const rows = await groups(['bucket'], everything, sql`LIMIT ${BigInt(MOST_ROWS + 1)}`)
    checkRows(rows.length)
    return { rows: inRowOrder(rows.map((row) => rowOf(names, row))) }
  }
  // One more than is asked for says whether there is more.
  const order =
    by.length === 0 ? constant('') : sql`ORDER BY value DESC NULLS LAST, ${keys} LIMIT ${BigInt(top + 1)}`
  const found = (await groups([], everything, order)).map((row) => rowOf(names, row))
  const chosen = found.slice(0, top)
  const isMore = found.length > top
  if (over === undefined && !isMore) return { rows: inRowOrder(chosen) }
  const text = constant(names.map(keyText).join(' || '))
  const isChosen = sql`list_contains(${chosen.map(({ key }) => textOfKey(key))}, ${text})`
  const rows = over === undefined ? chosen : await overTime()
  if (!isMore) return { rows: inRowOrder(rows) }
  const [rest] = await run(sql`SELECT ${measure} FROM (${samples}) WHERE NOT ${isChosen}`)
  const { value, count } = rowOf([], rest ?? {})
  return { rows: inRowOrder(rows), others: { value, count } }

  async function overTime(): Promise<readonly AggregateRow[]> {
    const within = await groups(['bucket'], isChosen, sql`LIMIT ${BigInt(MOST_ROWS + 1)}`)
    checkRows(within.length)
    return within.map((row) => rowOf(names, row))
  }
}

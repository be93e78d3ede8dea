import type { DuckDBConnection } from '@duckdb/node-api'
import type { SpanOutline } from '../../../domain/model/span.ts'
import type { TraceKind } from '../../../domain/model/trace.ts'
import type { Micros, SpanId, TraceId } from '../../../domain/model/units.ts'
import { readWhole } from '../columns/long-texts.ts'
import type { Reader } from '../columns/reader.ts'
import { traceKey } from '../columns/stored-text.ts'
import type { TraceDetail } from '../columns/trace-columns.ts'
import { TYPED_TYPES } from '../columns/typed-spans.ts'
import { type ResultRow, type Run, runOn } from '../engine/connections.ts'
import { inTransaction } from '../engine/in-transaction.ts'
import { appendRows } from '../sql/append.ts'
import { sql } from '../sql/sql.ts'
import { isBehind } from './folding.ts'
import { readStepFacts } from './step-facts.ts'
import { loadStates, STALE, type TraceState } from './trace-states.ts'
import { type JudgedTrace, typedRows } from './typed-rows.ts'

/** A trace whose typed rows are behind, by all its marks together. */
export interface Marked {
  readonly id: TraceId
  /** The range of the starts that the marks say. */
  readonly first: bigint
  readonly last: bigint
  /** Without: it is known to have no typed rows yet. */
  readonly mayHaveRows: boolean
}

/** A trace with all that its typed rows are made of. */
export interface Judged {
  readonly state: TraceState
  readonly judged: JudgedTrace
}

/** What was read back of a marked trace. One whose row is behind gets another mark with its row. */
export type ReadBack = Judged | 'behind' | 'gone'

/** Newest first. Traces whose rows are behind their spans are not among them. */
export async function nextMarks(run: Run, most: number): Promise<Marked[]> {
  const rows = await run(
    sql`SELECT trace_id, min(start_time) AS first, max(start_time) AS last, bool_or(may_have_rows) AS may_have_rows
        FROM untyped WHERE trace_id NOT IN (SELECT trace_id FROM unfolded)
        GROUP BY trace_id ORDER BY last DESC LIMIT ${BigInt(most)}`,
  )
  return rows.map(({ trace_id, first, last, may_have_rows }) => ({
    id: String(trace_id) as TraceId,
    first: BigInt(Number(first)),
    last: BigInt(Number(last)),
    mayHaveRows: may_have_rows === true,
  }))
}

/** What is held in memory of a trace, where that is enough for its typed rows. */
export function judgedOf(state: TraceState | undefined): Judged | undefined {
  if (!state || state.judged === null || state.unread.size > 0 || isBehind(state)) return undefined
  return { state, judged: state.judged }
}

/** What is stored of marked traces. */
export async function readBack(
  run: Run,
  marks: readonly Marked[],
  reader: Reader,
): Promise<ReadonlyMap<TraceId, ReadBack>> {
  const ids = marks.map(({ id }) => id)
  const started = startsOf(marks)
  const states = await loadStates(run, ids, started)
  await readStepFacts(run, [...states.values()], reader)
  const keys = ids.map((id) => String(traceKey(id)))
  const rows = await readWhole(
    run,
    sql`SELECT trace_id, start_time, kind, judged, detail FROM traces
        WHERE start_time BETWEEN ${started.first} AND ${started.last}
        AND trace_key IN (SELECT unnest(${keys})::INTEGER) AND trace_id IN (SELECT unnest(${ids}))`,
    ['judged', 'detail'],
  )
  const byId = new Map(rows.map((row) => [String(row.trace_id), row]))
  return new Map(
    ids.map((id): [TraceId, ReadBack] => {
      const [state, row] = [states.get(id), byId.get(id)]
      if (!state || !row) return [id, 'gone']
      return [id, state.folded === STALE ? 'behind' : { state, judged: judgedBy(row, state) }]
    }),
  )
}

function judgedBy(row: ResultRow, state: TraceState): JudgedTrace {
  const changed = typeof row.judged === 'string' ? (JSON.parse(row.judged) as SpanOutline[]) : []
  const judged = new Map(changed.map((one) => [one.spanId, one]))
  const detail = typeof row.detail === 'string' ? (JSON.parse(row.detail) as TraceDetail) : undefined
  return {
    start: Number(row.start_time) as Micros,
    kind: String(row.kind) as TraceKind,
    outlines: state.readings.map(({ outline }) => judged.get(outline.spanId) ?? outline),
    causeId: detail?.rootCause?.spanId as SpanId | undefined,
  }
}

/** Writes the rows of traces, takes the marks of all that are done, in one transaction. */
export async function writeTyped(
  connection: DuckDBConnection,
  traces: readonly (readonly [Marked, Judged])[],
  done: readonly Marked[],
): Promise<void> {
  await inTransaction(connection, async () => {
    const before = traces.filter(([{ mayHaveRows }]) => mayHaveRows).map(([{ id }]) => id)
    if (before.length > 0) {
      // A span may have stood at any time before it was replaced.
      const keys = before.map((id) => String(traceKey(id)))
      await runOn(
        connection,
        sql`DELETE FROM typed_spans WHERE trace_key IN (SELECT unnest(${keys})::INTEGER)
            AND trace_id IN (SELECT unnest(${before}))`,
      )
    }
    await appendRows(connection, 'typed_spans', TYPED_TYPES, rowsOf(traces))
    if (done.length === 0) return
    const { first, last } = startsOf(done)
    await runOn(
      connection,
      sql`DELETE FROM untyped WHERE start_time BETWEEN ${first} AND ${last}
          AND trace_id IN (SELECT unnest(${done.map(({ id }) => id)}))`,
    )
  })
}

function* rowsOf(traces: readonly (readonly [Marked, Judged])[]) {
  for (const [, { state, judged }] of traces) yield* typedRows(state.traceId, state.readings, judged)
}

function startsOf(marks: readonly Marked[]): { readonly first: bigint; readonly last: bigint } {
  let [first, last] = [marks[0]?.first ?? 0n, marks[0]?.last ?? 0n]
  for (const mark of marks) {
    if (mark.first < first) first = mark.first
    if (mark.last > last) last = mark.last
  }
  return { first, last }
}

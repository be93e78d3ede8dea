import type { DuckDBConnection } from '@duckdb/node-api'
import type { SpanOutline } from '../../../domain/model/span.ts'
import type { TraceKind, TraceSummary } from '../../../domain/model/trace.ts'
import type { Micros, SpanId, TraceId } from '../../../domain/model/units.ts'
import { readWhole } from '../columns/long-texts.ts'
import type { Reader } from '../columns/reader.ts'
import { traceKey } from '../columns/stored-text.ts'
import type { TraceDetail } from '../columns/trace-columns.ts'
import { TYPED_TYPES } from '../columns/typed-spans.ts'
import { type Untyped, untypedOf } from '../read/untyped.ts'
import { appendRows, type Cell } from '../sql/append.ts'
import { type Fragment, joined, sql } from '../sql/sql.ts'
import { loadStates, type TraceState } from '../write/trace-states.ts'
import { knowTyped } from '../write/typed-knowledge.ts'
import { typedRows } from '../write/typed-rows.ts'
import { type ResultRow, type Run, runOn } from './connections.ts'

/** Traces of one step, and their spans together: at least one trace. */
const TRACES_AT_ONCE = 128
const SPANS_AT_ONCE = 4_000
/** Of the time that a step took, how much is left to others before the next. */
const REST = 0.5
const LONGEST_REST_MS = 200

export interface TypingOptions {
  readonly read: <Result>(work: (run: Run) => Promise<Result>) => Promise<Result>
  /** Runs with the writer to itself. */
  readonly write: (work: (connection: DuckDBConnection) => Promise<void>) => Promise<void>
  /** What is held in memory of these traces knows nothing of their rows; called before the writer goes on. */
  readonly forget: (ids: readonly TraceId[]) => void
  readonly reader: Reader
  readonly log: (line: string) => void
}

/**
 * Fills the typed rows of traces that an earlier version wrote, from what it stored, newest first. A step fills
 * those of some traces and notes how far it came, in one transaction: what is killed goes on from there. Lists
 * and traces are answered meanwhile as before. Does nothing where nothing is left. Rejects as its options do.
 */
export async function typeSpans(options: TypingOptions): Promise<void> {
  let progress = await options.read(untypedOf)
  if (progress === null) return
  const { log } = options
  log(
    `store: filling the columns of spans of ${progress.total} traces that an earlier version wrote, newest first` +
      (progress.done > 0 ? ` (${progress.done} are done)` : ''),
  )
  let said = tenthsOf(progress)
  while (progress !== null) {
    const began = performance.now()
    progress = await step(options, progress)
    if (progress !== null && tenthsOf(progress) > said) {
      said = tenthsOf(progress)
      log(`store: the columns of spans of ${said * 10} % of the traces are filled`)
    }
    const rest = Math.min(LONGEST_REST_MS, REST * (performance.now() - began))
    await new Promise((resolve) => setTimeout(resolve, rest))
  }
  log('store: the columns of all spans are filled')
}

const tenthsOf = ({ done, total }: Untyped): number => Math.floor((10 * done) / Math.max(1, total))

/** One trace as it is stored, and what its typed rows are. */
interface Filled {
  readonly id: TraceId
  readonly arrival: number
  readonly rows: readonly Cell[][]
  readonly cached: number | null
  readonly reasoning: number | null
}

async function step(options: TypingOptions, from: Untyped): Promise<Untyped | null> {
  const { read, write, forget, reader } = options
  const chosen = await read((run) => nextTraces(run, from))
  const last = chosen.at(-1)
  if (last === undefined) {
    await write(async (connection) => void (await runOn(connection, sql`DELETE FROM untyped`)))
    return null
  }
  const filled = await read((run) => fill(run, chosen, reader))
  const to: Untyped = {
    time: BigInt(Number(last.row.start_time)),
    id: String(last.row.trace_id),
    done: from.done + chosen.length,
    total: from.total,
  }
  await write(async (connection) => {
    await connection.run('BEGIN TRANSACTION')
    try {
      await writeFilled(connection, filled)
      await runOn(
        connection,
        sql`UPDATE untyped SET start_time = ${to.time}, trace_id = ${to.id}, done = ${BigInt(to.done)}`,
      )
      await connection.run('COMMIT')
    } catch (error) {
      await connection.run('ROLLBACK').catch(() => undefined)
      throw error
    } finally {
      forget(filled.map(({ id }) => id))
    }
  })
  return to
}

interface Chosen {
  readonly row: ResultRow
  readonly summary: TraceSummary
}

async function nextTraces(run: Run, { time, id }: Untyped): Promise<readonly Chosen[]> {
  const rows = await readWhole(
    run,
    sql`SELECT trace_id, start_time, kind, arrival, summary, judged, detail FROM traces
        WHERE rowid IN (SELECT rowid FROM traces
          WHERE start_time <= ${time} AND (start_time < ${time} OR trace_id < ${id})
          ORDER BY start_time DESC, trace_id DESC LIMIT ${BigInt(TRACES_AT_ONCE)})
        ORDER BY start_time DESC, trace_id DESC`,
    ['summary', 'judged', 'detail'],
  )
  const chosen: Chosen[] = []
  let spans = 0
  for (const row of rows) {
    const summary = JSON.parse(String(row.summary)) as TraceSummary
    spans += summary.spanCount ?? 0
    if (chosen.length > 0 && spans > SPANS_AT_ONCE) break
    chosen.push({ row, summary })
  }
  return chosen
}

async function fill(run: Run, chosen: readonly Chosen[], reader: Reader): Promise<readonly Filled[]> {
  const states = await loadStates(
    run,
    chosen.map(({ row }) => String(row.trace_id) as TraceId),
  )
  await knowTyped(run, states, reader)
  return chosen.map(({ row, summary }) => {
    const id = String(row.trace_id) as TraceId
    const state = states.get(id)
    const { cachedTokens = null, reasoningTokens = null } = summary.metrics
    return {
      id,
      arrival: Number(row.arrival),
      rows: state ? rowsOf(state, row) : [],
      cached: cachedTokens,
      reasoning: reasoningTokens,
    }
  })
}

function rowsOf(state: TraceState, row: ResultRow): Cell[][] {
  const judged = new Map(
    (typeof row.judged === 'string' ? (JSON.parse(row.judged) as SpanOutline[]) : []).map((one) => [
      one.spanId,
      one,
    ]),
  )
  const detail = typeof row.detail === 'string' ? (JSON.parse(row.detail) as TraceDetail) : undefined
  const trace = {
    traceId: state.traceId,
    start: Number(row.start_time) as Micros,
    kind: String(row.kind) as TraceKind,
    outlines: state.readings.map(({ outline }) => judged.get(outline.spanId) ?? outline),
    causeId: detail?.rootCause?.spanId as SpanId | undefined,
  }
  return typedRows(state.readings, trace).filter((one) => one !== undefined)
}

/** A trace that was written meanwhile has its rows, or is about to: it is left as it is. */
async function writeFilled(connection: DuckDBConnection, filled: readonly Filled[]): Promise<void> {
  const ids = filled.map(({ id }) => id)
  const keys = ids.map((id) => String(traceKey(id)))
  const its = sql`trace_key IN (SELECT unnest(${keys})::INTEGER) AND trace_id IN (SELECT unnest(${ids}))`
  const unchanged = await runOn(
    connection,
    sql`SELECT trace_id, arrival FROM traces WHERE ${its}
        AND trace_id NOT IN (SELECT trace_id FROM unfolded)
        AND trace_id NOT IN (SELECT trace_id FROM typed_spans WHERE ${its})`,
  )
  const arrivals = new Map(unchanged.map(({ trace_id, arrival }) => [String(trace_id), Number(arrival)]))
  const written = filled.filter(({ id, arrival }) => arrivals.get(id) === arrival)
  const rows = written.flatMap((one) => one.rows)
  if (rows.length > 0) await appendRows(connection, 'typed_spans', TYPED_TYPES, rows)
  const measured = written.filter(({ cached, reasoning }) => cached !== null || reasoning !== null)
  if (measured.length === 0) return
  const values: Fragment[] = measured.map(
    ({ id, cached, reasoning }) => sql`(${id}, ${cached}::DOUBLE, ${reasoning}::DOUBLE)`,
  )
  await runOn(
    connection,
    sql`UPDATE traces SET cached_tokens = said.cached, reasoning_tokens = said.reasoning
        FROM (VALUES ${joined(values, ', ')}) AS said(id, cached, reasoning)
        WHERE ${its} AND trace_id = said.id`,
  )
}

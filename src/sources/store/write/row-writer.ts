import type { DuckDBConnection } from '@duckdb/node-api'
import type { GivenFeedback } from '../../../domain/model/given-feedback.ts'
import type { LogRecord } from '../../../domain/model/span.ts'
import type { Micros, SpanId, TraceId } from '../../../domain/model/units.ts'
import type { MergedRecord } from '../../../formats/langfuse/merged-record.ts'
import { type EncodedSpan, SPAN_TYPES, spanRow } from '../columns/encoded-span.ts'
import {
  type IdRange,
  joinedRanges,
  LONG_TEXT_TYPES,
  MOST_DELETES,
  type Owner,
  rangeOf,
  SEARCH_PIECE_TYPES,
  StowedTexts,
} from '../columns/long-texts.ts'
import type { Reader } from '../columns/reader.ts'
import { TRACE_TYPES, traceRow } from '../columns/trace-columns.ts'
import { runOn } from '../engine/connections.ts'
import { appendRows, type Cell } from '../sql/append.ts'
import { type Fragment, sql } from '../sql/sql.ts'
import { FEEDBACK_TYPES, feedbackRow } from './feedback.ts'
import { fold } from './folding.ts'
import { spanName } from './log-readings.ts'
import { LOG_TYPES, logRow } from './logs.ts'
import { RECORD_TYPES, recordRow } from './records.ts'
import type { Replaced } from './sift.ts'
import type { TraceState } from './trace-states.ts'

/** The columns of `unfolded`: a trace's id, and the range of time that holds all its spans. */
const MARK_TYPES = ['VARCHAR', 'BIGINT', 'BIGINT'] as const
/** The columns of `untyped`: a trace's id and start, and whether its spans may have typed rows. */
const UNTYPED_TYPES = ['VARCHAR', 'BIGINT', 'BOOLEAN'] as const

export interface RowWriterOptions {
  readonly connection: DuckDBConnection
  readonly reader: Reader
}

/** Appends and removes rows of all tables, within the transaction of whoever calls. */
export class RowWriter {
  readonly #options: RowWriterOptions
  /** The newest long text's id, 0 while there is none. */
  #lastLongText: number | null = null

  constructor(options: RowWriterOptions) {
    this.#options = options
  }

  #run(statement: Fragment) {
    return runOn(this.#options.connection, statement)
  }

  /** Gives what the long texts of the removed rows were, by the spans' names: some are shared and stay. */
  async remove(replaced: readonly Replaced[]): Promise<ReadonlyMap<string, IdRange>> {
    const before = new Map<string, IdRange>()
    if (replaced.length === 0) return before
    const starts: number[] = replaced.map(({ startTime }) => startTime)
    const first = BigInt(starts.reduce((a, b) => Math.min(a, b)))
    const last = BigInt(starts.reduce((a, b) => Math.max(a, b)))
    const ids = [...new Set(replaced.map(({ traceId }) => traceId))]
    const names = replaced.map(({ traceId, spanId }) => spanName(traceId, spanId))
    const its = sql`start_time BETWEEN ${first} AND ${last} AND trace_id IN (SELECT unnest(${ids}))
        AND concat(trace_id, chr(10), span_id) IN (SELECT unnest(${names}))`
    const naming = await this.#run(
      sql`SELECT trace_id, span_id, first_text, last_text FROM spans WHERE ${its} AND first_text IS NOT NULL`,
    )
    for (const row of naming) {
      const named = rangeOf(row)
      if (named === null) continue
      const [traceId, spanId] = [String(row.trace_id) as TraceId, String(row.span_id) as SpanId]
      before.set(spanName(traceId, spanId), named)
      await this.#removeLongTexts([traceId], [named], `span ${spanId}`)
    }
    await this.#run(sql`DELETE FROM spans WHERE ${its}`)
    return before
  }

  async appendSpans(
    spans: readonly (readonly [name: string, EncodedSpan])[],
    stowed: StowedTexts,
    before: ReadonlyMap<string, IdRange>,
  ): Promise<void> {
    if (spans.length === 0) return
    const { connection } = this.#options
    const rows = spans.map(([name, span]) => spanRow(span, stowed, before.get(name)))
    await appendRows(connection, 'spans', SPAN_TYPES, rows)
  }

  async appendLogs(logs: readonly LogRecord[], now: Micros, stowed: StowedTexts): Promise<void> {
    if (logs.length === 0) return
    const rows = logs.map((log) => logRow(log, now, stowed))
    await appendRows(this.#options.connection, 'logs', LOG_TYPES, rows)
  }

  async writeFeedback(given: readonly GivenFeedback[], now: Micros): Promise<void> {
    if (given.length === 0) return
    await this.#run(sql`DELETE FROM feedback WHERE id IN (SELECT unnest(${given.map(({ id }) => id)}))`)
    const rows = given.map((one) => feedbackRow(one, now))
    await appendRows(this.#options.connection, 'feedback', FEEDBACK_TYPES, rows)
  }

  async appendRecords(records: readonly MergedRecord[], now: Micros, stowed: StowedTexts): Promise<void> {
    if (records.length === 0) return
    const rows = records.map((record) => recordRow(record, now, stowed))
    await appendRows(this.#options.connection, 'records', RECORD_TYPES, rows)
  }

  async stowedTexts(): Promise<StowedTexts> {
    if (this.#lastLongText === null) {
      const [newest] = await this.#run(
        sql`SELECT greatest((SELECT max(id) FROM long_texts), (SELECT max(id) FROM search_pieces)) AS id`,
      )
      this.#lastLongText = Number(newest?.id ?? 0)
    }
    return new StowedTexts(() => {
      this.#lastLongText = (this.#lastLongText ?? 0) + 1
      return this.#lastLongText
    })
  }

  async appendLongTexts(stowed: StowedTexts): Promise<void> {
    if (stowed.isEmpty) return
    const { connection } = this.#options
    await appendRows(connection, 'long_texts', LONG_TEXT_TYPES, stowed.rows())
    await appendRows(connection, 'search_pieces', SEARCH_PIECE_TYPES, stowed.searchRows())
  }

  async #removeLongTexts(ids: readonly TraceId[], named: readonly IdRange[], owner: Owner): Promise<void> {
    for (const { first, last } of joinedRanges(named, MOST_DELETES)) {
      const its = sql`id BETWEEN ${BigInt(first)} AND ${BigInt(last)} AND trace_id IN (SELECT unnest(${ids}))`
      await this.#run(sql`DELETE FROM long_texts WHERE ${its} AND owner = ${owner}`)
      if (owner === 'trace') await this.#run(sql`DELETE FROM search_pieces WHERE ${its}`)
    }
  }

  /** In the transaction that makes them so: whoever reads them by id afterwards knows where their spans are. */
  async markBehind(states: readonly TraceState[]): Promise<void> {
    const rows = states.map(({ traceId, firstTime, lastTime }) => [traceId, firstTime, lastTime])
    if (rows.length > 0) await appendRows(this.#options.connection, 'unfolded', MARK_TYPES, rows)
  }

  /** A row is removed and appended: rows have no key whose check that could trip. */
  async writeRows(states: readonly TraceState[], stowed: StowedTexts): Promise<void> {
    const rows: Cell[][] = []
    const named: IdRange[] = []
    const starts: number[] = []
    const ids: TraceId[] = []
    const untyped: Cell[][] = []
    for (const state of states) {
      if (state.storedStart !== null) {
        starts.push(state.storedStart)
        ids.push(state.traceId)
        if (state.named !== null) named.push(state.named)
      }
      const trace = fold(state, this.#options.reader)
      rows.push(traceRow(trace, stowed))
      const { summary, outlines, rootCause } = trace.reading
      const { startTime: start, kind } = summary
      state.judged = { start, kind, outlines, causeId: rootCause?.spanId }
      if (state.readings.length > 0 && !isMarkedAt(state, start)) {
        untyped.push([state.traceId, start, state.typing !== 'fresh'])
        state.typing = { markedAt: start }
      }
      state.named = stowed.named
      state.storedStart = start
      state.folded = state.readings.length
    }
    if (ids.length > 0) {
      const first = BigInt(starts.reduce((a, b) => Math.min(a, b)))
      const last = BigInt(starts.reduce((a, b) => Math.max(a, b)))
      await this.#run(
        sql`DELETE FROM traces WHERE start_time BETWEEN ${first} AND ${last}
            AND trace_id IN (SELECT unnest(${ids}))`,
      )
      await this.#removeLongTexts(ids, named, 'trace')
    }
    if (rows.length > 0) await appendRows(this.#options.connection, 'traces', TRACE_TYPES, rows)
    if (untyped.length > 0) await appendRows(this.#options.connection, 'untyped', UNTYPED_TYPES, untyped)
  }
}

const isMarkedAt = ({ typing }: TraceState, start: Micros): boolean =>
  typeof typing === 'object' && typing.markedAt === start

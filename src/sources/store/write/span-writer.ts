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
import { FEEDBACK_TYPES, feedbackRow, loadFeedback, placeFeedback, tracesHolding } from './feedback.ts'
import { fold, isBehind, isFoldedAtOnce } from './folding.ts'
import { readWithLogs, spanName } from './log-readings.ts'
import { LOG_TYPES, logRow } from './logs.ts'
import {
  mergeEvents,
  NOTHING_MERGED,
  RECORD_TYPES,
  recordRow,
  removeRecords,
  rootsOfRecords,
  spansOfRecords,
} from './records.ts'
import {
  addReading,
  loadStates,
  newState,
  readingBytes,
  supersedes,
  type TraceState,
  type TraceStates,
} from './trace-states.ts'
import { recordTurns } from './turn-writer.ts'
import type { Delivery } from './write-queue.ts'

export interface SpanWriterOptions {
  readonly connection: DuckDBConnection
  readonly states: TraceStates
  readonly reader: Reader
  readonly now: () => Micros
}

/** What a transaction changed. */
export interface Written {
  readonly traceIds: readonly TraceId[]
  /** Traces whose row is now behind their spans. */
  readonly behind: readonly TraceId[]
}

interface Replaced {
  readonly traceId: TraceId
  readonly spanId: SpanId
  readonly startTime: Micros
}

/** What a delivery brings that is not stored yet, by name, and what of the stored it replaces. */
interface Sifted {
  readonly fresh: Map<string, EncodedSpan>
  readonly replaced: Replaced[]
}

/** The columns of `unfolded`: a trace's id, and the range of time that holds all its spans. */
const MARK_TYPES = ['VARCHAR', 'BIGINT', 'BIGINT'] as const

/** Large traces that are folded in one transaction. */
const LARGE_AT_ONCE = 16

/**
 * Writes deliveries, one transaction each call; never called twice at a time. Knows every span of the traces
 * that it touches, so what is delivered again is noticed without asking the store for it.
 */
export class SpanWriter {
  readonly #options: SpanWriterOptions
  /** Whether the store holds log records: most hold none, and are not asked for them each time. */
  #hasLogs: boolean | null = null
  /** The same of feedback that was given by itself. */
  #hasFeedback: boolean | null = null
  /** The newest long text's id, 0 while there is none. */
  #lastLongText: number | null = null

  constructor(options: SpanWriterOptions) {
    this.#options = options
  }

  async write(deliveries: readonly Delivery[]): Promise<Written> {
    const spans = deliveries.flatMap(({ spans }) => spans)
    const logs = deliveries.flatMap(({ logs }) => logs)
    const turns = deliveries.flatMap(({ turns }) => turns)
    const feedback = deliveries.flatMap(({ feedback }) => feedback)
    const run = (statement: Fragment) => this.#run(statement)
    this.#hasFeedback ??= (await run(sql`SELECT 1 FROM feedback LIMIT 1`)).length > 0
    if (feedback.length > 0) this.#hasFeedback = true
    const events = deliveries.flatMap(({ events }) => events)
    const merged = events.length > 0 ? await mergeEvents(run, events) : NOTHING_MERGED
    const made = await spansOfRecords(merged, this.#options.reader)
    const touched = await this.#statesOf([
      ...spans.map(({ traceId }) => traceId),
      ...logs.map(({ traceId }) => traceId),
      ...turns.map(({ traceId }) => traceId),
      ...feedback.map(({ traceId }) => traceId),
      ...(await tracesHolding(run, feedback)),
      ...merged.traces.keys(),
    ])
    const sizes = new Map([...touched.values()].map((state) => [state, state.bytes]))
    try {
      const sifted: Sifted = { fresh: new Map(), replaced: [] }
      sift([...spans, ...made], touched, sifted)
      sift(rootsOfRecords(merged, touched, this.#options.reader), touched, sifted)
      const { fresh, replaced } = sifted
      const records = await this.#readLogs(logs, sifted, touched)
      recordTurns(turns, touched)
      const now = this.#options.now()
      for (const state of [...touched.values()].filter(isBehind)) state.arrival = now
      const given = placeFeedback(feedback, touched)
      const changed = [...touched.values()].filter(isBehind)
      const folded = changed.filter(isFoldedAtOnce)
      const behind = changed.filter((state) => !isFoldedAtOnce(state))
      await this.#transaction(async () => {
        const stowed = await this.#stowedTexts()
        const before = await this.#remove(replaced)
        await this.#appendSpans([...fresh], stowed, before)
        await this.#appendLogs(records, now, stowed)
        await this.#writeFeedback(given, now)
        await removeRecords(run, merged.stale)
        await this.#appendRecords(merged.changed, now, stowed)
        await this.#writeRows(folded, stowed)
        await this.#appendLongTexts(stowed)
        await this.#markBehind(behind)
      })
      for (const state of touched.values()) this.#options.states.keep(state, sizes.get(state) ?? 0)
      this.#options.states.trim((state) => !isBehind(state))
      return { traceIds: changed.map(({ traceId }) => traceId), behind: behind.map(({ traceId }) => traceId) }
    } catch (error) {
      for (const [state, bytes] of sizes) this.#options.states.drop(state.traceId, bytes)
      throw error
    }
  }

  /**
   * Writes the rows of traces that are behind their spans, and only of those that still are. What is read back
   * from the store for it is behind: its mark says so, and goes with this transaction.
   */
  async writeBehind(ids: readonly TraceId[]): Promise<void> {
    // A few at a time: each is large.
    for (let start = 0; start < ids.length; start += LARGE_AT_ONCE) {
      await this.#writeSomeBehind(ids.slice(start, start + LARGE_AT_ONCE))
    }
  }

  async #writeSomeBehind(ids: readonly TraceId[]): Promise<void> {
    const known = ids.map((id) => this.#options.states.get(id)).filter((state) => state !== undefined)
    const forgotten = ids.filter((id) => !this.#options.states.get(id))
    const loaded = await loadStates((statement) => this.#run(statement), forgotten)
    if (this.#hasFeedback !== false) await loadFeedback((statement) => this.#run(statement), loaded)
    try {
      await this.#transaction(async () => {
        const stowed = await this.#stowedTexts()
        await this.#writeRows([...known, ...loaded.values()].filter(isBehind), stowed)
        await this.#appendLongTexts(stowed)
        await this.#run(sql`DELETE FROM unfolded WHERE trace_id IN (SELECT unnest(${ids}))`)
      })
    } catch (error) {
      // Their states say that they were written.
      for (const id of ids) this.#options.states.forget(id)
      throw error
    }
  }

  /** Traces that were behind when the store was last left. */
  async leftBehind(): Promise<TraceId[]> {
    const rows = await this.#run(sql`SELECT DISTINCT trace_id FROM unfolded`)
    return rows.map(({ trace_id }) => String(trace_id) as TraceId)
  }

  async #statesOf(ids: readonly TraceId[]): Promise<Map<TraceId, TraceState>> {
    const touched = new Map<TraceId, TraceState>()
    const unknown: TraceId[] = []
    for (const id of ids) {
      if (touched.has(id)) continue
      const state = this.#options.states.get(id)
      if (!state) unknown.push(id)
      touched.set(id, state ?? newState(id))
    }
    const stored = await loadStates((statement) => this.#run(statement), unknown)
    for (const [id, state] of stored) touched.set(id, state)
    if (this.#hasFeedback) {
      const fresh = unknown.map((id) => [id, touched.get(id) ?? newState(id)] as const)
      await loadFeedback((statement) => this.#run(statement), new Map(fresh))
    }
    return touched
  }

  /** Reads spans again whose log records came; gives the records that are new. */
  async #readLogs(
    logs: readonly LogRecord[],
    sifted: Sifted,
    touched: ReadonlyMap<TraceId, TraceState>,
  ): Promise<readonly LogRecord[]> {
    this.#hasLogs ??= (await this.#run(sql`SELECT 1 FROM logs LIMIT 1`)).length > 0
    if (logs.length > 0) this.#hasLogs = true
    if (!this.#hasLogs) return logs
    const { reader } = this.#options
    const run = (statement: Fragment) => this.#run(statement)
    const { records, spans } = await readWithLogs(run, reader, logs, sifted.fresh, touched)
    for (const encoded of spans) {
      const state = touched.get(encoded.traceId)
      if (state) replace(state, encoded, sifted)
    }
    return records
  }

  #run(statement: Fragment) {
    return runOn(this.#options.connection, statement)
  }

  async #transaction(work: () => Promise<void>): Promise<void> {
    const { connection } = this.#options
    await connection.run('BEGIN TRANSACTION')
    try {
      await work()
      await connection.run('COMMIT')
    } catch (error) {
      // A failed commit has already ended the transaction.
      await connection.run('ROLLBACK').catch(() => undefined)
      throw error
    }
  }

  /** Gives what the long texts of the removed rows were, by the spans' names: some are shared and stay. */
  async #remove(replaced: readonly Replaced[]): Promise<ReadonlyMap<string, IdRange>> {
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

  async #appendSpans(
    spans: readonly (readonly [name: string, EncodedSpan])[],
    stowed: StowedTexts,
    before: ReadonlyMap<string, IdRange>,
  ): Promise<void> {
    if (spans.length === 0) return
    const { connection } = this.#options
    const rows = spans.map(([name, span]) => spanRow(span, stowed, before.get(name)))
    await appendRows(connection, 'spans', SPAN_TYPES, rows)
  }

  async #appendLogs(logs: readonly LogRecord[], now: Micros, stowed: StowedTexts): Promise<void> {
    if (logs.length === 0) return
    const rows = logs.map((log) => logRow(log, now, stowed))
    await appendRows(this.#options.connection, 'logs', LOG_TYPES, rows)
  }

  async #writeFeedback(given: readonly GivenFeedback[], now: Micros): Promise<void> {
    if (given.length === 0) return
    await this.#run(sql`DELETE FROM feedback WHERE id IN (SELECT unnest(${given.map(({ id }) => id)}))`)
    const rows = given.map((one) => feedbackRow(one, now))
    await appendRows(this.#options.connection, 'feedback', FEEDBACK_TYPES, rows)
  }

  async #appendRecords(records: readonly MergedRecord[], now: Micros, stowed: StowedTexts): Promise<void> {
    if (records.length === 0) return
    const rows = records.map((record) => recordRow(record, now, stowed))
    await appendRows(this.#options.connection, 'records', RECORD_TYPES, rows)
  }

  async #stowedTexts(): Promise<StowedTexts> {
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

  async #appendLongTexts(stowed: StowedTexts): Promise<void> {
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
  async #markBehind(states: readonly TraceState[]): Promise<void> {
    const rows = states.map(({ traceId, firstTime, lastTime }) => [traceId, firstTime, lastTime])
    if (rows.length > 0) await appendRows(this.#options.connection, 'unfolded', MARK_TYPES, rows)
  }

  /** A row is removed and appended: rows have no key whose check that could trip. */
  async #writeRows(states: readonly TraceState[], stowed: StowedTexts): Promise<void> {
    const rows: Cell[][] = []
    const named: IdRange[] = []
    const starts: number[] = []
    const ids: TraceId[] = []
    for (const state of states) {
      if (state.storedStart !== null) {
        starts.push(state.storedStart)
        ids.push(state.traceId)
        if (state.named !== null) named.push(state.named)
      }
      const trace = fold(state, this.#options.reader)
      rows.push(traceRow(trace, stowed))
      state.named = stowed.named
      state.storedStart = trace.reading.summary.startTime
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
  }
}

/** Parts what is new from what was delivered before, and adds the new to its trace. */
function sift(
  spans: readonly EncodedSpan[],
  touched: ReadonlyMap<TraceId, TraceState>,
  sifted: Sifted,
): void {
  for (const encoded of spans) {
    const { traceId } = encoded
    const { spanId } = encoded.reading.outline
    const state = touched.get(traceId)
    if (!state) continue
    const place = state.places.get(spanId)
    const known = place === undefined ? undefined : state.readings[place]
    if (known === undefined) {
      addReading(state, encoded.reading, readingBytes(encoded.outline.length, encoded.facts?.length ?? 0))
      sifted.fresh.set(spanName(traceId, spanId), encoded)
    } else if (encoded.replaces || supersedes(encoded.reading.outline, known.outline))
      replace(state, encoded, sifted)
  }
}

/** Puts another reading of a span in the place of the one that is known. */
function replace(state: TraceState, encoded: EncodedSpan, { fresh, replaced }: Sifted): void {
  const { traceId } = encoded
  const { spanId, startTime } = encoded.reading.outline
  const place = state.places.get(spanId)
  const known = place === undefined ? undefined : state.readings[place]
  if (place === undefined || known === undefined) return
  const name = spanName(traceId, spanId)
  if (!fresh.has(name)) replaced.push({ traceId, spanId, startTime: known.outline.startTime })
  fresh.set(name, encoded)
  state.readings[place] = encoded.reading
  state.firstTime = Math.min(state.firstTime, startTime) as Micros
  state.lastTime = Math.max(state.lastTime, startTime) as Micros
  state.bytes += readingBytes(encoded.outline.length, encoded.facts?.length ?? 0)
  // Its row is behind now, though no span was added.
  state.folded = Math.min(state.folded, state.readings.length - 1)
}

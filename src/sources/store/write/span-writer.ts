import type { DuckDBConnection } from '@duckdb/node-api'
import type { LogRecord } from '../../../domain/model/span.ts'
import type { Micros, TraceId } from '../../../domain/model/units.ts'
import type { Reader } from '../columns/reader.ts'
import { runOn } from '../engine/connections.ts'
import { inTransaction } from '../engine/in-transaction.ts'
import { type Fragment, sql } from '../sql/sql.ts'
import { loadFeedback, placeFeedback, tracesHolding } from './feedback.ts'
import { isBehind, isFoldedAtOnce } from './folding.ts'
import { readWithLogs } from './log-readings.ts'
import { mergeEvents, NOTHING_MERGED, removeRecords, rootsOfRecords, spansOfRecords } from './records.ts'
import { RowWriter } from './row-writer.ts'
import { replace, type Sifted, sift } from './sift.ts'
import { loadStates, newState, type TraceState, type TraceStates } from './trace-states.ts'
import { recordTurns } from './turn-writer.ts'
import type { Delivery } from './write-queue.ts'

export interface SpanWriterOptions {
  readonly connection: DuckDBConnection
  readonly states: TraceStates
  readonly reader: Reader
  readonly now: () => Micros
  /** Called for traces that changed, after the commit and before the writer goes on. */
  readonly changed: (ids: readonly TraceId[]) => void
}

/** What a transaction changed. */
export interface Written {
  readonly traceIds: readonly TraceId[]
  /** Traces whose row is now behind their spans. */
  readonly behind: readonly TraceId[]
}

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
  readonly #rows: RowWriter

  constructor(options: SpanWriterOptions) {
    this.#options = options
    this.#rows = new RowWriter(options)
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
        const stowed = await this.#rows.stowedTexts()
        const before = await this.#rows.remove(replaced)
        await this.#rows.appendSpans([...fresh], stowed, before)
        await this.#rows.appendLogs(records, now, stowed)
        await this.#rows.writeFeedback(given, now)
        await removeRecords(run, merged.stale)
        await this.#rows.appendRecords(merged.changed, now, stowed)
        await this.#rows.writeRows(folded, stowed)
        await this.#rows.appendLongTexts(stowed)
        await this.#rows.markBehind(behind)
      })
      this.#options.changed([...touched.keys()])
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
    const loaded = await this.#load(forgotten)
    if (this.#hasFeedback !== false) await loadFeedback((statement) => this.#run(statement), loaded)
    try {
      await this.#transaction(async () => {
        const stowed = await this.#rows.stowedTexts()
        await this.#rows.writeRows([...known, ...loaded.values()].filter(isBehind), stowed)
        await this.#rows.appendLongTexts(stowed)
        await this.#run(sql`DELETE FROM unfolded WHERE trace_id IN (SELECT unnest(${ids}))`)
      })
      this.#options.changed(ids)
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

  #load(ids: readonly TraceId[]): Promise<Map<TraceId, TraceState>> {
    return loadStates((statement) => this.#run(statement), ids)
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
    const stored = await this.#load(unknown)
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

  #transaction(work: () => Promise<void>): Promise<void> {
    return inTransaction(this.#options.connection, work)
  }
}

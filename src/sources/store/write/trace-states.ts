import type { GivenFeedback } from '../../../domain/model/given-feedback.ts'
import type { SpanOutline } from '../../../domain/model/span.ts'
import type { Micros, SpanId, TraceId } from '../../../domain/model/units.ts'
import type { SpanReading } from '../../../semantics/reading.ts'
import { decodeFacts } from '../columns/encoded-span.ts'
import { type IdRange, rangeOf, readWhole } from '../columns/long-texts.ts'
import { traceKey } from '../columns/stored-text.ts'
import type { ResultRow, Run } from '../engine/connections.ts'
import { sql } from '../sql/sql.ts'
import type { JudgedTrace } from './typed-rows.ts'

/** What is held in memory of a trace that spans arrive for: enough to fold it again. */
export interface TraceState {
  readonly traceId: TraceId
  readonly readings: SpanReading[]
  /** Where each span stands in `readings`. */
  readonly places: Map<SpanId, number>
  firstTime: Micros
  lastTime: Micros
  arrival: Micros
  /** Start time of the row that is stored of it; null where there is none yet. */
  storedStart: Micros | null
  /** The long texts that row names. */
  named: IdRange | null
  /** The turn as its bot recorded it, in JSON; null where it did not. */
  recorded: string | null
  /** What was given on the turn by itself, by id. */
  readonly feedback: Map<string, GivenFeedback>
  /** Spans whose facts are those of a version before: they lack what it did not read. */
  readonly unread: Set<SpanId>
  /** How the stored row judges the trace; null where that is not held. */
  judged: JudgedTrace | null
  typing: TypingState
  /** How many spans the stored row covers; `STALE` where it is to be written again whatever they are. */
  folded: number
  /** Roughly what this takes in memory. */
  bytes: number
}

/**
 * What is known of its spans' typed rows: there are none and no mark, there may be some and a mark, or `untyped`
 * holds a mark with this start and none has been written since.
 */
export type TypingState = 'fresh' | 'unknown' | { readonly markedAt: Micros }

/** See `TraceState.folded`. */
export const STALE = -1

/** Objects of a reading beside its texts. */
const READING_OVERHEAD = 500
export const readingBytes = (outlineLength: number, factsLength: number): number =>
  READING_OVERHEAD + 2 * (outlineLength + factsLength)

export const newState = (traceId: TraceId): TraceState => ({
  traceId,
  readings: [],
  unread: new Set(),
  judged: null,
  typing: 'fresh',
  places: new Map(),
  firstTime: Number.POSITIVE_INFINITY as Micros,
  lastTime: Number.NEGATIVE_INFINITY as Micros,
  arrival: 0 as Micros,
  storedStart: null,
  named: null,
  recorded: null,
  feedback: new Map(),
  folded: 0,
  bytes: 500,
})

export function addReading(state: TraceState, reading: SpanReading, bytes: number): void {
  const { spanId, startTime } = reading.outline
  state.places.set(spanId, state.readings.length)
  state.readings.push(reading)
  if (startTime < state.firstTime) state.firstTime = startTime
  if (startTime > state.lastTime) state.lastTime = startTime
  state.bytes += bytes
}

/** Recently touched traces, the least recent forgotten first; what is forgotten is read back when needed. */
export class TraceStates {
  readonly #states = new Map<TraceId, TraceState>()
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get(id: TraceId): TraceState | undefined {
    return this.#states.get(id)
  }

  /** Puts it at the recent end, and counts its bytes anew. */
  keep(state: TraceState, bytesBefore: number): void {
    if (this.#states.delete(state.traceId)) this.#bytes -= bytesBefore
    this.#states.set(state.traceId, state)
    this.#bytes += state.bytes
  }

  /** Forgets all of them. */
  clear(): void {
    this.#states.clear()
    this.#bytes = 0
  }

  drop(id: TraceId, bytes: number): void {
    if (this.#states.delete(id)) this.#bytes -= bytes
  }

  forget(id: TraceId): void {
    const state = this.#states.get(id)
    if (state) this.drop(id, state.bytes)
  }

  /** Forgets the oldest while there are too many bytes; the newest always stays, whatever its size. */
  trim(mayForget: (state: TraceState) => boolean): void {
    for (const state of this.#states.values()) {
      if (this.#bytes <= this.#maxBytes || this.#states.size === 1) return
      if (mayForget(state)) this.drop(state.traceId, state.bytes)
    }
  }
}

const textOf = (row: ResultRow, column: string): string => String(row[column] ?? '')

/** A span that was running when it was first seen, and has ended since. */
export const supersedes = (incoming: SpanOutline, known: SpanOutline): boolean =>
  known.duration === null && incoming.duration !== null

/** Of a span that is stored twice, the one that ended. */
function addStored(state: TraceState, reading: SpanReading, bytes: number): void {
  const place = state.places.get(reading.outline.spanId)
  const known = place === undefined ? undefined : state.readings[place]
  if (place === undefined || known === undefined) addReading(state, reading, bytes)
  else if (supersedes(reading.outline, known.outline)) state.readings[place] = reading
}

/**
 * Reads the states of traces back from the store; unknown traces are absent from the reply. Spans are looked
 * for where the row and the marks together say: a row that is behind does not know where its newest are.
 * @param started when all of them start, where that is known: so much less is looked through for their rows
 */
export async function loadStates(
  run: Run,
  ids: readonly TraceId[],
  started: { readonly first: bigint; readonly last: bigint } | null = null,
): Promise<Map<TraceId, TraceState>> {
  const found = new Map<TraceId, TraceState>()
  if (ids.length === 0) return found
  const keys = ids.map((id) => String(traceKey(id)))
  const rows = await readWhole(
    run,
    sql`SELECT trace_id, start_time, first_time, last_time, arrival, recorded, first_text, last_text,
          false AS behind FROM traces
        WHERE ${started === null ? sql`true` : sql`start_time BETWEEN ${started.first} AND ${started.last}`}
        AND trace_key IN (SELECT unnest(${keys})::INTEGER) AND trace_id IN (SELECT unnest(${ids}))
        UNION ALL SELECT trace_id, NULL, first_time, last_time, NULL, NULL, NULL, NULL, true FROM unfolded
        WHERE trace_id IN (SELECT unnest(${ids}))`,
    ['recorded'],
  )
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  const behind = new Set<TraceId>()
  for (const row of rows) {
    const id = textOf(row, 'trace_id') as TraceId
    const state = found.get(id) ?? newState(id)
    if (row.behind === true) behind.add(id)
    else {
      state.storedStart = Number(row.start_time) as Micros
      state.arrival = Number(row.arrival) as Micros
      state.named = rangeOf(row)
    }
    state.typing = 'unknown'
    if (typeof row.recorded === 'string') {
      state.recorded = row.recorded
      state.bytes += 2 * row.recorded.length
    }
    found.set(id, state)
    first = Math.min(first, Number(row.first_time))
    last = Math.max(last, Number(row.last_time))
  }
  if (found.size === 0) return found
  const known = [...found.keys()]
  const spans = await readWhole(
    run,
    sql`SELECT trace_id, outline, facts FROM spans
        WHERE start_time BETWEEN ${BigInt(first)} AND ${BigInt(last)}
        AND trace_key IN (SELECT unnest(${known.map((id) => String(traceKey(id)))})::INTEGER)
        AND trace_id IN (SELECT unnest(${known}))`,
    ['facts'],
  )
  for (const row of spans) {
    const state = found.get(textOf(row, 'trace_id') as TraceId)
    const outline = textOf(row, 'outline')
    const text = typeof row.facts === 'string' ? row.facts : null
    const { facts, whole } = decodeFacts(text)
    const reading: SpanReading = { outline: JSON.parse(outline) as SpanOutline, facts }
    if (!state) continue
    addStored(state, reading, readingBytes(outline.length, text?.length ?? 0))
    if (!whole) state.unread.add(reading.outline.spanId)
  }
  for (const [id, state] of found) {
    state.folded = behind.has(id) ? STALE : state.readings.length
    if (state.storedStart !== null) continue
    // A mark without a row; it may stand for nothing at all.
    if (state.readings.length === 0) found.delete(id)
    else state.arrival = state.lastTime
  }
  return found
}

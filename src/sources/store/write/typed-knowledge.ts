import type { Span } from '../../../domain/model/span.ts'
import type { SpanId, TraceId } from '../../../domain/model/units.ts'
import { SourceError } from '../../../domain/port/source-error.ts'
import { decodeSpan } from '../columns/encoded-span.ts'
import { longTextOf } from '../columns/long-texts.ts'
import type { Reader } from '../columns/reader.ts'
import { traceKey } from '../columns/stored-text.ts'
import { KNOWN_COLUMNS, saidByStored, stepFactsOf } from '../columns/typed-spans.ts'
import type { Run } from '../engine/connections.ts'
import { streamSpans } from '../read/trace-page.ts'
import { untypedOf } from '../read/untyped.ts'
import { constant, sql } from '../sql/sql.ts'
import type { TraceState } from './trace-states.ts'

/**
 * Adds to traces that were read back what their typed rows say: which are as they should be, and what the
 * version before did not keep in its readings. Where there are none yet, that is read from the payloads.
 */
export async function knowTyped(
  run: Run,
  states: ReadonlyMap<TraceId, TraceState>,
  reader: Reader,
): Promise<void> {
  const known = [...states.values()].filter(({ readings }) => readings.length > 0)
  if (known.length === 0) return
  const first = known.reduce((least, { firstTime }) => Math.min(least, firstTime), Number.POSITIVE_INFINITY)
  const last = known.reduce((most, { lastTime }) => Math.max(most, lastTime), Number.NEGATIVE_INFINITY)
  const rows = await run(
    sql`SELECT start_time, ${constant(KNOWN_COLUMNS.join(', '))} FROM typed_spans
        WHERE start_time BETWEEN ${BigInt(first)} AND ${BigInt(last)}
        AND trace_key IN (SELECT unnest(${known.map(({ traceId }) => String(traceKey(traceId)))})::INTEGER)
        AND trace_id IN (SELECT unnest(${known.map(({ traceId }) => traceId)}))`,
  )
  const typed = new Set<TraceState>()
  for (const row of rows) {
    const state = states.get(String(row.trace_id) as TraceId)
    const place = state?.places.get(String(row.span_id) as never)
    const reading = place === undefined ? undefined : state?.readings[place]
    if (!state || place === undefined || !reading) continue
    typed.add(state)
    state.typed[place] = {
      said: saidByStored(row),
      startTime: Number(row.start_time) as typeof state.firstTime,
    }
    state.readings[place] = { ...reading, facts: { ...stepFactsOf(row), ...reading.facts } }
  }
  const without = known.filter((state) => !typed.has(state))
  if (without.length === 0) return
  if ((await untypedOf(run)) === null) return
  for (const group of groupsOf(without)) {
    const long = group.length === 1 ? group : await readTogether(run, group, reader)
    for (const state of long) await readAlone(run, state, reader)
  }
}

/** Spans whose payloads are held at once: none of them is longer than a column may hold. */
const SPANS_AT_ONCE = 4_000

function groupsOf(states: readonly TraceState[]): readonly (readonly TraceState[])[] {
  const groups: TraceState[][] = []
  let spans = Number.POSITIVE_INFINITY
  for (const state of states) {
    spans += state.readings.length
    if (spans <= SPANS_AT_ONCE) groups.at(-1)?.push(state)
    else {
      groups.push([state])
      spans = state.readings.length
    }
  }
  return groups
}

/**
 * Reads from the payloads of traces, by one statement, what the version before did not keep in its readings. Gives
 * those traces that have longer texts than stand in a row: each is to be read alone.
 */
async function readTogether(
  run: Run,
  states: readonly TraceState[],
  reader: Reader,
): Promise<readonly TraceState[]> {
  const first = states.reduce((least, { firstTime }) => Math.min(least, firstTime), Number.POSITIVE_INFINITY)
  const last = states.reduce((most, { lastTime }) => Math.max(most, lastTime), Number.NEGATIVE_INFINITY)
  const byId = new Map(states.map((state) => [state.traceId, state]))
  const rows = await run(
    sql`SELECT trace_id, span_id, resource, payload FROM spans
        WHERE start_time BETWEEN ${BigInt(first)} AND ${BigInt(last)}
        AND trace_key IN (SELECT unnest(${states.map(({ traceId }) => String(traceKey(traceId)))})::INTEGER)
        AND trace_id IN (SELECT unnest(${[...byId.keys()]}))`,
  )
  const long = new Set<TraceState>()
  for (const row of rows) {
    const state = byId.get(String(row.trace_id) as TraceId)
    if (!state) continue
    if (longTextOf(row.resource) !== null || longTextOf(row.payload) !== null) long.add(state)
    else {
      const ids = { traceId: state.traceId, spanId: String(row.span_id) as SpanId }
      addStepFacts(state, decodeSpan(ids, String(row.resource), String(row.payload)), reader)
    }
  }
  return [...long]
}

async function readAlone(run: Run, state: TraceState, reader: Reader): Promise<void> {
  try {
    for await (const spans of streamSpans(run, state.traceId)) {
      for (const span of spans) addStepFacts(state, span, reader)
    }
  } catch (error) {
    // Spans without a row: their trace is written for the first time now.
    if (!(error instanceof SourceError && error.kind === 'not-found')) throw error
  }
}

function addStepFacts(state: TraceState, span: Span, reader: Reader): void {
  const place = state.places.get(span.spanId)
  const reading = place === undefined ? undefined : state.readings[place]
  if (place === undefined || !reading) return
  const { provider, component, vectorStore, documents, streamed } = reader.readSpan(span).facts
  const facts = {
    ...reading.facts,
    ...(provider !== undefined && { provider }),
    ...(component !== undefined && { component }),
    ...(vectorStore !== undefined && { vectorStore }),
    ...(documents !== undefined && { documents }),
    ...(streamed && { streamed }),
  }
  state.readings[place] = { ...reading, facts }
}

import type { Span } from '../../../domain/model/span.ts'
import type { SpanId, TraceId } from '../../../domain/model/units.ts'
import { SourceError } from '../../../domain/port/source-error.ts'
import { decodeSpan } from '../columns/encoded-span.ts'
import { longTextOf } from '../columns/long-texts.ts'
import type { Reader } from '../columns/reader.ts'
import { traceKey } from '../columns/stored-text.ts'
import type { Run } from '../engine/connections.ts'
import { streamSpans } from '../read/trace-page.ts'
import { sql } from '../sql/sql.ts'
import type { TraceState } from './trace-states.ts'

/** Spans whose payloads are held at once: none of them is longer than a column may hold. */
const SPANS_AT_ONCE = 4_000

/**
 * Adds to traces that were read back what an earlier version did not read of their spans, from the payloads.
 * Those that have nothing of the kind cost nothing.
 */
export async function readStepFacts(run: Run, states: readonly TraceState[], reader: Reader): Promise<void> {
  for (const group of groupsOf(states.filter(({ unread }) => unread.size > 0))) {
    const long = group.length === 1 ? group : await readTogether(run, group, reader)
    for (const state of long) await readAlone(run, state, reader)
  }
}

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

/** By one statement. Gives those traces that have longer texts than stand in a row: each is to be read alone. */
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
    // It has been deleted since.
    if (!(error instanceof SourceError && error.kind === 'not-found')) throw error
  }
}

function addStepFacts(state: TraceState, span: Span, reader: Reader): void {
  const place = state.places.get(span.spanId)
  const reading = place === undefined ? undefined : state.readings[place]
  if (place === undefined || !reading || !state.unread.has(span.spanId)) return
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

import type { TraceId } from '../../../domain/model/units.ts'
import { SourceError } from '../../../domain/port/source-error.ts'
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
  for (const state of without) await readStepFacts(run, state, reader)
}

/** Reads from a trace's payloads what the version before did not keep in its readings. */
async function readStepFacts(run: Run, state: TraceState, reader: Reader): Promise<void> {
  try {
    for await (const spans of streamSpans(run, state.traceId)) {
      for (const span of spans) {
        const place = state.places.get(span.spanId)
        const reading = place === undefined ? undefined : state.readings[place]
        if (place === undefined || !reading) continue
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
    }
  } catch (error) {
    // Spans without a row: their trace is written for the first time now.
    if (!(error instanceof SourceError && error.kind === 'not-found')) throw error
  }
}

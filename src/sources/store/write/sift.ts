import type { Micros, SpanId, TraceId } from '../../../domain/model/units.ts'
import type { EncodedSpan } from '../columns/encoded-span.ts'
import { spanName } from './log-readings.ts'
import { addReading, readingBytes, supersedes, type TraceState } from './trace-states.ts'

export interface Replaced {
  readonly traceId: TraceId
  readonly spanId: SpanId
  readonly startTime: Micros
}

/** What a delivery brings that is not stored yet, by name, and what of the stored it replaces. */
export interface Sifted {
  readonly fresh: Map<string, EncodedSpan>
  readonly replaced: Replaced[]
}

/** Parts what is new from what was delivered before, and adds the new to its trace. */
export function sift(
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
      addReading(state, encoded.reading, readingBytes(encoded.outline.length, encoded.facts.length))
      sifted.fresh.set(spanName(traceId, spanId), encoded)
    } else if (encoded.replaces || supersedes(encoded.reading.outline, known.outline))
      replace(state, encoded, sifted)
  }
}

/** Puts another reading of a span in the place of the one that is known. */
export function replace(state: TraceState, encoded: EncodedSpan, { fresh, replaced }: Sifted): void {
  const { traceId } = encoded
  const { spanId, startTime } = encoded.reading.outline
  const place = state.places.get(spanId)
  const known = place === undefined ? undefined : state.readings[place]
  if (place === undefined || known === undefined) return
  const name = spanName(traceId, spanId)
  if (!fresh.has(name)) replaced.push({ traceId, spanId, startTime: known.outline.startTime })
  fresh.set(name, encoded)
  state.readings[place] = encoded.reading
  state.unread.delete(spanId)
  state.firstTime = Math.min(state.firstTime, startTime) as Micros
  state.lastTime = Math.max(state.lastTime, startTime) as Micros
  state.bytes += readingBytes(encoded.outline.length, encoded.facts.length)
  // Its row is behind now, though no span was added.
  state.folded = Math.min(state.folded, state.readings.length - 1)
}

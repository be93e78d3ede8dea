import type { SpanDetail } from '../domain/model/span.ts'
import type { SpanId, TraceId } from '../domain/model/units.ts'
import { SourceError } from '../domain/port/source-error.ts'
import type { TraceSource } from '../domain/port/trace-source.ts'

/** Spans that one call asks for at most. */
const MOST = 100

interface Wanted {
  readonly span: SpanId
  readonly signal: AbortSignal
  readonly give: (detail: SpanDetail) => void
  readonly fail: (error: unknown) => void
}

/** Payloads that are wanted in the same breath, by trace, until they are asked for together. */
const waiting = new WeakMap<TraceSource, Map<TraceId, Wanted[]>>()

/**
 * One span's payload. Whatever else is wanted of the same trace at the same time comes in one call: an
 * explanation of a turn takes a hundred spans. Rejects as `getSpan` does, by itself.
 */
export function payloadOf(
  source: TraceSource,
  trace: TraceId,
  span: SpanId,
  signal: AbortSignal,
): Promise<SpanDetail> {
  return new Promise((give, fail) => {
    const ofSource = waiting.get(source) ?? new Map<TraceId, Wanted[]>()
    waiting.set(source, ofSource)
    const ofTrace = ofSource.get(trace)
    const wanted: Wanted = { span, signal, give, fail }
    if (ofTrace) {
      ofTrace.push(wanted)
      return
    }
    ofSource.set(trace, [wanted])
    setTimeout(() => {
      const all = ofSource.get(trace) ?? []
      ofSource.delete(trace)
      for (const one of all) if (one.signal.aborted) one.fail(one.signal.reason)
      const left = all.filter((one) => !one.signal.aborted)
      for (let at = 0; at < left.length; at += MOST) void ask(source, trace, left.slice(at, at + MOST))
    })
  })
}

async function ask(source: TraceSource, trace: TraceId, wanted: readonly Wanted[]): Promise<void> {
  const [first] = wanted
  if (!first) return
  if (wanted.length === 1 || !source.getSpanDetails) {
    for (const { span, signal, give, fail } of wanted) source.getSpan(trace, span, signal).then(give, fail)
    return
  }
  // The call is given up once nobody of those who share it waits any more.
  const call = new AbortController()
  let here = wanted.length
  for (const { signal, fail } of wanted) {
    signal.addEventListener(
      'abort',
      () => {
        fail(signal.reason)
        if (--here === 0) call.abort(signal.reason)
      },
      { once: true },
    )
  }
  try {
    const spans = [...new Set(wanted.map(({ span }) => span))]
    const details = await source.getSpanDetails(trace, spans, call.signal)
    const byId = new Map(details.map((detail) => [detail.span.spanId, detail]))
    for (const { span, give, fail } of wanted) {
      const detail = byId.get(span)
      if (detail) give(detail)
      else fail(new SourceError('not-found', `no span ${span} in trace ${trace}`))
    }
  } catch (error) {
    for (const { fail } of wanted) fail(error)
  }
}

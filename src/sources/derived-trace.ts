import type { LogList, TraceSource } from '../domain/port/trace-source.ts'
import type { Span } from '../domain/span.ts'
import type { TraceId } from '../domain/units.ts'

/** Spans asked for at a time. */
const AT_ONCE = 8

/** Every span as it was recorded, in order of time, asked for one by one. */
export async function* spansOneByOne(
  source: TraceSource,
  id: TraceId,
  signal: AbortSignal,
): AsyncGenerator<readonly Span[]> {
  const { spans } = await source.getSpans(id, signal)
  const ids = spans.toSorted((a, b) => a.startTime - b.startTime).map(({ spanId }) => spanId)
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const details = await Promise.all(
      ids.slice(at, at + AT_ONCE).map((span) => source.getSpan(id, span, signal)),
    )
    yield details.map(({ span }) => span)
  }
}

/** What a source answers that keeps no log records. */
export async function noLogs(source: TraceSource, id: TraceId, signal: AbortSignal): Promise<LogList> {
  await source.getTrace(id, signal)
  return { logs: [], complete: true }
}

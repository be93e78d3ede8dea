import type { Span, SpanDetail } from '../domain/model/span.ts'
import type { SpanId, TraceId } from '../domain/model/units.ts'
import { SourceError } from '../domain/port/source-error.ts'
import type { LogList, TraceSource } from '../domain/port/trace-source.ts'

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

/** Payloads of several spans, asked for one by one; those that are not there are left out. */
export async function payloadsOneByOne(
  source: TraceSource,
  id: TraceId,
  spans: readonly SpanId[],
  signal: AbortSignal,
): Promise<readonly SpanDetail[]> {
  const found: SpanDetail[] = []
  for (let at = 0; at < spans.length; at += AT_ONCE) {
    const details = await Promise.all(
      spans.slice(at, at + AT_ONCE).map((span) => source.getSpan(id, span, signal).catch(unlessMissing)),
    )
    for (const detail of details) if (detail) found.push(detail)
  }
  // A trace that is not there has no such spans either: told apart only where nothing was found.
  if (found.length === 0) await source.getTrace(id, signal)
  return found
}

const unlessMissing = (error: unknown): undefined => {
  if (error instanceof SourceError && error.kind === 'not-found') return undefined
  throw error
}

/** What a source answers that keeps no log records. */
export async function noLogs(source: TraceSource, id: TraceId, signal: AbortSignal): Promise<LogList> {
  await source.getTrace(id, signal)
  return { logs: [], complete: true }
}

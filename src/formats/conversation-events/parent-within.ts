import type { Span } from '../../domain/model/span.ts'
import type { SpanId, TraceId } from '../../domain/model/units.ts'

/**
 * Events that came without a parent (feedback and system events are sent on the turn itself), put under the message
 * of their turn where that came along.
 */
export const parentWithin = (spans: readonly Span[]): readonly Span[] => {
  const messages = new Map<TraceId, SpanId>()
  for (const span of spans)
    if (span.attributes['turnscope.event.type'] === 'MESSAGE' && !messages.has(span.traceId))
      messages.set(span.traceId, span.spanId)
  return spans.map((span) => {
    const message = messages.get(span.traceId)
    const isLoose = span.parentId === null && span.attributes['turnscope.event.type'] !== 'MESSAGE'
    return isLoose && message !== undefined ? { ...span, parentId: message } : span
  })
}

import type { Span, SpanKind } from '../../domain/model/span.ts'
import { conventionalKind } from '../conventions/convention-table.ts'
import { TOPIC } from '../conventions/key-index.ts'

/** What a span is called that brings a rating, where a turn may carry one as well. */
const RATES = /feedback|rating|score|annotation|evaluation/i

/**
 * The kind of a span, from itself alone.
 * @param topics what its keys speak about
 */
export function kindOf(span: Span, topics: number): SpanKind {
  const kind = conventionalKind(span)
  if (kind) return kind
  if ((topics & TOPIC.feedback) !== 0 && RATES.test(span.name)) return 'feedback'
  if ((topics & TOPIC.transport) !== 0) return 'system'
  // A client that talks is one of a model, whatever its library.
  if ((topics & (TOPIC.input | TOPIC.output)) !== 0) return 'custom'
  return span.otelKind === 'client' || span.otelKind === 'server' ? 'system' : 'custom'
}

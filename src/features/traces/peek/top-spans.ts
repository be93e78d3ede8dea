import type { SpanKind, SpanOutline } from '../../../domain/model/span.ts'
import type { SpanId } from '../../../domain/model/units.ts'

/** How telling a kind of span is beside others as long. */
const WEIGHT: Partial<Record<SpanKind, number>> = {
  generation: 4,
  tool: 4,
  retrieval: 4,
  agent: 2,
  message: 2,
  embedding: 2,
}

/** A span with its place on the trace's own time axis, both 0 to 1. */
export interface PlacedSpan {
  readonly span: SpanOutline
  readonly at: number
  readonly share: number
}

/**
 * The few spans that tell most of a trace: its root, the root cause of its failure, then those that took
 * long at something telling. In order of time.
 */
export function topSpans(
  spans: readonly SpanOutline[],
  rootCause: SpanId | undefined,
  most: number,
): readonly PlacedSpan[] {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const isTop = ({ parentId }: SpanOutline) => parentId === null || !ids.has(parentId)
  const parents = parentsOf(spans)
  const rank = (span: SpanOutline): number => {
    if (isTop(span)) return Number.POSITIVE_INFINITY
    if (span.spanId === rootCause) return Number.MAX_VALUE
    if (span.duplicate) return -1
    // What only wraps others says less than what took the time itself.
    return (span.duration ?? 0) * (WEIGHT[span.kind] ?? (parents.has(span.spanId) ? 0.2 : 1))
  }
  const chosen = spans
    .map((span) => ({ span, rank: rank(span) }))
    .sort((a, b) => b.rank - a.rank)
    .slice(0, most)
    .map(({ span }) => span)
    .sort((a, b) => a.startTime - b.startTime || (b.duration ?? 0) - (a.duration ?? 0))
  const start = spans.reduce((least, span) => Math.min(least, span.startTime), Number.POSITIVE_INFINITY)
  const end = spans.reduce((latest, span) => Math.max(latest, span.startTime + (span.duration ?? 0)), start)
  const length = Math.max(1, end - start)
  return chosen.map((span) => ({
    span,
    at: (span.startTime - start) / length,
    share: (span.duration ?? end - span.startTime) / length,
  }))
}

/** Whether a span has others below it: its bar is then a tint, since the time is theirs. */
export const parentsOf = (spans: readonly SpanOutline[]): ReadonlySet<SpanId> =>
  new Set(spans.flatMap(({ parentId }) => (parentId === null ? [] : [parentId])))

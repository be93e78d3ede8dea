import type { AggregatedSpan } from '../../domain/aggregate/aggregated-turn.ts'
import type { Span, SpanOutline } from '../../domain/model/span.ts'
import { attributesIn } from '../../domain/query/attribute-filter.ts'
import type { SpanReading } from '../reading.ts'
import { measureSpans } from './span-measures.ts'

/** An embedding's model stands in its label alone. */
export const modelOf = ({ facts }: SpanReading, { kind, label }: SpanOutline): string | undefined =>
  facts.model ?? (kind === 'embedding' ? label : undefined)

/** A failure of its own, be it made good or not. */
export const isFailed = ({ state }: SpanOutline): boolean => state === 'error' || state === 'recovered'

/**
 * The spans of a trace as aggregates look at them; raw copies of requests are left out.
 * @param spans as they were recorded, one for each reading
 * @param outlines the readings' as the whole trace judges them
 */
export function aggregatedSpans(
  spans: readonly Span[],
  readings: readonly SpanReading[],
  outlines: readonly SpanOutline[],
): readonly AggregatedSpan[] {
  const measures = measureSpans(readings, outlines)
  return readings.flatMap((reading, at) => {
    const [span, outline, measure] = [spans[at], outlines[at], measures[at]]
    if (!span || !outline || !measure) return []
    const { facts } = reading
    const model = modelOf(reading, outline)
    return {
      name: outline.name,
      kind: outline.kind,
      service: outline.service,
      duration: outline.duration,
      selfTime: measure.selfTime,
      failed: isFailed(outline),
      part: measure.part,
      withinTool: measure.withinTool,
      call: measure.isLlmTurn ? 'llm' : measure.isToolCall ? 'tool' : null,
      ...(model !== undefined && { model }),
      ...(facts.provider !== undefined && { provider: facts.provider }),
      ...(outline.tool !== undefined && { tool: outline.tool }),
      ...(facts.vectorStore !== undefined && { vectorStore: facts.vectorStore }),
      ...(facts.component !== undefined && { component: facts.component }),
      ...(facts.errorType !== undefined && { errorType: facts.errorType }),
      ...(facts.documents !== undefined && { documents: facts.documents }),
      ...(measure.countsTokens && facts.usage && { usage: facts.usage }),
      ...(measure.countsCost && facts.cost !== undefined && { cost: facts.cost }),
      attributes: attributesIn([span]),
    }
  })
}

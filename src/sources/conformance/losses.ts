import type { Span, SpanMeaning, SpanOutline } from '../../domain/model/span.ts'
import type { Trace, TraceFacets, TraceSummary } from '../../domain/model/trace.ts'
import type { FilterField } from '../../domain/query/trace-query.ts'

/** A property that a backend does not keep, or gives back changed. */
export type Loss =
  | `summary.${keyof TraceSummary}`
  | `trace.${Exclude<keyof Trace, keyof TraceSummary>}`
  | `facets.${keyof TraceFacets}`
  | `outline.${keyof SpanOutline}`
  | `span.${keyof Span}`
  | `meaning.${keyof SpanMeaning}`

/** Each with why it is lost. */
export type Losses = Readonly<Partial<Record<Loss, string>>>

export type Part = 'summary' | 'trace' | 'outline' | 'span' | 'meaning'

/** Whether a loss is declared. A trace holds what its summary does. */
export const isDeclared = (loss: Loss, losses: Losses): boolean =>
  loss in losses || (loss.startsWith('trace.') && loss.replace('trace.', 'summary.') in losses)

const FIELDS: Readonly<Partial<Record<Loss, readonly FilterField[]>>> = {
  'summary.chatbot': ['chatbot', 'version'],
  'summary.session': ['session'],
  'summary.participant': ['participant'],
  'summary.status': ['status'],
  'summary.environment': ['environment'],
  'summary.channel': ['channel'],
  'summary.tags': ['tag'],
  'summary.services': ['service'],
  'summary.error': ['error'],
  'summary.kind': ['kind'],
  'summary.feedback': ['feedback', 'score'],
  'summary.duration': ['duration'],
  'summary.recovered': ['recovered'],
  'summary.metrics': ['tokens', 'cost', 'llmTurns', 'toolCalls'],
  'facets.models': ['model'],
  'facets.tools': ['tool'],
  'facets.flows': ['flow'],
  'facets.spanNames': ['spanName'],
  'facets.changed': ['changed'],
}

/** Why a field cannot be filtered by: what it reads is lost. */
export function lossOf(field: FilterField, losses: Losses = {}): string | undefined {
  for (const [loss, reason] of Object.entries(losses) as [Loss, string][]) {
    if (FIELDS[loss]?.includes(field)) return `${loss}: ${reason}`
  }
  return undefined
}

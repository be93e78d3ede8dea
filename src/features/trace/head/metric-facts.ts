import {
  applies,
  type Measured,
  type MetricName,
  measured,
  type Trace,
  type TraceStatus,
} from '../../../domain/model/trace.ts'

/** One card: a number as measured, and in words what a bare number would leave out. */
export interface MetricFact {
  readonly id: 'duration' | MetricName
  readonly label: string
  readonly shows: 'duration' | 'count' | 'cost'
  /** null = no number is known; `note` says why. */
  readonly value: number | null
  readonly note?: string
  readonly tone?: 'warn'
}

type Metrics = Trace['metrics']

/** Why there is no number: what does not apply is told apart from what nobody reported. */
const reasons: { readonly [Name in MetricName]?: (metrics: Metrics) => string } = {
  cost: (metrics) =>
    typeof metrics.inputTokens === 'number' && metrics.outputTokens === null
      ? 'output tokens unknown'
      : 'not reported',
}

const why = (name: MetricName, metrics: Metrics, status: TraceStatus): string => {
  if (status === 'pending') return 'not yet'
  return applies(metrics, name) ? (reasons[name]?.(metrics) ?? 'not reported') : 'does not apply'
}

/** What a number covers where it does not cover all. */
const partly = (name: MetricName, metrics: Metrics): string => {
  if (name === 'totalTokens' && typeof metrics.inputTokens === 'number' && metrics.outputTokens == null)
    return 'partial: input only'
  return 'partial: some calls only'
}

const shareOf = (part: Measured | undefined, word: string): string | undefined =>
  typeof part === 'number' && part > 0 ? `${part.toLocaleString('en-US')} ${word}` : undefined

const CARDS: readonly { id: MetricName; label: string; shows: 'count' | 'cost' }[] = [
  { id: 'llmTurns', label: 'LLM turns', shows: 'count' },
  { id: 'toolCalls', label: 'Tool calls', shows: 'count' },
  { id: 'totalTokens', label: 'Total tokens', shows: 'count' },
  { id: 'inputTokens', label: 'Input tokens', shows: 'count' },
  { id: 'outputTokens', label: 'Output tokens', shows: 'count' },
  { id: 'cost', label: 'Cost', shows: 'cost' },
]

const noteOf = (name: MetricName, metrics: Metrics, status: TraceStatus): string | undefined => {
  if (measured({ metrics, status }, name) == null) return why(name, metrics, status)
  const notes = [
    metrics.partial?.includes(name) ? partly(name, metrics) : undefined,
    metrics.estimated?.includes(name) ? 'estimated' : undefined,
    status === 'pending' ? 'so far' : undefined,
    name === 'inputTokens' ? shareOf(metrics.cachedTokens, 'cached') : undefined,
    name === 'outputTokens' ? shareOf(metrics.reasoningTokens, 'reasoning') : undefined,
  ].filter((note) => note !== undefined)
  return notes.length > 0 ? notes.join(', ') : undefined
}

/** The cards of a turn but its duration, in order. */
export const metricFacts = (metrics: Metrics, status: TraceStatus): readonly MetricFact[] =>
  CARDS.map(({ id, label, shows }) => {
    const note = noteOf(id, metrics, status)
    return {
      id,
      label,
      shows,
      value: measured({ metrics, status }, id) ?? null,
      ...(note !== undefined && { note }),
    }
  })

/** From how many turns on a chatbot's p95 is worth comparing with, and from what factor on it is said. */
const ENOUGH_TURNS = 20
const SLOW = 1.5

/** How many times the chatbot's p95 a turn took, where that is slow; undefined otherwise. */
export const slowFactor = (
  duration: number,
  usual: { readonly p95: number | null; readonly turns: number } | undefined,
): number | undefined => {
  if (!usual?.p95 || usual.turns < ENOUGH_TURNS) return undefined
  const factor = duration / usual.p95
  return factor >= SLOW ? factor : undefined
}

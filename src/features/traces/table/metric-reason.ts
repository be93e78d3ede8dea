import { applies, type MetricName, type Metrics, type TraceSummary } from '../../../domain/model/trace.ts'

const WORDS: Record<MetricName, string> = {
  llmTurns: 'calls of language models',
  toolCalls: 'tool calls',
  inputTokens: 'input tokens',
  cachedTokens: 'cached tokens',
  outputTokens: 'output tokens',
  reasoningTokens: 'reasoning tokens',
  totalTokens: 'tokens',
  cost: 'cost',
  timeToFirstToken: 'time to first token',
}

/** Why a metric shows no number: the turn is under way, nobody reported it, or it does not apply. */
export function whyUnknown(
  { metrics, status }: Pick<TraceSummary, 'metrics' | 'status'>,
  name: MetricName,
): string {
  if (status === 'pending') return `${WORDS[name]}: not yet`
  return applies(metrics, name) ? `${WORDS[name]}: not reported` : `${WORDS[name]}: does not apply`
}

/** What limits a number that is there: `covers only some of the calls`, `estimated`; undefined where nothing. */
export function limitOf(metrics: Metrics, name: MetricName): string | undefined {
  if (metrics.partial?.includes(name)) return 'partial: covers only some of the calls'
  if (metrics.estimated?.includes(name)) return 'estimated by the recorder'
  return undefined
}

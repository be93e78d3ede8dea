import { FILTER_FIELDS, type FilterField, type FilterOperator } from '../domain/query/trace-query.ts'

/** How a field is named in a chip and in the list of filters. */
export const FIELD_WORDS: Record<FilterField, string> = {
  chatbot: 'Chatbot',
  version: 'Version',
  session: 'Session',
  participant: 'Participant',
  status: 'Status',
  environment: 'Environment',
  channel: 'Channel',
  tag: 'Tag',
  model: 'Model',
  tool: 'Tool',
  flow: 'Flow',
  spanName: 'Span name',
  error: 'Error text',
  service: 'Service',
  changed: 'Changed data',
  kind: 'Kind',
  traceId: 'Trace ID',
  feedback: 'Feedback',
  score: 'Score',
  duration: 'Duration',
  tokens: 'Tokens',
  cost: 'Cost',
  llmTurns: 'LLM turns',
  toolCalls: 'Tool calls',
  recovered: 'Recovered failures',
}

/** What stands behind `+ Filter`, by what it is about. */
export const FIELD_GROUPS: readonly { readonly label: string; readonly fields: readonly FilterField[] }[] = [
  { label: 'Turn', fields: ['chatbot', 'version', 'session', 'participant', 'status', 'kind', 'traceId'] },
  { label: 'Context', fields: ['environment', 'channel', 'tag', 'feedback', 'score'] },
  { label: 'Spans', fields: ['model', 'tool', 'flow', 'spanName', 'service', 'error', 'changed'] },
  { label: 'Metrics', fields: ['duration', 'tokens', 'cost', 'llmTurns', 'toolCalls', 'recovered'] },
]

/** Always at hand in the filter bar. */
export const QUICK_FIELDS: readonly FilterField[] = ['chatbot', 'session', 'participant', 'status']

interface OperatorWords {
  readonly one: string
  readonly several: string
}
const same = (words: string): OperatorWords => ({ one: words, several: words })

const TEXT: Partial<Record<FilterOperator, OperatorWords>> = {
  is: { one: 'is', several: 'is any of' },
  not: { one: 'is not', several: 'is none of' },
  contains: { one: 'contains', several: 'contains any of' },
  lacks: { one: 'does not contain', several: 'contains none of' },
  starts: { one: 'starts with', several: 'starts with any of' },
  ends: { one: 'ends with', several: 'ends with any of' },
}
const OPERATOR_WORDS: Record<
  'text' | 'list' | 'number' | 'choice',
  Partial<Record<FilterOperator, OperatorWords>>
> = {
  text: TEXT,
  choice: TEXT,
  list: {
    is: { one: 'has', several: 'has any of' },
    not: { one: 'has no', several: 'has none of' },
    all: { one: 'has', several: 'has all of' },
  },
  number: {
    is: { one: 'is', several: 'is any of' },
    not: same('is not'),
    min: same('at least'),
    max: same('at most'),
  },
}

/** An operator in words, by how many values it stands over. */
export function operatorWords(field: FilterField, operator: FilterOperator, values: number): string {
  const words = OPERATOR_WORDS[FILTER_FIELDS[field]][operator]
  if (!words) return operator
  return values > 1 ? words.several : words.one
}

/** The unit a number is typed and shown in, and how many of the filter's own units it holds. */
export const NUMBER_UNITS: Partial<Record<FilterField, { readonly unit: string; readonly per: number }>> = {
  // The filter language has milliseconds; the table shows seconds.
  duration: { unit: 's', per: 1000 },
  cost: { unit: 'USD', per: 1 },
}

/** A filter's number as one types it: `0.25` for 250 ms. */
export function typedNumber(field: FilterField, value: string): string {
  const per = NUMBER_UNITS[field]?.per ?? 1
  return per === 1 ? value : String(Number((Number(value) / per).toPrecision(12)))
}

/** What one typed as the filter's number; undefined where it is none. */
export function filterNumber(field: FilterField, typed: string): string | undefined {
  const text = typed.trim().replace(',', '.')
  if (text === '' || !Number.isFinite(Number(text))) return undefined
  const per = NUMBER_UNITS[field]?.per ?? 1
  return String(Number((Number(text) * per).toPrecision(12)))
}

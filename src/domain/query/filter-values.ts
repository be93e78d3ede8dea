import type { Feedback, TraceRow, TraceSummary } from '../model/trace.ts'
import { FILTER_FIELDS, type FilterField } from './trace-query.ts'

type FieldOfType<Type> = {
  [Field in FilterField]: (typeof FILTER_FIELDS)[Field] extends Type ? Field : never
}[FilterField]
export type NumberField = FieldOfType<'number'>
export type TextField = Exclude<FilterField, NumberField>

const present = (...values: readonly (string | undefined)[]): readonly string[] =>
  values.filter((value) => value !== undefined)

/** The texts a filter on `feedback` compares with: names, textual values, and yes/no values as words. */
export const feedbackTexts = (feedback: readonly Feedback[]): readonly string[] => [
  ...new Set(
    feedback.flatMap(({ name, value }) =>
      value === undefined || typeof value === 'number' ? [name] : [name, String(value)],
    ),
  ),
]

/** The numbers a filter on `score` compares with. */
export const feedbackScores = (feedback: readonly Feedback[]): readonly number[] =>
  feedback.flatMap(({ value }) => (typeof value === 'number' ? [value] : []))

/** What a row holds for each field that is compared as text; none where the row has no such thing. */
export const TEXTS_OF: Record<TextField, (row: TraceRow) => readonly string[]> = {
  chatbot: ({ summary }) => [summary.chatbot.id, summary.chatbot.name],
  version: ({ summary }) => present(summary.chatbot.version),
  session: ({ summary }) => present(summary.session?.id),
  participant: ({ summary }) => present(summary.participant?.id, summary.participant?.name),
  status: ({ summary }) => [summary.status],
  environment: ({ summary }) => present(summary.environment),
  channel: ({ summary }) => present(summary.channel),
  tag: ({ summary }) => summary.tags,
  model: ({ facets }) => facets.models,
  tool: ({ facets }) => facets.tools,
  flow: ({ facets }) => facets.flows,
  spanName: ({ facets }) => facets.spanNames,
  error: ({ summary }) => present(summary.error),
  service: ({ summary }) => summary.services,
  changed: ({ facets }) => facets.changed,
  kind: ({ summary }) => [summary.kind],
  traceId: ({ summary }) => [summary.traceId],
  feedback: ({ summary }) => feedbackTexts(summary.feedback),
}

/** How many failures were made good; undefined where the steps of a trace are not known. */
export const recoveredOf = ({ recovered, errorCount }: TraceSummary): number | undefined =>
  recovered ?? (errorCount === undefined ? undefined : 0)

const known = (value: number | null | undefined): readonly number[] =>
  value === null || value === undefined ? [] : [value]

/** What a row holds for each field that is compared as a number, in the filter's unit; none where unknown. */
export const NUMBERS_OF: Record<NumberField, (row: TraceRow) => readonly number[]> = {
  score: ({ summary }) => feedbackScores(summary.feedback),
  // Filters count in ms. Dividing (and not multiplying the filter's value) keeps 318.2 equal to 318.2.
  duration: ({ summary }) => [summary.duration / 1000],
  tokens: ({ summary }) => known(summary.metrics.totalTokens),
  cost: ({ summary }) => known(summary.metrics.cost),
  llmTurns: ({ summary }) => known(summary.metrics.llmTurns),
  toolCalls: ({ summary }) => known(summary.metrics.toolCalls),
  recovered: ({ summary }) => known(recoveredOf(summary)),
}

export const isNumberField = (field: FilterField): field is NumberField => FILTER_FIELDS[field] === 'number'

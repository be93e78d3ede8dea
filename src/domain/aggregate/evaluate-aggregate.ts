import type { TraceRow } from '../model/trace.ts'
import { type Micros, micros } from '../model/units.ts'
import { attributeTexts } from '../query/attribute-filter.ts'
import { feedbackScores, feedbackTexts } from '../query/filter-values.ts'
import type { FilterCondition, TraceQuery } from '../query/trace-query.ts'
import {
  type AggregateKey,
  type AggregateReply,
  type AggregateRequest,
  type Dimension,
  isCounting,
  isOfSpans,
  isSpanDimension,
  isTurnDimension,
  SHARES,
  type SpanDimension,
  type SpanValue,
  type TurnDimension,
  type TurnValue,
} from './aggregate-request.ts'
import type { AggregatedSpan, AggregatedTurn } from './aggregated-turn.ts'
import { arrangeGroups, type Group } from './arrange-groups.ts'

const present = (value: string | null | undefined): readonly string[] =>
  value === undefined || value === null ? [] : [value]

const TURN_KEYS: Record<TurnDimension, (row: TraceRow) => readonly string[]> = {
  chatbot: ({ summary }) => [summary.chatbot.id],
  version: ({ summary }) => present(summary.chatbot.version),
  session: ({ summary }) => present(summary.session?.id),
  participant: ({ summary }) => present(summary.participant?.id),
  status: ({ summary }) => [summary.status],
  environment: ({ summary }) => present(summary.environment),
  channel: ({ summary }) => present(summary.channel),
  tag: ({ summary }) => summary.tags,
  flow: ({ facets }) => facets.flows,
  service: ({ summary }) => summary.services,
  kind: ({ summary }) => [summary.kind],
  feedback: ({ summary }) => feedbackTexts(summary.feedback),
  error: ({ summary }) => present(summary.error),
}

const SPAN_KEYS: Record<SpanDimension, (span: AggregatedSpan) => string | null | undefined> = {
  spanName: ({ name }) => name,
  spanKind: ({ kind }) => kind,
  model: ({ model }) => model,
  provider: ({ provider }) => provider,
  tool: ({ tool }) => tool,
  vectorStore: ({ vectorStore }) => vectorStore,
  component: ({ component }) => component,
  spanService: ({ service }) => service,
  errorType: ({ errorType }) => errorType,
  part: ({ part }) => part,
  withinTool: ({ withinTool }) => withinTool,
  call: ({ call }) => call,
}

const known = (value: number | null | undefined): readonly number[] =>
  value === undefined || value === null ? [] : [value]

const TURN_NUMBERS: Record<TurnValue, (row: TraceRow) => readonly number[]> = {
  duration: ({ summary }) => (summary.status === 'pending' ? [] : [summary.duration]),
  timeToFirstToken: ({ summary }) => known(summary.metrics.timeToFirstToken),
  llmTurns: ({ summary }) => known(summary.metrics.llmTurns),
  toolCalls: ({ summary }) => known(summary.metrics.toolCalls),
  // Equal scores of one turn count once.
  score: ({ summary }) => [...new Set(feedbackScores(summary.feedback))],
  totalTokens: ({ summary }) => known(summary.metrics.totalTokens),
  inputTokens: ({ summary }) => known(summary.metrics.inputTokens),
  outputTokens: ({ summary }) => known(summary.metrics.outputTokens),
  cachedTokens: ({ summary }) => known(summary.metrics.cachedTokens),
  reasoningTokens: ({ summary }) => known(summary.metrics.reasoningTokens),
  cost: ({ summary }) => known(summary.metrics.cost),
}

const SPAN_NUMBERS: Record<SpanValue, (span: AggregatedSpan) => number | null | undefined> = {
  spanDuration: ({ duration }) => duration,
  selfTime: ({ selfTime }) => selfTime,
  documents: ({ documents }) => documents,
  totalTokens: ({ usage }) => usage?.totalTokens,
  inputTokens: ({ usage }) => usage?.inputTokens,
  outputTokens: ({ usage }) => usage?.outputTokens,
  cachedTokens: ({ usage }) => usage?.cachedTokens,
  reasoningTokens: ({ usage }) => usage?.reasoningTokens,
  cost: ({ cost }) => cost,
}

const SPAN_TEXT: Partial<Record<string, (span: AggregatedSpan) => string | undefined>> = {
  spanName: ({ name }) => name,
  model: ({ model }) => model,
  tool: ({ tool }) => tool,
}

/** Filters on span names, models and tools choose spans as well as turns: `all` chooses any of them. */
function choosesSpan(conditions: readonly FilterCondition[]): (span: AggregatedSpan) => boolean {
  const tests = conditions.flatMap(({ field, operator, values }) => {
    const read = SPAN_TEXT[field]
    const wanted = operator !== 'not'
    return read ? [(span: AggregatedSpan) => values.includes(read(span) ?? '\0') === wanted] : []
  })
  return (span) => tests.every((holds) => holds(span))
}

/** One thing that is counted: under a key, in a bucket. */
interface Sample {
  readonly key: AggregateKey
  readonly at: Micros | undefined
  readonly failed: boolean
  readonly pending: boolean
  readonly numbers: readonly number[]
}

function keysOf(by: readonly Dimension[], row: TraceRow, span: AggregatedSpan | undefined): AggregateKey[] {
  let keys: AggregateKey[] = [[]]
  for (const name of by) {
    const values = isTurnDimension(name)
      ? orNone(TURN_KEYS[name](row))
      : span === undefined
        ? []
        : isSpanDimension(name)
          ? present(SPAN_KEYS[name](span))
          : attributeTexts(span.attributes(name.slice('attr.'.length)))
    keys = keys.flatMap((key) => [...new Set(values)].map((value) => [...key, value]))
  }
  return keys
}

const orNone = (values: readonly string[]): readonly (string | null)[] =>
  values.length > 0 ? values : [null]

function* samplesOf(
  turns: Iterable<AggregatedTurn>,
  query: TraceQuery,
  request: AggregateRequest,
): Generator<Sample> {
  const { by, of, over } = request
  const ofSpans = isOfSpans(request)
  const isChosen = choosesSpan(query.conditions)
  for (const { row, spans } of turns) {
    const { startTime, status } = row.summary
    const at = over === undefined ? undefined : micros(Math.floor(startTime / over) * over)
    if (ofSpans) {
      for (const span of spans) {
        if (!isChosen(span)) continue
        const numbers = of === undefined ? [] : known(SPAN_NUMBERS[of as SpanValue](span))
        for (const key of keysOf(by, row, span))
          yield { key, at, failed: span.failed, pending: false, numbers }
      }
    } else {
      const numbers = of === undefined ? [] : TURN_NUMBERS[of as TurnValue](row)
      const [failed, pending] = [status === 'error', status === 'pending']
      for (const key of keysOf(by, row, undefined)) yield { key, at, failed, pending, numbers }
    }
  }
}

/** Linear interpolation between ranks. */
function percentile(numbers: readonly number[], share: number): number | null {
  const sorted = [...numbers].sort((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const low = sorted[Math.floor(place)]
  const high = sorted[Math.ceil(place)]
  return low === undefined || high === undefined ? null : low + (high - low) * (place - Math.floor(place))
}

/** A sum whose error does not grow with how many there are. */
function exactSum(numbers: readonly number[]): number {
  let sum = 0
  let lost = 0
  for (const number of numbers) {
    const next = sum + number
    lost += Math.abs(sum) >= Math.abs(number) ? sum - next + number : number - next + sum
    sum = next
  }
  return sum + lost
}

function measured({ measure }: AggregateRequest, samples: readonly Sample[]): Pick<Group, 'value' | 'count'> {
  if (isCounting(measure)) {
    const failed = samples.filter((one) => one.failed).length
    const count = measure === 'errorRate' ? samples.filter(({ pending }) => !pending).length : samples.length
    if (count === 0) return { value: null, count }
    return { value: { count, errors: failed, errorRate: failed / count }[measure as 'count'], count }
  }
  const numbers = samples.flatMap((one) => one.numbers)
  const count = numbers.length
  if (count === 0) return { value: null, count }
  const share = SHARES[measure]
  if (share !== undefined) return { value: percentile(numbers, share), count }
  const sum = exactSum(numbers)
  return { value: measure === 'sum' ? sum : sum / count, count }
}

/**
 * The answer over turns that are at hand, with their spans where the request is of spans: what every source's own
 * is held against.
 * @param query the filters that the turns were found by
 */
export function evaluateAggregate(
  turns: Iterable<AggregatedTurn>,
  query: TraceQuery,
  request: AggregateRequest,
): Omit<AggregateReply, 'complete'> {
  const samples = [...samplesOf(turns, query, request)]
  const groups = (of: readonly Sample[], keyOf: (sample: Sample) => unknown): Sample[][] => {
    const found = new Map<string, Sample[]>()
    for (const sample of of) {
      const name = JSON.stringify(keyOf(sample))
      const group = found.get(name)
      if (group) group.push(sample)
      else found.set(name, [sample])
    }
    return [...found.values()]
  }
  const grouped = (each: readonly Sample[]): Group => {
    const { key = [], at } = each[0] ?? {}
    return { key, ...(at !== undefined && { at }), ...measured(request, each) }
  }
  const byKey = groups(samples, ({ key }) => key)
  const totals = byKey.length === 0 && request.by.length === 0 ? [grouped([])] : byKey.map(grouped)
  return arrangeGroups(request, totals, {
    within: (keys) =>
      groups(
        samples.filter(({ key }) => keys.has(JSON.stringify(key))),
        ({ key, at }) => [key, at],
      ).map(grouped),
    beyond: (keys) => grouped(samples.filter(({ key }) => !keys.has(JSON.stringify(key)))),
  })
}

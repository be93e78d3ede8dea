import type { SpanKind, Usage } from '../../domain/model/span.ts'
import {
  COUNTED_MEASURES,
  type Counted,
  type CountedMeasure,
  METRIC_NAMES,
  type Measured,
  type MetricName,
  type Metrics,
  type ModelUsage,
} from '../../domain/model/trace.ts'
import { isRasaAgent, isRasaStep } from '../conventions/rasa/rasa-kind.ts'
import type { SpanReading } from '../reading.ts'
import { countedSpans, innermost, type Sign } from './counted-spans.ts'
import type { Verdict } from './judge.ts'

export interface MeasuredTrace {
  readonly metrics: Metrics
  readonly models: readonly ModelUsage[]
  readonly counted: Counted
  readonly embeddingTokens: Measured | undefined
}

const TOKEN_NAMES = ['inputTokens', 'cachedTokens', 'outputTokens', 'reasoningTokens', 'totalTokens'] as const

const sumOf = (values: readonly (number | undefined)[]): Measured => {
  const known = values.filter((value): value is number => value !== undefined)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0)
}

/** Kinds of spans that a framework of agents records around its calls. */
const STEPS: ReadonlySet<SpanKind> = new Set(['message', 'agent', 'chain', 'tool'])

/**
 * A trace's measures by the rules of double counting: the innermost span that reports usage counts, the
 * innermost generation with evidence of a call is one LLM turn, a chain of tool spans is one call.
 */
export function measureTrace(readings: readonly SpanReading[], verdict: Verdict): MeasuredTrace {
  const reading = (at: number) => readings[at] as SpanReading
  const kind = (at: number): SpanKind => verdict.outlines[at]?.kind ?? 'custom'
  const says = (at: number, name: Sign) => reading(at).facts[name] === true
  const isRasa = (at: number) => reading(at).facts.convention === 'rasa'
  const duplicate = (at: number) => reading(at).outline.duplicate === true

  const { calls, hidden, tools, usages, costs } = countedSpans(readings, verdict)
  const embedded = innermost(verdict.tree, (at) => reading(at).facts.embeddingTokens !== undefined)
  const embeddingTokens =
    embedded.length > 0 ? sumOf(embedded.map((at) => reading(at).facts.embeddingTokens)) : undefined

  const all = readings.map((_, at) => at)
  const generations = all.some((at) => kind(at) === 'generation' && !duplicate(at))
  const agents = all.some((at) => kind(at) === 'agent' && !isRasa(at) && !says(at, 'setUp'))
  if (!generations && !agents && usages.length === 0 && tools.length === 0 && hidden.length === 0)
    return { metrics: unseenEngine(readings) ? NOT_REPORTED : {}, models: [], counted: {}, embeddingTokens }

  const talks = generations || usages.length > 0 || hidden.length > 0
  const usage = (at: number): Usage => reading(at).facts.usage ?? {}
  const partial: MetricName[] = []
  const estimated: MetricName[] = []
  const tokens: { -readonly [Name in (typeof TOKEN_NAMES)[number]]?: Measured } = {}
  const reported = new Set(usages)
  const silent = calls.filter(
    (at) => !reported.has(at) && !usages.some((other) => covers(verdict, at, other)),
  )
  for (const name of TOKEN_NAMES) {
    const measured = sumOf(usages.map((at) => usage(at)[name]))
    tokens[name] = measured
    const missing =
      usages.some((at) => usage(at)[name] === undefined) || silent.length > 0 || hidden.length > 0
    if (measured !== null && missing && name !== 'cachedTokens' && name !== 'reasoningTokens')
      partial.push(name)
  }
  if (usages.some((at) => says(at, 'estimated'))) {
    estimated.push('inputTokens')
    if (tokens.totalTokens === null && typeof tokens.inputTokens === 'number') {
      tokens.totalTokens = tokens.inputTokens
      partial.push('totalTokens')
      estimated.push('totalTokens')
    }
  }
  const cost = sumOf(costs.map((at) => reading(at).facts.cost))
  if (cost !== null && calls.length > costs.length) partial.push('cost')
  if (hidden.length > 0) partial.push('llmTurns')
  const firstTokens = calls
    .map((at) => reading(at).facts.timeToFirstToken)
    .find((value): value is NonNullable<typeof value> => value !== undefined)
  // Whoever records steps of the bot records its tools, too.
  const callsOnly =
    all.some((at) => says(at, 'callsOnly')) &&
    !all.some((at) => !says(at, 'callsOnly') && (isRasa(at) || STEPS.has(kind(at))))
  const noLlm = !talks && !agents
  const metrics: Metrics = noLlm
    ? { toolCalls: tools.length }
    : {
        // An agent without a span of a model: that it called one is likely, how often is not known.
        llmTurns: talks ? calls.length + hidden.length : null,
        toolCalls: tools.length === 0 && callsOnly ? null : tools.length,
        ...tokens,
        cost,
        timeToFirstToken: firstTokens ?? null,
        ...(partial.length > 0 && { partial: METRIC_NAMES.filter((name) => partial.includes(name)) }),
        ...(estimated.length > 0 && { estimated }),
      }
  const { place } = verdict.tree
  const counted = countedOf(readings, {
    // Spans that hide their calls count beside those that show them: in the order of the tree.
    llmTurns: [...calls, ...hidden].sort((a, b) => (place[a] as number) - (place[b] as number)),
    toolCalls: tools,
    tokens: usages,
    cost: costs,
  })
  return { metrics, models: modelsOf(calls, reading), counted, embeddingTokens }
}

/** What applies and is not known. */
const NOT_REPORTED: Metrics = {
  llmTurns: null,
  toolCalls: null,
  inputTokens: null,
  cachedTokens: null,
  outputTokens: null,
  reasoningTokens: null,
  totalTokens: null,
  cost: null,
  timeToFirstToken: null,
}

/**
 * Whether a turn of Rasa's ran in an engine that records no steps: Mantle over OpenTelemetry alone, whose
 * turns have a root and next to nothing below. CALM's always have steps of its message processor.
 */
const unseenEngine = (readings: readonly SpanReading[]): boolean =>
  readings.some(({ outline, facts }) => facts.convention === 'rasa' && isRasaAgent(outline)) &&
  !readings.some(({ outline }) => isRasaStep(outline))

/** How many ids of counted spans are kept for each measure. */
const MOST_COUNTED = 1_000

const countedOf = (
  readings: readonly SpanReading[],
  found: { readonly [Measure in CountedMeasure]: readonly number[] },
): Counted =>
  Object.fromEntries(
    COUNTED_MEASURES.filter((measure) => found[measure].length > 0).map((measure) => {
      const kept = found[measure].slice(0, MOST_COUNTED)
      const more = found[measure].length - kept.length
      return [
        measure,
        {
          spanIds: kept.map((at) => (readings[at] as SpanReading).outline.spanId),
          ...(more > 0 && { more }),
        },
      ]
    }),
  )

/** Whether one of two spans lies below the other. */
const covers = ({ tree }: Verdict, a: number, b: number): boolean => {
  const [pa, pb] = [tree.place[a] as number, tree.place[b] as number]
  return (pb > pa && pb < (tree.end[a] as number)) || (pa > pb && pa < (tree.end[b] as number))
}

function modelsOf(calls: readonly number[], reading: (at: number) => SpanReading): readonly ModelUsage[] {
  const byModel = new Map<string, SpanReading[]>()
  for (const at of calls) {
    const { model } = reading(at).facts
    if (model !== undefined) byModel.set(model, [...(byModel.get(model) ?? []), reading(at)])
  }
  return [...byModel].map(([model, made]) => ({
    model,
    calls: made.length,
    inputTokens: sumOf(made.map(({ facts }) => facts.usage?.inputTokens)),
    outputTokens: sumOf(made.map(({ facts }) => facts.usage?.outputTokens)),
    totalTokens: sumOf(made.map(({ facts }) => facts.usage?.totalTokens)),
    cost: sumOf(made.map(({ facts }) => facts.cost)),
  }))
}

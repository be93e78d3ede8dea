import type { Attributes, AttributeValue, Span, Usage } from '../../domain/span.ts'
import { type DurationMicros, durationMicros } from '../../domain/units.ts'
import { parseJson, saidNumber, saidText } from '../readable/tolerant-value.ts'

type Reader = (attributes: Attributes) => number | undefined

const key =
  (name: string): Reader =>
  (attributes) =>
    saidNumber(attributes[name])

const first = (...readers: readonly Reader[]): Reader => {
  return (attributes) => {
    for (const read of readers) {
      const value = read(attributes)
      if (value !== undefined) return value
    }
    return undefined
  }
}

const object = (value: AttributeValue | undefined): Attributes | undefined => {
  const read = typeof value === 'string' ? parseJson(value) : value
  return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Attributes) : undefined
}

const parsed = new WeakMap<Attributes, Attributes | null>()

/** Langfuse's `usage_details`, read once a span. */
function usageDetails(attributes: Attributes): Attributes | undefined {
  if (attributes['langfuse.observation.usage_details'] === undefined) return undefined
  const known = parsed.get(attributes) ?? object(attributes['langfuse.observation.usage_details']) ?? null
  parsed.set(attributes, known)
  return known ?? undefined
}

const detail =
  (...names: readonly string[]): Reader =>
  (attributes) => {
    const details = usageDetails(attributes)
    for (const name of names) {
      const dot = name.indexOf('.')
      const nested = dot > 0 ? object(details?.[name.slice(0, dot)])?.[name.slice(dot + 1)] : undefined
      const value = saidNumber(details?.[name]) ?? saidNumber(nested)
      if (value !== undefined) return value
    }
    return undefined
  }

/** Buckets that begin alike are exclusive of each other: their sum is the whole. */
const buckets =
  (prefix: string): Reader =>
  (attributes) => {
    let sum: number | undefined
    for (const [name, value] of Object.entries(usageDetails(attributes) ?? {})) {
      const number = name.startsWith(prefix) ? saidNumber(value) : undefined
      if (number !== undefined) sum = (sum ?? 0) + number
    }
    return sum
  }

const langsmith =
  (part: string, name: string): Reader =>
  (attributes) =>
    saidNumber(object(object(attributes['langsmith.metadata.usage_metadata'])?.[part])?.[name])

const READERS: Record<keyof Usage, Reader> = {
  inputTokens: first(
    key('gen_ai.usage.input_tokens'),
    key('gen_ai.usage.prompt_tokens'),
    key('llm.token_count.prompt'),
    detail('prompt_tokens'),
    buckets('input'),
    key('ai.usage.inputTokens'),
    key('ai.usage.promptTokens'),
    key('len_prompt_tokens'),
  ),
  cachedTokens: first(
    key('gen_ai.usage.cache_read.input_tokens'),
    key('gen_ai.usage.cache_read_input_tokens'),
    key('llm.token_count.prompt_details.cache_read'),
    detail(
      'cache_read_input_tokens',
      'input_cache_read',
      'input_cached_tokens',
      'prompt_tokens_details.cached_tokens',
    ),
    key('ai.usage.cachedInputTokens'),
    langsmith('input_token_details', 'cache_read'),
  ),
  outputTokens: first(
    key('gen_ai.usage.output_tokens'),
    key('gen_ai.usage.completion_tokens'),
    key('llm.token_count.completion'),
    detail('completion_tokens'),
    buckets('output'),
    key('ai.usage.outputTokens'),
    key('ai.usage.completionTokens'),
  ),
  reasoningTokens: first(
    key('gen_ai.usage.reasoning.output_tokens'),
    key('gen_ai.usage.reasoning_tokens'),
    key('llm.token_count.completion_details.reasoning'),
    detail('output_reasoning', 'output_reasoning_tokens', 'completion_tokens_details.reasoning_tokens'),
    key('ai.usage.reasoningTokens'),
    key('ai.usage.outputTokenDetails.reasoningTokens'),
  ),
  totalTokens: first(
    key('llm.token_count.total'),
    key('gen_ai.usage.total_tokens'),
    key('llm.usage.total_tokens'),
    key('ai.usage.totalTokens'),
    detail('total', 'total_tokens'),
  ),
}

/**
 * Tokens as one span reports them; undefined where it reports none. Zeros on a failed call are no measure.
 */
export function spanUsage({ attributes }: Span, failed: boolean): Usage | undefined {
  const usage: { -readonly [Name in keyof Usage]: number } = {}
  let any = false
  for (const name of Object.keys(READERS) as (keyof Usage)[]) {
    const value = READERS[name](attributes)
    if (value === undefined || value < 0) continue
    usage[name] = value
    any ||= value > 0 || !failed
  }
  if (!any) return undefined
  const { inputTokens, outputTokens } = usage
  if (usage.totalTokens === undefined && inputTokens !== undefined && outputTokens !== undefined)
    usage.totalTokens = inputTokens + outputTokens
  return usage
}

const readCost = first(
  key('llm.cost.total'),
  (attributes) => saidNumber(object(attributes['langfuse.observation.cost_details'])?.total),
  (attributes) => {
    const parts = Object.values(object(attributes['langfuse.observation.cost_details']) ?? {}).map(saidNumber)
    return parts.some((part) => part !== undefined)
      ? parts.reduce<number>((sum, part) => sum + (part ?? 0), 0)
      : undefined
  },
  key('gen_ai.usage.cost'),
)

/** What one span says that it cost, USD; zero on a failed call is unknown. */
export function spanCost({ attributes }: Span, failed: boolean): number | undefined {
  const cost = readCost(attributes)
  return cost === undefined || cost < 0 || (failed && cost === 0) ? undefined : cost
}

/** Tokens that an embedding took: never added to those of language models. */
export const embeddingTokens = ({ attributes }: Span): number | undefined =>
  first(
    key('gen_ai.usage.input_tokens'),
    key('ai.usage.tokens'),
    key('llm.token_count.prompt'),
    key('llm.token_count.total'),
    detail('prompt_tokens', 'input', 'total'),
  )(attributes)

const FIRST_TOKEN_EVENTS: ReadonlySet<string> = new Set([
  'First Token Stream Event',
  'gen_ai.content.completion.chunk',
  'llm.content.completion.chunk',
  'ai.stream.firstChunk',
])

/** From the span's start to its first token, where it says so. */
export function timeToFirstToken(span: Span): DurationMicros | undefined {
  const { attributes, startTime, events } = span
  const seconds =
    saidNumber(attributes['gen_ai.response.time_to_first_chunk']) ??
    saidNumber(attributes['gen_ai.client.operation.time_to_first_chunk'])
  if (seconds !== undefined) return durationMicros(seconds * 1e6)
  const millis = saidNumber(attributes['ai.response.msToFirstChunk'])
  if (millis !== undefined) return durationMicros(millis * 1e3)
  const began = saidText(attributes['langfuse.observation.completion_start_time'])
  if (began !== undefined) {
    const at = Date.parse(began.replaceAll('"', '')) * 1000
    if (Number.isFinite(at) && at >= startTime) return durationMicros(at - startTime)
  }
  const event = events.find(({ name }) => FIRST_TOKEN_EVENTS.has(name))
  return event && event.time >= startTime ? durationMicros(event.time - startTime) : undefined
}

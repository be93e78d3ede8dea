import type { Attributes, Span, Usage } from '../../domain/model/span.ts'
import { type DurationMicros, durationMicros, isKeepableTime } from '../../domain/model/units.ts'
import { type Place, TOKEN_CONCEPTS } from '../conventions/convention.ts'
import { FIRST_TOKEN_EVENTS, PLACES } from '../conventions/convention-table.ts'
import { numberReader } from '../conventions/number-readers.ts'
import { saidNumber, saidText } from '../readable/tolerant-value.ts'

const TOKEN_READERS = TOKEN_CONCEPTS.map((concept) => [concept, numberReader(concept)] as const)

/**
 * Tokens as one span reports them; undefined where it reports none. Zeros on a failed call are no measure.
 */
export function spanUsage({ attributes }: Span, failed: boolean): Usage | undefined {
  const usage: { -readonly [Name in keyof Usage]: number } = {}
  let any = false
  for (const [name, read] of TOKEN_READERS) {
    const value = read(attributes)
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

const ESTIMATES = PLACES.inputTokens.filter(([, , options]) => options?.estimate).map(([, key]) => key)

/** Whether a span's input tokens are the sender's own reckoning of the prompt. */
export const isEstimated = (attributes: Attributes): boolean =>
  ESTIMATES.some((key) => attributes[key] !== undefined)

const readCost = numberReader('cost')

/** What one span says that it cost, USD; zero on a failed call is unknown. */
export function spanCost({ attributes }: Span, failed: boolean): number | undefined {
  const cost = readCost(attributes)
  return cost === undefined || cost < 0 || (failed && cost === 0) ? undefined : cost
}

const readEmbeddingTokens = numberReader('embeddingTokens')

/** Tokens that an embedding took: never added to those of language models. */
export const embeddingTokens = ({ attributes }: Span): number | undefined => readEmbeddingTokens(attributes)

/** From the span's start, µs. */
function durationAt([, key, { unit } = {}]: Place, { attributes, startTime }: Span): number | undefined {
  if (unit === 'time') {
    const at = Date.parse((saidText(attributes[key]) ?? '').replaceAll('"', '')) * 1000
    return Number.isFinite(at) && at >= startTime ? at - startTime : undefined
  }
  const said = saidNumber(attributes[key])
  return said === undefined ? undefined : said * (unit === 's' ? 1e6 : unit === 'ms' ? 1e3 : 1)
}

/** From the span's start to its first token, where it says so. */
export function timeToFirstToken(span: Span): DurationMicros | undefined {
  for (const place of PLACES.timeToFirstToken) {
    if (span.attributes[place[1]] === undefined) continue
    const duration = durationAt(place, span)
    if (duration !== undefined) return isKeepableTime(duration) ? durationMicros(duration) : undefined
  }
  const event = span.events.find(({ name }) => FIRST_TOKEN_EVENTS.has(name))
  return event && event.time >= span.startTime ? durationMicros(event.time - span.startTime) : undefined
}

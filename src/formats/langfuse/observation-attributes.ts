import type { AttributeValue } from '../../domain/model/span.ts'
import { setKey, type ValueGuard } from '../otlp/guard/value-guard.ts'
import { isObject, type JsonObject } from '../otlp/json/json-fields.ts'
import { readPlainValue } from '../plain-values.ts'

/** Pairs that say nothing (null, an empty text) are left out by whoever gathers them. */
export type Named = readonly [key: string, value: unknown]

const isPositive = (value: unknown): value is number => typeof value === 'number' && value > 0

/** Counts or prices by name; undefined where none is above zero: Langfuse writes zeros for what it does not know. */
const details = (value: unknown): string | undefined => {
  if (!isObject(value)) return undefined
  const numbers = Object.entries(value).filter((pair) => typeof pair[1] === 'number')
  return numbers.some(([, number]) => isPositive(number))
    ? JSON.stringify(Object.fromEntries(numbers))
    : undefined
}

const usageOf = (observation: JsonObject): string | undefined =>
  details(observation.usageDetails) ??
  details({
    input: observation.inputUsage ?? observation.promptTokens,
    output: observation.outputUsage ?? observation.completionTokens,
    total: observation.totalUsage ?? observation.totalTokens,
  }) ??
  details(observation.usage)

const costOf = (observation: JsonObject): string | undefined =>
  details(observation.costDetails) ??
  details({
    input: observation.inputCost ?? observation.calculatedInputCost,
    output: observation.outputCost ?? observation.calculatedOutputCost,
    total: observation.totalCost ?? observation.calculatedTotalCost,
  })

/** Structure stands as JSON text, as Langfuse's own SDKs write it. */
export const asText = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value

const lower = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value)
const quoted = (value: unknown): unknown => (typeof value === 'string' ? JSON.stringify(value) : undefined)
const filled = (value: unknown): unknown =>
  isObject(value) && Object.keys(value).length === 0 ? undefined : asText(value)

/** What an observation says, under the names that Langfuse's SDKs send it with over OpenTelemetry. */
export const observationAttributes = (observation: JsonObject): readonly Named[] => [
  ['langfuse.observation.type', lower(observation.type)],
  ['langfuse.observation.level', observation.level],
  ['langfuse.observation.status_message', observation.statusMessage],
  ['langfuse.observation.input', asText(observation.input)],
  ['langfuse.observation.output', asText(observation.output)],
  ['langfuse.observation.model.name', observation.model ?? observation.providedModelName],
  ['langfuse.observation.model.parameters', filled(observation.modelParameters)],
  ['langfuse.observation.usage_details', usageOf(observation)],
  ['langfuse.observation.cost_details', costOf(observation)],
  ['langfuse.observation.completion_start_time', quoted(observation.completionStartTime)],
  ['langfuse.observation.prompt.name', observation.promptName],
  ['langfuse.observation.prompt.version', observation.promptVersion],
  ['langfuse.version', observation.version],
  ['langfuse.release', observation.release],
  ['langfuse.environment', observation.environment],
  ['langfuse.trace.name', observation.traceName],
  ['langfuse.trace.tags', observation.tags],
  ['user.id', observation.userId],
  ['session.id', observation.sessionId],
]

/** What a trace says beside its observations: it stands on the trace's top span. */
export const traceAttributes = (trace: JsonObject): readonly Named[] => [
  ['langfuse.trace.name', trace.name],
  ['langfuse.trace.input', asText(trace.input)],
  ['langfuse.trace.output', asText(trace.output)],
  ['langfuse.trace.tags', trace.tags],
  ['langfuse.version', trace.version],
  ['langfuse.release', trace.release],
  ['langfuse.environment', trace.environment],
  ['user.id', trace.userId],
  ['session.id', trace.sessionId],
]

const saysNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)

/** Adds pairs to attributes; a name that is there already stays as it is. */
export function addNamed(
  attributes: { [key: string]: AttributeValue },
  pairs: readonly Named[],
  guard: ValueGuard,
): void {
  for (const [key, value] of pairs) {
    if (saysNothing(value) || Object.hasOwn(attributes, key)) continue
    if (!guard.parts.takes('attribute')) continue
    setKey(attributes, key, readPlainValue(value, guard, `attribute "${key}"`))
  }
}

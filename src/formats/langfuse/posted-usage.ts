import { isObject, type JsonObject } from '../otlp/json/json-fields.ts'

/** Names of a count by sender: Langfuse's own, and those of OpenAI's clients in both spellings. */
const TOKENS = {
  input: ['input', 'promptTokens', 'prompt_tokens'],
  output: ['output', 'completionTokens', 'completion_tokens'],
  total: ['total', 'totalTokens', 'total_tokens'],
} as const
const COSTS = { input: ['inputCost'], output: ['outputCost'], total: ['totalCost'] } as const

function picked(
  usage: JsonObject,
  names: Readonly<Record<string, readonly string[]>>,
): JsonObject | undefined {
  const found = Object.entries(names).flatMap(([name, keys]) => {
    const value = keys.map((key) => usage[key]).find((one) => typeof one === 'number')
    return value === undefined ? [] : [[name, value] as const]
  })
  return found.length > 0 ? Object.fromEntries(found) : undefined
}

/** Numbers of an object and of those in it, the latter under dotted names. */
function flat(details: JsonObject): JsonObject {
  const pairs = Object.entries(details).flatMap(([name, value]) =>
    isObject(value)
      ? Object.entries(value).map(([inner, one]) => [`${name}.${inner}`, one] as const)
      : [[name, value] as const],
  )
  return Object.fromEntries(pairs.filter(([, value]) => typeof value === 'number'))
}

/**
 * What a posted generation used and cost, under the names of Langfuse's replies: `usage` is the older way to say
 * it, `usageDetails` and `costDetails` the newer, which counts where both are there.
 */
export function postedUsage({ usage, usageDetails, costDetails }: JsonObject): JsonObject {
  const older = isObject(usage) ? usage : {}
  const countsTokens = older.unit === undefined || older.unit === null || older.unit === 'TOKENS'
  const tokens = isObject(usageDetails)
    ? flat(usageDetails)
    : countsTokens
      ? picked(older, TOKENS)
      : undefined
  const costs = isObject(costDetails) ? flat(costDetails) : picked(older, COSTS)
  return { ...(tokens && { usageDetails: tokens }), ...(costs && { costDetails: costs }) }
}

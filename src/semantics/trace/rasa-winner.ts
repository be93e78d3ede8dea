import type { AttributeValue, Span } from '../../domain/model/span.ts'
import type { SpanId } from '../../domain/model/units.ts'
import { textInMetadata, writtenAnswer } from '../conventions/rasa/rasa-replies.ts'
import { isNothing, readValue, saidNumber, saidText } from '../readable/tolerant-value.ts'
import { isShape } from '../readable/value-shape.ts'

const POLICY = /^(\w+)\._prediction$/
const ADVANCED = /flow_executor\.advance_flows_until_next_action$/
const RESULT = /^(\w+)\._prediction_result$/
/** What Rasa does where every policy abstains. */
const DEFAULT_ACTION = 'action_listen'

/** Spans of a prediction whose payloads say who won, and with which text. */
export const PREDICTION_PARTS =
  /^\w+\._prediction(_result)?$|flow_executor\.advance_flows_until_next_action$|^(EnterpriseSearchPolicy|IntentlessPolicy)\.(_parse_llm_relevancy_check_response|generate_answer|select_response|find_closest_response|_generate_llm_answer|extract_ai_responses)$/

export interface PolicyPrediction {
  readonly spanId: SpanId
  readonly policy: string
  readonly priority?: number
  /** The policy's confidence, 0 to 1. */
  readonly score?: number
  /** Its action was the one that ran. */
  readonly won: boolean
  /** What the policy gave the action on its way. */
  readonly metadata?: AttributeValue
  /** The text that the policy had the action say. */
  readonly text?: string
}

interface Claimed {
  readonly action?: string | undefined
  readonly score?: number | undefined
  readonly metadata?: AttributeValue | undefined
}

const claimOf = ({ attributes }: Span): Claimed => ({
  action: saidText(attributes.action_name),
  score: saidNumber(attributes.score),
  metadata: readValue(attributes.metadata) ?? undefined,
})

/** The predicted action of each policy that names one; a policy that abstained names none. */
function claims(spans: readonly Span[]): ReadonlyMap<string, readonly Claimed[]> {
  const found = new Map<string, Claimed[]>()
  for (const span of spans) {
    const policy = ADVANCED.test(span.name) ? 'FlowPolicy' : RESULT.exec(span.name)?.[1]
    if (policy !== undefined) found.set(policy, [...(found.get(policy) ?? []), claimOf(span)])
  }
  return found
}

/**
 * What each policy predicted, and which one's action ran. Nobody is said to have won where the spans leave it
 * open: that a prediction was made, or had the highest priority, proves nothing.
 * @param spans those of one prediction, in order of start
 * @param executed the action that ran
 */
export function predictionsOf(
  spans: readonly Span[],
  executed: string | undefined,
): readonly PolicyPrediction[] {
  const made = spans.flatMap((span) => {
    const policy = POLICY.exec(span.name)?.[1]
    return policy === undefined ? [] : [{ span, policy, given: readValue(span.attributes.action_metadata) }]
  })
  const claimed = claims(spans)
  const fitting = (policy: string): Claimed | undefined =>
    executed === undefined ? undefined : claimed.get(policy)?.findLast(({ action }) => action === executed)
  const sure = made.filter(({ policy }) => fitting(policy) !== undefined)
  // Policies that name no action anywhere: the only one left won, if anyone did.
  const open = made.filter(({ policy }) => policy !== 'FlowPolicy' && !claimed.has(policy))
  const withMetadata = open.filter(({ given }) => !isNothing(given ?? null))
  const likely = withMetadata.length > 0 ? withMetadata : executed === DEFAULT_ACTION ? [] : open
  const winner =
    executed === undefined ? undefined : (sure.at(-1) ?? (likely.length === 1 ? likely[0] : undefined))
  return made.map((prediction) => {
    const { span, policy, given } = prediction
    const claim = fitting(policy) ?? claimed.get(policy)?.findLast(({ action }) => action !== undefined)
    const priority = saidNumber(span.attributes.priority)
    const metadata = isNothing(given ?? null) ? claim?.metadata : given
    const text = textInMetadata(metadata) ?? textInMetadata(claim?.metadata) ?? answerOf(spans, policy)
    return {
      spanId: span.spanId,
      policy,
      ...(priority !== undefined && { priority }),
      ...(claim?.score !== undefined && { score: claim.score }),
      won: prediction === winner,
      ...(metadata !== undefined && metadata !== null && !isEmpty(metadata) && { metadata }),
      ...(text !== undefined && { text }),
    }
  })
}

const isEmpty = (value: AttributeValue): boolean =>
  isNothing(value) || (isShape(value) && Object.keys(value).length === 0)

/** The answer that a policy had a model write. */
const answerOf = (spans: readonly Span[], policy: string): string | undefined =>
  spans
    .filter(({ name }) => name.startsWith(`${policy}.`))
    .map(writtenAnswer)
    .findLast((text) => text !== undefined)

import type { AttributeValue, Span } from '../../../domain/model/span.ts'
import { readValue, saidText } from '../../readable/tolerant-value.ts'
import { isShape } from '../../readable/value-shape.ts'

/**
 * What a span of Rasa's says of the bot's replies. A text alone is none: it is said by the action that sends it,
 * and only what a step before that action recorded tells the words.
 */
export interface ReplyFacts {
  /** It ran an action: what was offered before it was for this one. */
  readonly runs?: true
  /** The action says a text of no response; which one was offered before. */
  readonly sendsText?: true
  /** Responses of the bot's domain that were sent, by name, in order. */
  readonly names?: readonly string[]
  /** A text for the next action to say. */
  readonly offered?: string
  /** It is what a model wrote, not yet what a policy decided on. */
  readonly draft?: true
}

const RUNS = /^MessageProcessor\._run_action$/
const ANSWERED = /^ActionExecutor\._create_api_response$/
const DECIDED = /flow_executor\.advance_flows_until_next_action$|\._prediction$/
/** Policies that have a model write the answer. */
const WRITES = /^(EnterpriseSearchPolicy|IntentlessPolicy)\./
/** What the bot does to say a text that is no response of its domain. */
const SENDS_TEXT = 'action_send_text'
const RESPONSE = /^utter_/
/** What a model writes where the documents hold no answer. */
const NO_ANSWER = /^\[?NO_[A-Z_]*ANSWER[A-Z_]*\]?$/
const MOST_NAMES = 50
const LONGEST_NAME = 200

/** The text that metadata of an action hold. */
export const textInMetadata = (metadata: AttributeValue | undefined): string | undefined =>
  isShape(metadata) && isShape(metadata.message) ? saidText(metadata.message.text) : undefined

/** The answer that a policy had a model write. */
export function writtenAnswer({ name, attributes }: Span): string | undefined {
  if (!WRITES.test(name)) return undefined
  for (const key of ['llm_response', 'llm_answer'] as const) {
    const value = readValue(attributes[key])
    const text = saidText(isShape(value) ? value.text : value)
    if (text !== undefined && !NO_ANSWER.test(text.trim())) return text
  }
  return undefined
}

/** Names of responses in what an action server answered; messages without a response are not among them. */
function sentNames(value: AttributeValue | undefined): readonly string[] {
  const names = readValue(value)
  return Array.isArray(names) ? names.flatMap((name: AttributeValue) => saidText(name) ?? []) : []
}

const kept = (names: readonly string[]): readonly string[] =>
  names.slice(0, MOST_NAMES).map((name) => name.slice(0, LONGEST_NAME))

function runFacts(action: string | undefined): ReplyFacts {
  if (action === SENDS_TEXT) return { runs: true, sendsText: true }
  return action !== undefined && RESPONSE.test(action)
    ? { runs: true, names: kept([action]) }
    : { runs: true }
}

/** undefined where a span says nothing of replies. */
export function replyFacts(span: Span): ReplyFacts | undefined {
  const { name, attributes } = span
  if (RUNS.test(name)) return runFacts(saidText(attributes.action_name))
  if (ANSWERED.test(name)) {
    const names = sentNames(attributes.utters)
    return names.length > 0 ? { names: kept(names) } : undefined
  }
  if (DECIDED.test(name)) {
    const text =
      textInMetadata(readValue(attributes.metadata)) ?? textInMetadata(readValue(attributes.action_metadata))
    if (text !== undefined) return { offered: text }
  }
  const draft = writtenAnswer(span)
  return draft === undefined ? undefined : { offered: draft, draft: true }
}

/** What a name for text without words stands as: that one was sent, and not which. */
export const SENT_TEXT = SENDS_TEXT

import type { Attributes, AttributeValue } from '../../domain/model/span.ts'
import type { EventType, PostedEvent } from './posted-event.ts'

type Named = readonly [key: string, value: AttributeValue | undefined]

/** Structure stands as JSON text, as OpenTelemetry's conventions write it. */
const asText = (value: AttributeValue | undefined): string | undefined =>
  value === undefined || value === null
    ? undefined
    : typeof value === 'string'
      ? value
      : JSON.stringify(value)

const numberOf = (value: AttributeValue | undefined): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

const objectOf = (value: AttributeValue | undefined): Attributes =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Attributes) : {}

const firstText = (...values: readonly (AttributeValue | undefined)[]): string | undefined =>
  values.find((value): value is string => typeof value === 'string' && value !== '')

/** The chatbot that an event is of. */
export const chatbotOf = (event: PostedEvent): string =>
  firstText(event.metadata?.chatbot, event.custom?.chatbot, event.channel_id) ?? 'unnamed'

const first = (usage: Attributes, ...keys: readonly string[]): number | undefined =>
  keys.map((key) => numberOf(usage[key])).find((count) => count !== undefined)

/** Model, tokens, cost and parameters, which the model of events has no fields for, where `custom` holds them. */
const usageAttributes = (custom: Attributes): readonly Named[] => {
  const usage = objectOf(custom.usage)
  return [
    ['gen_ai.request.model', firstText(custom.model)],
    ['gen_ai.provider.name', firstText(custom.provider)],
    [
      'gen_ai.usage.input_tokens',
      first(usage, 'input_tokens', 'prompt_tokens', 'inputTokens', 'promptTokens'),
    ],
    [
      'gen_ai.usage.output_tokens',
      first(usage, 'output_tokens', 'completion_tokens', 'outputTokens', 'completionTokens'),
    ],
    ['gen_ai.usage.total_tokens', first(usage, 'total_tokens', 'totalTokens')],
    ['gen_ai.usage.cache_read.input_tokens', first(usage, 'cached_tokens', 'cachedTokens')],
    ['gen_ai.usage.reasoning.output_tokens', first(usage, 'reasoning_tokens', 'reasoningTokens')],
    ['gen_ai.usage.cost', first(usage, 'cost') ?? numberOf(custom.cost)],
    ...Object.entries(objectOf(custom.parameters)).map(
      ([key, value]): Named => [`gen_ai.request.${key}`, value],
    ),
  ]
}

/** What each type says in the words of gen_ai's conventions, so that it reads as any other trace. */
const OF_TYPE: Record<EventType, (event: PostedEvent) => readonly Named[]> = {
  message: (event) => [
    ['gen_ai.agent.name', chatbotOf(event)],
    ['input.value', asText(event.input)],
    ['output.value', asText(event.output)],
    ['turnscope.participant_data.before', objectOf(event.custom?.participant_data).before],
    ['turnscope.participant_data.after', objectOf(event.custom?.participant_data).after],
    ['turnscope.session_data', event.custom?.session_data],
  ],
  tool: (event) => [
    ['gen_ai.operation.name', 'execute_tool'],
    ['gen_ai.tool.name', event.task],
    ['gen_ai.tool.call.arguments', asText(event.input)],
    ['gen_ai.tool.call.result', asText(event.output)],
  ],
  agent: (event) => [
    ['gen_ai.operation.name', 'invoke_agent'],
    ['gen_ai.agent.name', event.task],
    ['input.value', asText(event.input)],
    ['output.value', asText(event.output)],
  ],
  retrieval: (event) => [
    ['gen_ai.operation.name', 'retrieval'],
    ['gen_ai.retrieval.query.text', asText(event.input)],
    ['gen_ai.retrieval.documents', documentsOf(event.output)],
    ['input.value', asText(event.input)],
    ['output.value', asText(event.output)],
  ],
  generation: (event) => [
    ['gen_ai.operation.name', 'chat'],
    ['input.value', asText(event.input)],
    ['output.value', asText(event.output)],
  ],
  router: (event) => plain(event),
  system: (event) => plain(event),
  custom: (event) => plain(event),
  feedback: (event) => plain(event),
}

const plain = (event: PostedEvent): readonly Named[] => [
  ['input.value', asText(event.input)],
  ['output.value', asText(event.output)],
]

/** `[{chunk, score}]` and its like as a list of documents in JSON; undefined where the output is none. */
const documentsOf = (output: AttributeValue | undefined): string | undefined => {
  let list = output
  if (typeof list === 'string')
    try {
      list = JSON.parse(list) as AttributeValue
    } catch {
      return undefined
    }
  if (!Array.isArray(list) || list.length === 0) return undefined
  const documents = list.map((item) => {
    if (typeof item === 'string') return { content: item }
    const { chunk, content, text, id, score, ...metadata } = objectOf(item)
    return {
      ...(id !== undefined && { id }),
      content: asText(chunk ?? content ?? text) ?? '',
      ...(score !== undefined && { score }),
      ...(Object.keys(metadata).length > 0 && { metadata }),
    }
  })
  return JSON.stringify(documents)
}

const tagsOf = (value: AttributeValue | undefined): AttributeValue | undefined =>
  Array.isArray(value) && value.length > 0 && value.every((tag) => typeof tag === 'string')
    ? value
    : undefined

/** Whether an event's output says that it failed; the message it says. */
export const failureOf = (event: PostedEvent): string | undefined =>
  typeof event.output === 'string' ? /^\s*Error:\s*([\s\S]*)$/.exec(event.output)?.[1]?.trim() : undefined

/** Everything that the event says, as attributes of its span. */
export const eventAttributes = (event: PostedEvent): Attributes => {
  const { metadata = {}, custom = {} } = event
  const named: readonly Named[] = [
    ['turnscope.event.type', event.type.toUpperCase()],
    ['turnscope.event.task', event.task],
    ['turnscope.channel', event.channel_id],
    ['turnscope.event.session_id', event.session_id],
    [
      'turnscope.feedback.name',
      event.feedback_tag ?? (event.feedback_text === undefined ? undefined : 'comment'),
    ],
    ['turnscope.feedback.comment', event.feedback_text],
    ['turnscope.event.metadata', Object.keys(metadata).length > 0 ? metadata : undefined],
    ['turnscope.event.custom', Object.keys(custom).length > 0 ? custom : undefined],
    ['session.id', event.conversation_id],
    ['user.id', event.user?.id],
    ['user.name', event.user?.name],
    ['deployment.environment.name', firstText(metadata.environment)],
    ['service.version', firstText(metadata.chatbot_version, metadata.version)],
    ['turnscope.tags', tagsOf(metadata.tags)],
    ...OF_TYPE[event.type](event),
    ...usageAttributes(custom),
  ]
  return Object.fromEntries(
    named.filter((pair): pair is readonly [string, AttributeValue] => pair[1] !== undefined),
  )
}

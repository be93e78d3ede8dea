import type { Attributes, AttributeValue, LogRecord, Span } from '../../domain/span.ts'
import { flattenedMessages } from '../readable/flattened-messages.ts'
import { type Side, textOf } from '../readable/readable-text.ts'
import { isNothing } from '../readable/tolerant-value.ts'

type Source = (attributes: Attributes) => AttributeValue | undefined

const flattened =
  (prefix: string, inner: string): Source =>
  (attributes) =>
    flattenedMessages(attributes, prefix, inner)

const key =
  (name: string): Source =>
  (attributes) =>
    attributes[name]

/** Where a span's input stands, the preferred place first. */
const INPUT: readonly Source[] = [
  key('langfuse.trace.input'),
  key('input.value'),
  key('gen_ai.input.messages'),
  key('langfuse.observation.input'),
  flattened('llm.input_messages', 'message.'),
  key('traceloop.entity.input'),
  key('ai.prompt'),
  key('ai.prompt.messages'),
  key('gen_ai.prompt'),
  flattened('gen_ai.prompt', ''),
  key('voice.transcript.final'),
  key('agent_input_user_message'),
  key('turnscope.event.input'),
]

const OUTPUT: readonly Source[] = [
  key('langfuse.trace.output'),
  key('output.value'),
  key('gen_ai.output.messages'),
  key('langfuse.observation.output'),
  flattened('llm.output_messages', 'message.'),
  key('traceloop.entity.output'),
  key('ai.response.text'),
  key('gen_ai.completion'),
  flattened('gen_ai.completion', ''),
  key('voice.tts.text'),
  key('voice.playback.text'),
  key('agent_output_response_message'),
  key('turnscope.event.output'),
]

const SOURCES: Record<Side, readonly Source[]> = { input: INPUT, output: OUTPUT }

export interface FoundText {
  /** How far down the list of places it stood. */
  readonly rank: number
  readonly value: string
}

/** The readable text of one side of a span, from the first place that has one. */
export function spanText(attributes: Attributes, side: Side): FoundText | undefined {
  for (const [rank, source] of SOURCES[side].entries()) {
    const value = source(attributes)
    if (value === undefined || isNothing(value)) continue
    const text = textOf(value, side)
    if (text !== undefined) return { rank, value: text }
  }
  return undefined
}

/** One side of a span as it was recorded, from the first place that has something. */
export function spanValue(attributes: Attributes, side: Side): AttributeValue | undefined {
  for (const source of SOURCES[side]) {
    const value = source(attributes)
    if (value !== undefined && !isNothing(value)) return value
  }
  return undefined
}

/**
 * One side of a span that talks, as it was recorded: from the place that its text comes from, so that what a
 * panel shows is what the preview quotes; else from the first place that has something.
 */
export function spokenValue(attributes: Attributes, side: Side): AttributeValue | undefined {
  let first: AttributeValue | undefined
  for (const source of SOURCES[side]) {
    const value = source(attributes)
    if (value === undefined || isNothing(value)) continue
    if (textOf(value, side) !== undefined) return value
    first ??= value
  }
  return first
}

const MESSAGE_EVENT = /^gen_ai\.(system|user|assistant|tool)\.message$/
const DETAILS_EVENT = 'gen_ai.client.inference.operation.details'

const eventName = ({ eventName: name, attributes }: LogRecord): string =>
  name ?? (typeof attributes['event.name'] === 'string' ? attributes['event.name'] : '')

const bodyObject = ({ body }: LogRecord): Attributes =>
  typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Attributes) : { content: body }

/**
 * A span's attributes together with the message content that its log records carry. What the span says
 * itself stands; records add what is missing.
 */
export function attributesWithLogs(span: Span, logs: readonly LogRecord[] | undefined): Attributes {
  if (!logs?.length) return span.attributes
  const input: Attributes[] = []
  const output: Attributes[] = []
  let added: Attributes = {}
  for (const record of [...logs].sort((a, b) => a.time - b.time)) {
    const name = eventName(record)
    const role = MESSAGE_EVENT.exec(name)?.[1]
    if (role) input.push({ role, ...bodyObject(record) })
    else if (name === 'gen_ai.choice') {
      const { message, ...rest } = bodyObject(record)
      const held = typeof message === 'object' && message !== null ? (message as Attributes) : rest
      output.push({ role: 'assistant', ...held })
    } else if (name === DETAILS_EVENT) added = { ...record.attributes, ...added }
  }
  return {
    ...(input.length > 0 && { 'gen_ai.input.messages': input }),
    ...(output.length > 0 && { 'gen_ai.output.messages': output }),
    ...added,
    ...span.attributes,
  }
}

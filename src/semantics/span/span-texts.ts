import type { Attributes, AttributeValue, LogRecord, Span } from '../../domain/model/span.ts'
import type { Place } from '../conventions/convention.ts'
import { PLACES } from '../conventions/convention-table.ts'
import { MESSAGE_EVENTS } from '../conventions/gen-ai.ts'
import { flattenedMessages } from '../readable/flattened-messages.ts'
import { type Side, textOf } from '../readable/readable-text.ts'
import { soleText } from '../readable/sole-text.ts'
import { isNothing, parseJson } from '../readable/tolerant-value.ts'
import { isShape } from '../readable/value-shape.ts'
import { GUESSED } from '../reading.ts'
import { foreignMessages } from './foreign-messages.ts'

type Source = (attributes: Attributes) => AttributeValue | undefined

const sourceOf = ([, key, { messages } = {}]: Place): Source =>
  messages === undefined
    ? (attributes) => attributes[key]
    : (attributes) => flattenedMessages(attributes, key, messages)

/** Where each side of a span stands, the preferred place first. */
const SOURCES: Record<Side, readonly Source[]> = {
  input: PLACES.input.map(sourceOf),
  output: PLACES.output.map(sourceOf),
}

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
  // What a function was given that takes one text.
  if (side === 'input')
    for (const [rank, source] of SOURCES.input.entries()) {
      const text = soleText(source(attributes) ?? null)
      if (text !== undefined) return { rank: GUESSED + rank, value: text }
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

/** What a log record or an event of the span says. */
interface Said {
  readonly name: string
  readonly time: number
  readonly body: Attributes
  readonly attributes: Attributes
}

const eventName = ({ eventName: name, attributes }: LogRecord): string =>
  name ?? (typeof attributes['event.name'] === 'string' ? attributes['event.name'] : '')

/** A text that holds a JSON list or object, as that. */
const structured = (value: AttributeValue | undefined): AttributeValue | undefined =>
  typeof value === 'string' && /^\s*[[{]/.test(value) ? (parseJson(value) ?? value) : value

const bodyOf = (body: AttributeValue): Attributes => {
  const read = structured(body)
  return isShape(read) ? read : { content: body }
}

/** Library's events carry messages as log records do: the content, in JSON where it has parts, as an attribute. */
const saidByEvents = ({ events }: Span): readonly Said[] =>
  events.flatMap(({ name, time, attributes }) => {
    if (!name.startsWith(MESSAGE_EVENTS.prefix)) return []
    const { content, message } = attributes
    const body = {
      ...attributes,
      ...(content !== undefined && { content: structured(content) ?? null }),
      ...(message !== undefined && { message: structured(message) ?? null }),
    }
    return { name, time, body, attributes }
  })

const saidByLogs = (logs: readonly LogRecord[]): readonly Said[] =>
  logs.map((log) => ({
    name: eventName(log),
    time: log.time,
    body: bodyOf(log.body),
    attributes: log.attributes,
  }))

const MESSAGE_FIELDS = ['role', 'content', 'parts', 'tool_calls', 'function_call', 'refusal'] as const

/** Of a choice the message: an object with a role, or what the assistant said. */
function choiceOf({ message, ...rest }: Attributes): Attributes {
  if (message === undefined) return { role: 'assistant', ...rest }
  // A tool's result is an object of any fields.
  const isMessage = isShape(message) && MESSAGE_FIELDS.some((field) => message[field] !== undefined)
  return isMessage ? { role: 'assistant', ...message } : { role: 'assistant', content: message }
}

/**
 * A span's attributes together with the message content that its events and its log records carry. What the
 * span says itself stands; they add what is missing.
 */
export function attributesWithLogs(span: Span, logs: readonly LogRecord[] | undefined): Attributes {
  const known = withKnownRecords(span, logs)
  const foreign = foreignMessages(span, known, logs)
  return foreign ? { ...foreign, ...known } : known
}

function withKnownRecords(span: Span, logs: readonly LogRecord[] | undefined): Attributes {
  if (!logs?.length && span.events.length === 0) return span.attributes
  const said = [...saidByEvents(span), ...saidByLogs(logs ?? [])].sort((a, b) => a.time - b.time)
  if (said.length === 0) return span.attributes
  const input: Attributes[] = []
  const output: Attributes[] = []
  let added: Attributes = {}
  for (const { name, body, attributes } of said) {
    const role = MESSAGE_EVENTS.said.exec(name)?.[1]
    if (role) input.push({ role, ...body })
    else if (name === MESSAGE_EVENTS.choice) output.push(choiceOf(body))
    else if (name === MESSAGE_EVENTS.details) added = { ...attributes, ...added }
  }
  return {
    ...(input.length > 0 && { [MESSAGE_EVENTS.input]: input }),
    ...(output.length > 0 && { [MESSAGE_EVENTS.output]: output }),
    ...added,
    ...span.attributes,
  }
}

import type { Attributes, AttributeValue, LogRecord, Span } from '../../domain/span.ts'
import type { Place } from '../conventions/convention.ts'
import { PLACES } from '../conventions/convention-table.ts'
import { MESSAGE_EVENTS } from '../conventions/gen-ai.ts'
import { flattenedMessages } from '../readable/flattened-messages.ts'
import { type Side, textOf } from '../readable/readable-text.ts'
import { isNothing } from '../readable/tolerant-value.ts'

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
    const role = MESSAGE_EVENTS.said.exec(name)?.[1]
    if (role) input.push({ role, ...bodyObject(record) })
    else if (name === MESSAGE_EVENTS.choice) {
      const { message, ...rest } = bodyObject(record)
      const held = typeof message === 'object' && message !== null ? (message as Attributes) : rest
      output.push({ role: 'assistant', ...held })
    } else if (name === MESSAGE_EVENTS.details) added = { ...record.attributes, ...added }
  }
  return {
    ...(input.length > 0 && { [MESSAGE_EVENTS.input]: input }),
    ...(output.length > 0 && { [MESSAGE_EVENTS.output]: output }),
    ...added,
    ...span.attributes,
  }
}

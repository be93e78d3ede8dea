import type { Attributes, AttributeValue, LogRecord, Span } from '../../domain/model/span.ts'
import { MESSAGE_EVENTS } from '../conventions/gen-ai.ts'
import { keyIndexFor, TOPIC } from '../conventions/key-index.ts'
import { parseJson } from '../readable/tolerant-value.ts'
import { isShape, type Shape } from '../readable/value-shape.ts'

const BODIES = ['content', 'parts', 'contents', 'text', 'tool_calls'] as const
const MOST_VALUES = 500
const MOST_MESSAGES = 5_000

/** Who speaks, in the words that libraries have for it. */
const ASKS: ReadonlySet<string> = new Set(['user', 'human'])
const ANSWERS: ReadonlySet<string> = new Set(['assistant', 'ai', 'model'])
const OTHERS: ReadonlySet<string> = new Set(['system', 'developer', 'tool', 'function'])

const roleOf = (message: Shape): string => String(message.role)
const isMessage = (value: AttributeValue | undefined): value is Shape =>
  isShape(value) &&
  typeof value.role === 'string' &&
  (ASKS.has(value.role) || ANSWERS.has(value.role) || OTHERS.has(value.role)) &&
  BODIES.some((body) => value[body] !== undefined)

/** Chat messages in a value: a list, an object that holds one under `messages`, or one message. */
function chatIn(value: AttributeValue | undefined): readonly Shape[] {
  const read =
    typeof value === 'string'
      ? /^\s*[[{]/.test(value) && value.includes('"role"')
        ? parseJson(value)
        : undefined
      : value
  if (isMessage(read)) return [read]
  const list = isShape(read) ? read.messages : read
  if (!Array.isArray(list) || list.length === 0) return []
  const kept: readonly AttributeValue[] = list.slice(-MOST_MESSAGES)
  return kept.every(isMessage) ? (kept as readonly Shape[]) : []
}

const mayHoldChat = (value: AttributeValue): boolean =>
  typeof value === 'string' ? value.includes('"role"') : typeof value === 'object' && value !== null

const says = (attributes: Attributes): boolean => {
  const meaningOf = keyIndexFor(undefined)
  for (const key in attributes) if ((meaningOf(key).topics & (TOPIC.input | TOPIC.output)) !== 0) return true
  return false
}

function* valuesOf(span: Span, logs: readonly LogRecord[]): Generator<AttributeValue> {
  yield* Object.values(span.attributes)
  const records = [
    ...span.events.map(({ time, attributes }) => ({ time, values: Object.values(attributes) })),
    ...logs.map(({ time, body, attributes }) => ({ time, values: [body, ...Object.values(attributes)] })),
  ]
  for (const { values } of records.sort((a, b) => a.time - b.time)) yield* values
}

/**
 * The messages of a library that no convention knows: lists of chat messages under any key, on the span, in its
 * events or its log records. The last resort: nothing where a known key speaks of input or output.
 * @param attributes the span's, with what known events and records add
 * @returns what they read as under known keys
 */
export function foreignMessages(
  span: Span,
  attributes: Attributes,
  logs: readonly LogRecord[] | undefined,
): Attributes | undefined {
  const input: Shape[] = []
  const output: Shape[] = []
  let looked = 0
  let known: boolean | undefined
  for (const value of valuesOf(span, logs ?? [])) {
    if (++looked > MOST_VALUES) break
    if (!mayHoldChat(value)) continue
    const messages = chatIn(value)
    if (messages.length === 0) continue
    known ??= says(attributes)
    if (known) return undefined
    const asked = messages.findLastIndex((message) => ASKS.has(roleOf(message)))
    const given = messages.slice(0, asked + 1)
    const made = messages.slice(asked + 1)
    input.push(...given, ...made.filter((message) => OTHERS.has(roleOf(message))))
    output.push(...made.filter((message) => ANSWERS.has(roleOf(message))))
  }
  if (input.length === 0 && output.length === 0) return undefined
  return {
    ...(input.length > 0 && { [MESSAGE_EVENTS.input]: input }),
    ...(output.length > 0 && { [MESSAGE_EVENTS.output]: output }),
  }
}

import { z } from 'zod'
import { parseIsoTime } from '../../../domain/model/iso-time.ts'
import type { AttributeValue } from '../../../domain/model/span.ts'
import { isKeepableTime, type Micros, micros } from '../../../domain/model/units.ts'
import {
  EVENT_TYPES,
  type EventType,
  type PostedEvent,
} from '../../../formats/conversation-events/posted-event.ts'
import { json, name, OUT_OF_TIME, printableId, text } from './turn-schema.ts'

/** Numbers tell their unit by their size: what is below counts in this many parts of a second. */
const UNITS: readonly { readonly below: number; readonly toMicros: (value: number) => number }[] = [
  { below: 1e11, toMicros: (seconds) => seconds * 1e6 },
  { below: 1e14, toMicros: (millis) => millis * 1e3 },
  { below: 1e17, toMicros: (value) => value },
  { below: 1e20, toMicros: (nanos) => nanos / 1e3 },
]

const epochTime = (value: number): Micros | null => {
  const unit = value >= 0 ? UNITS.find(({ below }) => value < below) : undefined
  return unit === undefined ? null : micros(unit.toMicros(value))
}

const NUMBER = /^\d+(?:\.\d+)?$/
/** Without an offset it is UTC: what Python's `datetime.utcnow().isoformat()` writes. */
const NAIVE_ISO = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?$/

const timeOfText = (value: string): Micros | null =>
  NUMBER.test(value) ? epochTime(Number(value)) : parseIsoTime(NAIVE_ISO.test(value) ? `${value}Z` : value)

const eventTime = z.union([z.string(), z.number()], 'must be a time').transform((value, context) => {
  const read = typeof value === 'number' ? epochTime(value) : timeOfText(value)
  if (read !== null && isKeepableTime(read)) return read
  if (read !== null) {
    context.addIssue(OUT_OF_TIME)
    return z.NEVER
  }
  context.addIssue('must be ISO 8601 or seconds, milliseconds, microseconds or nanoseconds since 1970')
  return z.NEVER
})

const eventType = z.string('must be a text').transform((value, context): EventType => {
  const lower = value.toLowerCase()
  const type = EVENT_TYPES.find((known) => known === lower)
  if (type !== undefined) return type
  if (lower === 'event') return 'custom'
  context.addIssue(`must be one of ${EVENT_TYPES.join(', ')}`)
  return z.NEVER
})

/** A century, in milliseconds. */
const LONGEST_LATENCY = 36_525 * 86_400_000

/** null is what some senders write for a field that is not given. */
const given = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === null ? undefined : value), schema.optional())

const object = z.record(z.string(), json, 'must be an object') as z.ZodType<{
  readonly [key: string]: AttributeValue
}>

/** One event of `POST /api/v1/events`. Fields of other senders' own are left out without a word. */
export const eventSchema: z.ZodType<PostedEvent> = z.object(
  {
    conversation_id: printableId,
    interaction_id: printableId,
    type: eventType,
    task: name,
    trace_id: given(printableId),
    parent_id: given(printableId),
    session_id: given(text),
    channel_id: given(name),
    input: given(json),
    output: given(json),
    feedback_tag: given(name),
    feedback_text: given(text),
    start_timestamp: given(eventTime),
    end_timestamp: given(eventTime),
    latency: given(
      z
        .number('must be a number of milliseconds')
        .nonnegative('must not be negative')
        .max(LONGEST_LATENCY, `must not be more than ${LONGEST_LATENCY}`),
    ),
    custom: given(object),
    user: given(z.object({ id: given(name), name: given(name) }, 'must be an object')),
    metadata: given(object),
  },
  'must be an object',
)

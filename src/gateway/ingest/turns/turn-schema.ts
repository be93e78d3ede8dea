import { z } from 'zod'
import { parseIsoTime } from '../../../domain/model/iso-time.ts'
import type { AttributeValue } from '../../../domain/model/span.ts'
import { METRIC_NAMES, type MetricName, TRACE_STATUSES } from '../../../domain/model/trace.ts'
import {
  durationMicros,
  isKeepableTime,
  isPrintableId,
  LARGEST_NUMBER,
  micros,
} from '../../../domain/model/units.ts'
import type { PostedTurn } from '../../../formats/turns/posted-turn.ts'
import { shareableUrl } from '../door/provider-url.ts'

const MAX_NAME = 500
const MAX_LIST = 1000

/** However long: what is too long is cut when it is read. */
export const text = z.string('must be a text')
export const name = z
  .string('must be a text')
  .min(1, 'must not be empty')
  .max(MAX_NAME, `must not be longer than ${MAX_NAME} characters`)
export const printableId = z
  .string('must be a text')
  .refine(isPrintableId, 'must be 1 to 200 printable characters')
/** Any JSON: it comes from a JSON body. */
export const json = z.custom<AttributeValue>((value) => value !== undefined, 'is missing')

/** What is said of a moment that cannot be kept. */
export const OUT_OF_TIME = 'must lie between 1970 and June 2255'

/** As microseconds this is March 1973: a number below it counts seconds or milliseconds. */
const FIRST_PLAUSIBLE = 1e14

/** Integer microseconds since 1970, or ISO 8601 with an offset. */
export const time = z.union([z.string(), z.number()], 'must be a time').transform((value, context) => {
  if (typeof value === 'string') {
    const read = parseIsoTime(value)
    if (read !== null && isKeepableTime(read)) return read
    if (read !== null) {
      context.addIssue(OUT_OF_TIME)
      return z.NEVER
    }
    context.addIssue('must be ISO 8601 with an offset, as 2026-03-01T09:30:00Z, or integer microseconds')
    return z.NEVER
  }
  if (Number.isSafeInteger(value) && value >= FIRST_PLAUSIBLE) return micros(value)
  context.addIssue('must be integer microseconds since 1970: seconds times 1,000,000')
  return z.NEVER
})

const duration = z
  .int('must be integer microseconds')
  .nonnegative('must not be negative')
  .transform(durationMicros)

const measured = z
  .number('must be a number or null')
  .nonnegative('must not be negative')
  .max(LARGEST_NUMBER, `must not be more than ${LARGEST_NUMBER}`)
  .nullable()
export const score = z
  .number()
  .min(-LARGEST_NUMBER, `must not be less than ${-LARGEST_NUMBER}`)
  .max(LARGEST_NUMBER, `must not be more than ${LARGEST_NUMBER}`)
const metricNames = z
  .array(z.enum(METRIC_NAMES, `must be one of ${METRIC_NAMES.join(', ')}`))
  .max(METRIC_NAMES.length)
const metrics = z.strictObject({
  ...(Object.fromEntries(METRIC_NAMES.map((metric) => [metric, measured.optional()])) as {
    [Name in MetricName]: z.ZodOptional<typeof measured>
  }),
  partial: metricNames.optional(),
  estimated: metricNames.optional(),
})

const change = z.tuple(
  [
    z.enum(['add', 'remove', 'change'], 'must be add, remove or change'),
    z.union(
      [z.string(), z.array(z.union([z.string(), z.int()])).max(100)],
      'must be a path: a text or a list of keys',
    ),
    json,
  ],
  'must be [kind, path, details]',
)

const httpUrl = z
  .string('must be a text')
  .max(2000)
  .transform((value, context) => {
    const url = shareableUrl(value)
    if (url !== null) return url
    context.addIssue('must be an http or https URL')
    return z.NEVER
  })

const list = <Item extends z.ZodType>(item: Item) =>
  z.array(item, 'must be a list').max(MAX_LIST, `must not hold more than ${MAX_LIST}`)

/** One turn of `POST /api/v1/turns`. Unknown fields are wrong: a mistyped name would be lost in silence. */
export const turnSchema: z.ZodType<PostedTurn> = z
  .strictObject(
    {
      traceId: printableId.optional(),
      startTime: time,
      endTime: time.optional(),
      duration: duration.optional(),
      chatbot: z.strictObject({ id: name.optional(), name, version: name.optional() }, 'must be an object'),
      session: z.strictObject({ id: printableId }, 'must be an object'),
      participant: z.strictObject({ id: name, name: name.optional() }, 'must be an object').optional(),
      input: text,
      output: text.optional(),
      status: z.enum(TRACE_STATUSES, `must be one of ${TRACE_STATUSES.join(', ')}`).optional(),
      error: text.optional(),
      participantData: z
        .strictObject(
          { before: json, after: json.optional(), changes: list(change).optional() },
          'must be an object',
        )
        .optional(),
      sessionData: json.optional(),
      metrics: metrics.optional(),
      tags: list(name).optional(),
      environment: name.optional(),
      channel: name.optional(),
      feedback: list(
        z.strictObject(
          {
            name,
            value: z.union([text, score, z.boolean()], 'must be a text, a number or a boolean').optional(),
            comment: text.optional(),
          },
          'must be an object',
        ),
      ).optional(),
      provider: z
        .strictObject({ source: name, traceId: printableId, url: httpUrl.optional() }, 'must be an object')
        .optional(),
    },
    'must be an object',
  )
  .superRefine((turn, context) => {
    if (turn.endTime !== undefined && turn.duration !== undefined)
      context.addIssue({ code: 'custom', path: ['duration'], message: 'cannot stand beside endTime' })
    if (turn.endTime !== undefined && turn.endTime < turn.startTime)
      context.addIssue({ code: 'custom', path: ['endTime'], message: 'must not be before startTime' })
    if (turn.duration !== undefined && !isKeepableTime(turn.startTime + turn.duration))
      context.addIssue({ code: 'custom', path: ['duration'], message: 'must end before June 2255' })
  })

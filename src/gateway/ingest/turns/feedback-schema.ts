import { z } from 'zod'
import type { GivenFeedback } from '../../../domain/model/given-feedback.ts'
import { spanId, traceId } from '../../../domain/model/units.ts'
import { hexId } from '../../../formats/otlp/otlp-ids.ts'
import { name, printableId, score, text, time } from './turn-schema.ts'

/** In UTF-8. */
const MAX_COMMENT_BYTES = 10_240

const short = text.refine(
  (value) => Buffer.byteLength(value) <= MAX_COMMENT_BYTES,
  `must not be longer than ${MAX_COMMENT_BYTES} bytes`,
)

/**
 * One piece of feedback of `POST /api/v1/feedback`. Unknown fields are wrong. Without an id it gets one from what it
 * says, so that sending it twice gives it once.
 */
export const feedbackSchema: z.ZodType<GivenFeedback> = z
  .strictObject(
    {
      id: printableId.optional(),
      traceId: printableId.transform(traceId),
      spanId: printableId.transform(spanId).optional(),
      name,
      value: z.union([short, score, z.boolean()], 'must be a text, a number or a boolean').optional(),
      comment: short.optional(),
      author: name.optional(),
      time: time.optional(),
    },
    'must be an object',
  )
  .transform(({ id, traceId, name, ...rest }) => {
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
    return { id: id ?? hexId(JSON.stringify({ traceId, name, ...given }), 32), traceId, name, ...given }
  })

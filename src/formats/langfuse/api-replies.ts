import { parseIsoTime } from '../../domain/model/iso-time.ts'
import type { Feedback } from '../../domain/model/trace.ts'
import { isKeepableTime, isPrintableId, spanId, type TraceId, traceId } from '../../domain/model/units.ts'
import { isObject, type JsonObject } from '../otlp/json/json-fields.ts'

/** Rows that stand between two cursors. A page may be short or empty while a cursor says that there is more. */
export interface CursorPage {
  readonly rows: readonly JsonObject[]
  readonly cursor?: string
}

/** A page by its number. */
export interface NumberedPage {
  readonly rows: readonly JsonObject[]
  readonly pages: number
  /** Over all pages. */
  readonly items: number
}

const rowsIn = (reply: unknown): readonly JsonObject[] | undefined =>
  isObject(reply) && Array.isArray(reply.data) && isObject(reply.meta)
    ? reply.data.filter(isObject)
    : undefined

/** A reply of the newer API's lists; undefined where it is none. */
export function cursorPageIn(reply: unknown): CursorPage | undefined {
  const rows = rowsIn(reply)
  if (rows === undefined) return undefined
  const { cursor } = (reply as { meta: JsonObject }).meta
  return { rows, ...(typeof cursor === 'string' && cursor !== '' && { cursor }) }
}

/** A reply of the legacy API's lists; undefined where it is none. */
export function numberedPageIn(reply: unknown): NumberedPage | undefined {
  const rows = rowsIn(reply)
  const { totalPages, totalItems } = isObject(reply) && isObject(reply.meta) ? reply.meta : {}
  if (rows === undefined || typeof totalPages !== 'number' || typeof totalItems !== 'number') return undefined
  return { rows, pages: totalPages, items: totalItems }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** The version that the server says it is; undefined where the reply is of another server. */
export const versionIn = (reply: unknown): string | undefined =>
  isObject(reply) ? textOf(reply.version)?.slice(0, 40) : undefined

export interface Project {
  readonly id: string
  readonly name?: string
}

/** The project that the keys are of. */
export function projectIn(reply: unknown): Project | undefined {
  const [first] = isObject(reply) && Array.isArray(reply.data) ? reply.data : []
  const id = isObject(first) ? textOf(first.id) : undefined
  if (id === undefined) return undefined
  const name = textOf((first as JsonObject).name)?.slice(0, 200)
  return { id, ...(name !== undefined && { name }) }
}

const idOf = (value: unknown): string | undefined =>
  typeof value === 'string' && isPrintableId(value) ? value : undefined

/** What was said of a trace or of a step of it. */
export interface TraceFeedback {
  readonly traceId: TraceId
  readonly feedback: Feedback
}

interface Subject {
  readonly trace: string | undefined
  readonly observation: string | undefined
}

/** The newer API names one subject, the older ones each kind beside the other. */
function subjectOf({ subject, traceId: trace, observationId }: JsonObject): Subject {
  if (!isObject(subject)) return { trace: idOf(trace), observation: idOf(observationId) }
  const id = idOf(subject.id)
  if (subject.kind === 'trace') return { trace: id, observation: undefined }
  if (subject.kind === 'observation') return { trace: idOf(subject.traceId), observation: id }
  return { trace: undefined, observation: undefined }
}

/** Yes and no stand as 1 and 0, or as words, in the older APIs. */
function scoreValue({ dataType, value, stringValue }: JsonObject): Feedback['value'] {
  const said = typeof stringValue === 'string' && stringValue !== '' ? stringValue : undefined
  if (dataType === 'BOOLEAN') {
    if (typeof value === 'boolean') return value
    if (value === 1 || value === 0) return value === 1
    return said === undefined ? undefined : /^true$/i.test(said)
  }
  const plain = typeof value === 'number' || typeof value === 'boolean' || textOf(value) !== undefined
  return dataType === 'CATEGORICAL' && said !== undefined ? said : plain ? (value as string | number) : said
}

const timed = (value: unknown): Pick<Feedback, 'time'> => {
  const time = typeof value === 'string' ? parseIsoTime(value) : null
  return time !== null && isKeepableTime(time) ? { time } : {}
}

/** A score of either API; undefined where it is about no trace (a session's, say) or has no name. */
export function feedbackOfScore(score: JsonObject): TraceFeedback | undefined {
  const { trace, observation } = subjectOf(score)
  const name = textOf(score.name)
  if (trace === undefined || name === undefined) return undefined
  const value = scoreValue(score)
  const comment = textOf(score.comment)
  const author = textOf(score.authorUserId)
  return {
    traceId: traceId(trace),
    feedback: {
      name,
      ...(value !== undefined && { value }),
      ...(comment !== undefined && { comment }),
      ...(author !== undefined && { author }),
      ...timed(score.timestamp),
      ...(observation !== undefined && { spanId: spanId(observation) }),
    },
  }
}

/** A comment on a trace as feedback; undefined where it is on something else. */
export function feedbackOfComment(comment: JsonObject): TraceFeedback | undefined {
  const trace = comment.objectType === 'TRACE' ? idOf(comment.objectId) : undefined
  const content = textOf(comment.content)
  if (trace === undefined || content === undefined) return undefined
  const author = textOf(comment.authorUserId)
  return {
    traceId: traceId(trace),
    feedback: {
      name: 'comment',
      comment: content,
      ...(author !== undefined && { author }),
      ...timed(comment.createdAt),
    },
  }
}

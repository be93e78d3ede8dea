import { setImmediate } from 'node:timers/promises'
import { type Context, Hono } from 'hono'
import type { GivenFeedback } from '../../../domain/model/given-feedback.ts'
import { formatIsoTime } from '../../../domain/model/iso-time.ts'
import { type Micros, microsFromMillis } from '../../../domain/model/units.ts'
import {
  type IngestedEvent,
  type IngestedScore,
  readIngestedEvent,
} from '../../../formats/langfuse/ingested-event.ts'
import { isObject, type JsonObject } from '../../../formats/otlp/json/json-fields.ts'
import { peerOf, requestSocket } from '../../api/request-socket.ts'
import { InFlight } from '../door/in-flight.ts'
import { DEFAULT_INGEST_LIMITS } from '../door/ingest-limits.ts'
import { keepable, NotKeepable, readJsonBody } from '../door/json-body.ts'
import { isOurFault, REFUSALS, Refusal, refusalOf, refusalOfSink } from '../door/refusal.ts'
import { refuseSender } from '../otlp/otlp-http.ts'
import { feedbackSchema } from './feedback-schema.ts'
import { errorLine, fieldErrors } from './field-errors.ts'
import type { TurnApi } from './turn-api.ts'

export interface LangfuseApi extends TurnApi {
  /** Names this installation as Langfuse names a project. */
  readonly projectId: string
}

/** Senders read it as the version of the API that is spoken. */
const API_VERSION = '3.0.0'
/** How many events one batch may hold. */
const MAX_EVENTS = 100_000
/** A list of scores is the body itself; a batch, and how many values its other lists have, stands below. */
const LISTS = [
  { depth: 1, items: MAX_EVENTS, problem: `a list may hold ${MAX_EVENTS} scores` },
  { depth: 2, items: MAX_EVENTS, problem: `a batch may hold ${MAX_EVENTS} events` },
]
const EVENTS_A_STEP = 64

type Outcome =
  | { readonly is: 'event'; readonly event: IngestedEvent }
  | { readonly is: 'feedback'; readonly feedback: GivenFeedback }
  | { readonly is: 'ignored' }
  | { readonly is: 'wrong'; readonly message: string }

const given = (value: unknown): unknown => (value === null || value === '' ? undefined : value)

/** A score by the rules of feedback; `at` is when it was sent. */
function readScore({ body, eventId, time }: IngestedScore): Outcome {
  if (given(body.traceId) === undefined)
    return { is: 'wrong', message: 'body.traceId is missing: scores are kept of traces' }
  const isBoolean = body.dataType === 'BOOLEAN' && typeof body.value === 'number'
  const read = feedbackSchema.safeParse(
    {
      id: given(body.id) ?? eventId,
      traceId: body.traceId,
      spanId: given(body.observationId),
      name: body.name,
      value: isBoolean ? body.value !== 0 : given(body.value),
      comment: given(body.comment),
      time: given(body.timestamp) ?? formatIsoTime(time),
    },
    { reportInput: true },
  )
  return read.success
    ? { is: 'feedback', feedback: read.data }
    : { is: 'wrong', message: `body.${errorLine(fieldErrors(read.error))}` }
}

const readEvent = (value: unknown): Outcome =>
  readObject(value, 'an event', (event) => {
    const read = readIngestedEvent(event)
    return read.is === 'score' ? readScore(read.score) : read
  })

const readPostedScore = (value: unknown, now: Micros): Outcome =>
  readObject(value, 'a score', (body) => readScore({ body, eventId: crypto.randomUUID(), time: now }))

function readObject(value: unknown, what: string, read: (object: JsonObject) => Outcome): Outcome {
  try {
    const object = keepable(value)
    return isObject(object) ? read(object) : { is: 'wrong', message: `${what} must be an object` }
  } catch (error) {
    if (!(error instanceof NotKeepable)) throw error
    return { is: 'wrong', message: error.message }
  }
}

const answerRefusal = (context: Context, refusal: Refusal): Response => {
  const { reason, message, retryAfterMs } = refusal
  if (retryAfterMs !== undefined)
    context.header('Retry-After', String(Math.max(1, Math.ceil(retryAfterMs / 1000))))
  if (reason === 'unauthorized') context.header('WWW-Authenticate', 'Basic realm="Turnscope"')
  if (reason === 'too-slow' || reason === 'too-large') context.header('Connection', 'close')
  return context.json({ message, error: reason }, REFUSALS[reason].status)
}

const idOf = (event: unknown): string => (isObject(event) && typeof event.id === 'string' ? event.id : '')

/**
 * Langfuse's ingestion, for its SDKs: batches of events with an answer for each, single scores, and what their
 * check of the keys asks for. The secret key is the ingest token where one is set.
 */
export function langfuseRoutes(api: LangfuseApi): Hono {
  const limits = api.limits ?? DEFAULT_INGEST_LIMITS
  const inFlight = api.inFlight ?? new InFlight(limits)
  const now = api.now ?? ((): Micros => microsFromMillis(Date.now()))

  const answered = async (
    context: Context,
    answer: (body: () => Promise<unknown>) => Promise<Response>,
    asked: Pick<LangfuseApi, 'authorize' | 'readOnly'> = api,
  ): Promise<Response> => {
    const room = inFlight.open(requestSocket(context))
    try {
      refuseSender(asked, context.req.raw.headers, peerOf(context))
      return await answer(() => readJsonBody(context.req.raw, limits, room, LISTS))
    } catch (error) {
      const refusal = refusalOf(error)
      if (isOurFault(refusal)) api.onFailure?.(refusal.cause ?? refusal)
      return answerRefusal(context, refusal)
    } finally {
      room.release()
    }
  }

  const write = async (outcomes: readonly Outcome[]): Promise<void> => {
    const events = outcomes.flatMap((one) => (one.is === 'event' ? [one.event] : []))
    const feedback = outcomes.flatMap((one) => (one.is === 'feedback' ? [one.feedback] : []))
    try {
      if (events.length > 0) await api.sink.addEvents(events)
      if (feedback.length > 0) await api.sink.addFeedback(feedback)
    } catch (error) {
      // What was written of it is known by its ids when it is sent again.
      throw refusalOfSink(error)
    }
  }

  const batchOf = (body: unknown): readonly unknown[] => {
    const batch = isObject(body) ? body.batch : undefined
    if (!Array.isArray(batch)) throw new Refusal('malformed', 'batch must be a list of events')
    return batch
  }

  const ingest = (context: Context): Promise<Response> =>
    answered(context, async (body) => {
      const batch = batchOf(await body())
      const outcomes: Outcome[] = []
      for (const event of batch) {
        outcomes.push(readEvent(event))
        if (outcomes.length % EVENTS_A_STEP === 0) await setImmediate()
      }
      await write(outcomes)
      const successes: JsonObject[] = []
      const errors: JsonObject[] = []
      for (const [at, outcome] of outcomes.entries()) {
        const id = idOf(batch[at])
        if (outcome.is !== 'wrong') successes.push({ id, status: 201 })
        else
          errors.push({
            id,
            status: 400,
            message: 'Invalid request data',
            error: `[${at}]: ${outcome.message}`,
          })
      }
      return context.json({ successes, errors }, 207)
    })

  /** One score, or the list that newer SDKs send. */
  const scores = (context: Context): Promise<Response> =>
    answered(context, async (read) => {
      const body = await read()
      const list: readonly unknown[] = Array.isArray(body) ? body : [body]
      const outcomes = list.map((one) => readPostedScore(one, now()))
      await write(outcomes)
      const errors = outcomes.flatMap((one, index) =>
        one.is === 'wrong' ? [{ index, message: `[${index}]: ${one.message}` }] : [],
      )
      if (Array.isArray(body)) {
        if (errors.length === 0) return context.json({ message: 'Accepted' }, 202)
        return context.json({ accepted: list.length - errors.length, rejected: errors.length, errors }, 207)
      }
      const [outcome] = outcomes
      if (outcome?.is === 'feedback') return context.json({ id: outcome.feedback.id })
      throw new Refusal('malformed', outcome?.is === 'wrong' ? outcome.message : 'a score must be an object')
    })

  const projects = (context: Context): Promise<Response> =>
    answered(
      context,
      async () => {
        const owner = { id: api.projectId, name: 'Turnscope' }
        return context.json({ data: [{ ...owner, organization: owner, metadata: {}, retentionDays: null }] })
      },
      { authorize: api.authorize },
    )

  return new Hono()
    .post('/api/public/ingestion', ingest)
    .post('/api/public/scores', scores)
    .get('/api/public/projects', projects)
    .get('/api/public/health', (context) => context.json({ status: 'OK', version: API_VERSION }))
}

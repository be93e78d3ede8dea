import { setImmediate } from 'node:timers/promises'
import { type Context, Hono } from 'hono'
import type { z } from 'zod'
import { saysCut } from '../../../domain/model/cut-text.ts'
import type { GivenFeedback } from '../../../domain/model/given-feedback.ts'
import { type Micros, microsFromMillis } from '../../../domain/model/units.ts'
import { parentWithin } from '../../../formats/conversation-events/parent-within.ts'
import { spanOfEvent } from '../../../formats/conversation-events/span-of-event.ts'
import { cutTurn } from '../../../formats/turns/cut-turn.ts'
import { recordedTurnOf } from '../../../formats/turns/recorded-turn-of.ts'
import { peerOf, requestSocket } from '../../api/request-socket.ts'
import { InFlight } from '../door/in-flight.ts'
import { DEFAULT_INGEST_LIMITS } from '../door/ingest-limits.ts'
import { keepable, NotKeepable, readJsonBody } from '../door/json-body.ts'
import {
  isOurFault,
  REFUSALS,
  type Refusal,
  type RefusalReason,
  refusalOf,
  refusalOfSink,
} from '../door/refusal.ts'
import type { TurnSink } from '../door/span-sink.ts'
import { type OtlpIngest, refuseSender } from '../otlp/otlp-http.ts'
import { eventSchema } from './event-schema.ts'
import { feedbackSchema } from './feedback-schema.ts'
import { errorLine, type FieldError, fieldErrors } from './field-errors.ts'
import { turnSchema } from './turn-schema.ts'

export interface TurnApi extends OtlpIngest {
  readonly sink: TurnSink
  /** The clock, for events without a time. */
  readonly now?: () => Micros
  /** Whether a request comes from a reader: feedback is taken from the page too. */
  readonly mayRead?: (context: Context) => boolean
}

/** How many turns or events one request may hold. */
const MAX_ITEMS = 10_000
const LISTS = [{ depth: 1, items: MAX_ITEMS, problem: `a request may hold ${MAX_ITEMS} records` }]
const ITEMS_A_STEP = 16

/** What the API's errors call a refusal. */
const ERROR_KINDS: Record<RefusalReason, string> = {
  malformed: 'bad-request',
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  'too-slow': 'timeout',
  'too-large': 'too-large',
  'media-type': 'unsupported',
  busy: 'rate-limited',
  unavailable: 'unreachable',
  failed: 'internal',
}

interface ItemError {
  readonly kind: 'bad-request'
  readonly message: string
  readonly fields: readonly FieldError[]
}
const itemError = (fields: readonly FieldError[]): ItemError => ({
  kind: 'bad-request',
  message: errorLine(fields),
  fields,
})

/** A kind of record: how one is checked, and how those that passed are written. The ids given back name them. */
interface Recording<Item> {
  /** Readers may send it as well as senders. */
  readonly fromReaders?: true
  readonly schema: z.ZodType<Item>
  readonly write: (items: readonly Item[]) => Promise<readonly object[]>
}

/** Maps a list, and lets other requests have their turn after every few. */
async function mapInTurns<Item, Made>(items: readonly Item[], make: (item: Item) => Made): Promise<Made[]> {
  const made: Made[] = []
  for (const item of items) {
    made.push(make(item))
    if (made.length % ITEMS_A_STEP === 0) await setImmediate()
  }
  return made
}

/** One record, checked. */
const check = <Item>(schema: z.ZodType<Item>, value: unknown): Checked<Item> => {
  try {
    const result = schema.safeParse(keepable(value), { reportInput: true })
    return result.success ? result : { success: false, fields: fieldErrors(result.error) }
  } catch (error) {
    if (!(error instanceof NotKeepable)) throw error
    return { success: false, fields: [{ path: '', message: error.message }] }
  }
}
type Checked<Item> =
  | { readonly success: true; readonly data: Item }
  | { readonly success: false; readonly fields: readonly FieldError[] }

const answerRefusal = (context: Context, refusal: Refusal): Response => {
  const { reason, message, retryAfterMs } = refusal
  if (retryAfterMs !== undefined)
    context.header('Retry-After', String(Math.max(1, Math.ceil(retryAfterMs / 1000))))
  if (reason === 'too-slow') context.header('Connection', 'close')
  const error = { kind: ERROR_KINDS[reason], message, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  return context.json({ error }, REFUSALS[reason].status)
}

/** `POST /api/v1/turns`, `…/events` and `…/feedback`: one record, or a list of which each is taken by itself. */
export function turnRoutes(api: TurnApi): Hono {
  const limits = api.limits ?? DEFAULT_INGEST_LIMITS
  const inFlight = api.inFlight ?? new InFlight(limits)
  const now = api.now ?? (() => microsFromMillis(Date.now()))

  const turns: Recording<z.infer<typeof turnSchema>> = {
    schema: turnSchema,
    write: async (items) => {
      const { valueSize, recordSize } = limits.otlp
      const cut = await mapInTurns(items, (turn) => cutTurn(turn, { text: valueSize, turn: recordSize }))
      const recorded = await mapInTurns(cut, ({ turn }) =>
        recordedTurnOf(turn, crypto.randomUUID().replaceAll('-', '')),
      )
      await api.sink.addTurns(recorded)
      return recorded.map(({ trace }, index) => ({
        traceId: trace.traceId,
        ...told(cut[index]?.problems ?? []),
      }))
    },
  }
  const events: Recording<z.infer<typeof eventSchema>> = {
    schema: eventSchema,
    write: async (items) => {
      const spans = parentWithin(await mapInTurns(items, (event) => spanOfEvent(event, now(), limits.otlp)))
      await api.sink.addSpans(spans)
      return spans.map(({ traceId, spanId, problems = [] }) => ({
        traceId,
        spanId,
        ...told(problems.filter((problem) => saysCut([problem]))),
      }))
    },
  }

  const feedback: Recording<GivenFeedback> = {
    fromReaders: true,
    schema: feedbackSchema,
    write: async (items) => {
      await api.sink.addFeedback(items)
      return items.map(({ id }) => ({ id }))
    },
  }

  const record = async <Item>(
    context: Context,
    { schema, write, fromReaders }: Recording<Item>,
  ): Promise<Response> => {
    const room = inFlight.open(requestSocket(context))
    try {
      refuseSender(fromReaders ? withReaders(api, context) : api, context.req.raw.headers, peerOf(context))
      const body = await readJsonBody(context.req.raw, limits, room, LISTS)
      const values: readonly unknown[] = Array.isArray(body) ? body : [body]
      const checked = await mapInTurns(values, (value) => check(schema, value))
      const good = checked.flatMap((result) => (result.success ? [result.data] : []))
      const ids = good.length === 0 ? [] : [...(await write(good).catch(rethrowAsRefusal))]
      const answers = checked.map((result) =>
        result.success ? { ...ids.shift() } : { error: itemError(result.fields) },
      )
      return Array.isArray(body) ? answerList(context, answers, good.length) : answerOne(context, answers[0])
    } catch (error) {
      const refusal = refusalOf(error)
      if (isOurFault(refusal)) api.onFailure?.(refusal.cause ?? refusal)
      return answerRefusal(context, refusal)
    } finally {
      room.release()
    }
  }

  return new Hono()
    .post('/api/v1/turns', (context) => record(context, turns))
    .post('/api/v1/events', (context) => record(context, events))
    .post('/api/v1/feedback', (context) => record(context, feedback))
}

/** The same for senders and readers: the ingest token is looked at first, which is no wrong token of a reader. */
const withReaders = (api: TurnApi, context: Context): TurnApi => ({
  ...api,
  authorize: (headers, peer) => {
    const verdict = api.authorize(headers, peer)
    if (verdict.ok || verdict.status === 429 || api.mayRead?.(context) !== true) return verdict
    return { ok: true }
  },
})

/** What was cut of a record that was taken. */
const told = (problems: readonly string[]) => (problems.length > 0 ? { problems } : {})

const rethrowAsRefusal = (error: unknown): never => {
  throw refusalOfSink(error)
}

type Answer = { readonly error: ItemError } | object

const answerOne = (context: Context, answer: Answer | undefined): Response =>
  context.json(answer ?? {}, answer !== undefined && 'error' in answer ? 400 : 200)

/** 200 when any went in, or there was none; else 400, with what is wrong in each. */
const answerList = (context: Context, items: readonly Answer[], accepted: number): Response => {
  const rejected = items.length - accepted
  const body = { accepted, rejected, items }
  if (accepted > 0 || rejected === 0) return context.json(body)
  return context.json(
    { error: { kind: 'bad-request', message: `none of ${rejected} records was taken` }, ...body },
    400,
  )
}

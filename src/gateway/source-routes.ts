import { type Context, Hono } from 'hono'
import { SourceError } from '../domain/port/source-error.ts'
import type { TraceSource } from '../domain/port/trace-source.ts'
import { EVERYTHING, FILTER_FIELDS, type FilterField } from '../domain/trace-query.ts'
import type { SpanId, TraceId } from '../domain/units.ts'
import { type AnsweringSource, deriveMissing } from '../sources/derived.ts'
import { PATHS } from '../wire/api-paths.ts'
import { MAX_BUCKETS, PARAMS } from '../wire/parameters.ts'
import { KeptSpans } from './kept-spans.ts'
import { jsonReply } from './reply.ts'
import {
  PAGE_PARAMS,
  pathId,
  readPage,
  readQuery,
  refuseParams,
  single,
  wholeNumber,
} from './request-params.ts'

const DEFAULT_BUCKETS = 90
const MAX_PREFIX_LENGTH = 200

const isField = (name: string): name is FilterField => Object.hasOwn(FILTER_FIELDS, name)

/** What one route answers, from a source that answers every question. */
type Answer = (
  source: AnsweringSource,
  context: Context,
  signal: AbortSignal,
  kept: KeptSpans,
) => Promise<unknown>

/** Every question that the read API answers about a source, by its path; the fixed paths before the ids. */
const ANSWERS: readonly (readonly [path: string, answer: Answer])[] = [
  [
    PATHS.traces,
    (source, context, signal) =>
      source.listTraces(readQuery(context, PAGE_PARAMS), readPage(context), signal),
  ],
  [
    PATHS.count,
    async (source, context, signal) => {
      return source.count(readQuery(context), signal)
    },
  ],
  [
    PATHS.histogram,
    async (source, context, signal) => {
      const buckets = wholeNumber(context, PARAMS.buckets, DEFAULT_BUCKETS, MAX_BUCKETS)
      return source.histogram(readQuery(context, [PARAMS.buckets]), buckets, signal)
    },
  ],
  [
    PATHS.trace,
    async (source, context, signal) => {
      refuseParams(context)
      return source.getTrace(pathId<TraceId>(context, 'traceId', 'traceId'), signal)
    },
  ],
  [
    PATHS.spans,
    async (source, context, signal, kept) => {
      refuseParams(context)
      return kept.reply(source, pathId<TraceId>(context, 'traceId', 'traceId'), signal)
    },
  ],
  [
    PATHS.span,
    async (source, context, signal) => {
      refuseParams(context)
      const trace = pathId<TraceId>(context, 'traceId', 'traceId')
      return source.getSpan(trace, pathId<SpanId>(context, 'spanId', 'spanId'), signal)
    },
  ],
  [
    PATHS.logs,
    async (source, context, signal) => {
      refuseParams(context)
      return source.getLogs(pathId<TraceId>(context, 'traceId', 'traceId'), signal)
    },
  ],
  [
    PATHS.sessions,
    async (source, context, signal) => {
      return source.listSessions(readQuery(context, PAGE_PARAMS), readPage(context), signal)
    },
  ],
  [
    PATHS.session,
    async (source, context, signal) => {
      refuseParams(context)
      const id = pathId<string>(context, 'sessionId', 'sessionId')
      const query = {
        ...EVERYTHING,
        conditions: [{ field: 'session', operator: 'is', values: [id] }],
      } as const
      const { items } = await source.listSessions(query, { limit: 1 }, signal)
      const session = items.find((one) => one.id === id)
      if (!session) throw new SourceError('not-found', `there is no session ${JSON.stringify(id)}`)
      return session
    },
  ],
  [
    PATHS.chatbots,
    async (source, context, signal) => {
      return { items: await source.listChatbots(readQuery(context), signal) }
    },
  ],
  [
    PATHS.suggest,
    async (source, context, signal) => {
      const field = context.req.param('field') ?? ''
      if (!isField(field)) throw new SourceError('bad-request', `${field}: unknown field`)
      const prefix = single(context, PARAMS.prefix) ?? ''
      if (prefix.length > MAX_PREFIX_LENGTH) {
        throw new SourceError('bad-request', `prefix: longer than ${MAX_PREFIX_LENGTH} characters`)
      }
      return source.suggest(field, prefix, readQuery(context, [PARAMS.prefix]), signal)
    },
  ],
]

/** Finds a source by the id in the path. */
export type FindSource = (id: string) => Promise<TraceSource | undefined>

export async function sourceOf(find: FindSource, context: Context): Promise<TraceSource> {
  const id = pathId<string>(context, 'source', 'source')
  const source = await find(id)
  if (!source) throw new SourceError('not-found', `there is no source ${JSON.stringify(id)}`)
  return source
}

/** The read API below `/api/v1/sources/:source`. A reader that goes away stops what was asked for it. */
export function sourceRoutes(find: FindSource): Hono {
  const answering = new WeakMap<TraceSource, AnsweringSource>()
  const complete = (source: TraceSource): AnsweringSource => {
    const known = answering.get(source) ?? deriveMissing(source)
    answering.set(source, known)
    return known
  }
  const kept = new KeptSpans()
  const app = new Hono()
  for (const [path, answer] of ANSWERS) {
    app.get(path, async (context) => {
      const { signal } = context.req.raw
      const source = complete(await sourceOf(find, context))
      return jsonReply(context, await answer(source, context, signal, kept))
    })
  }
  return app
}

import { type Context, Hono } from 'hono'
import { AGGREGATE_PARAMS } from '../../domain/aggregate/aggregate-params.ts'
import type { SpanId, TraceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import { EVERYTHING, FILTER_FIELDS, type FilterField } from '../../domain/query/trace-query.ts'
import type { AnsweringSource } from '../../sources/derived.ts'
import { boundsHeaders, flatAnswer } from '../../wire/answers.ts'
import { PATHS } from '../../wire/api-paths.ts'
import { MAX_BUCKETS, PARAMS } from '../../wire/parameters.ts'
import { KeptSpans } from './kept-spans.ts'
import { jsonReply } from './reply.ts'
import {
  PAGE_PARAMS,
  pathId,
  readAggregate,
  readPage,
  readQuery,
  readSpanIds,
  refuseParams,
  single,
  wholeNumber,
} from './request-params.ts'

const DEFAULT_BUCKETS = 90
const MAX_PREFIX_LENGTH = 200

const isField = (name: string): name is FilterField => Object.hasOwn(FILTER_FIELDS, name)

/** A body that is a list alone: what belongs beside it stands in headers. */
class BareList {
  readonly items: readonly unknown[]
  readonly headers: Readonly<Record<string, string>>

  constructor(items: readonly unknown[], headers: Readonly<Record<string, string>>) {
    this.items = items
    this.headers = headers
  }
}

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
      return flatAnswer(await source.count(readQuery(context), signal))
    },
  ],
  [
    PATHS.histogram,
    async (source, context, signal) => {
      const buckets = wholeNumber(context, PARAMS.buckets, DEFAULT_BUCKETS, MAX_BUCKETS)
      return flatAnswer(await source.histogram(readQuery(context, [PARAMS.buckets]), buckets, signal))
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
      refuseParams(context, [PARAMS.ids])
      const trace = pathId<TraceId>(context, 'traceId', 'traceId')
      const ids = readSpanIds(context)
      if (ids === undefined) return kept.reply(source, trace, signal)
      return { items: await source.getSpanDetails(trace, ids, signal) }
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
      return source.listChatbots(readQuery(context), signal)
    },
  ],
  [
    PATHS.aggregate,
    async (source, context, signal) => {
      const request = readAggregate(context)
      return flatAnswer(await source.aggregate(readQuery(context, AGGREGATE_PARAMS), request, signal))
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
      const { items, ...bounds } = await source.suggest(
        field,
        prefix,
        readQuery(context, [PARAMS.prefix]),
        signal,
      )
      return new BareList(items, boundsHeaders(bounds))
    },
  ],
]

/** Finds a source by the id in the path. */
export type FindSource = (id: string) => Promise<AnsweringSource | undefined>

export async function sourceOf(find: FindSource, context: Context): Promise<AnsweringSource> {
  const id = pathId<string>(context, 'source', 'source')
  const source = await find(id)
  if (!source) throw new SourceError('not-found', `there is no source ${JSON.stringify(id)}`)
  return source
}

/** The read API below `/api/v1/sources/:source`. A reader that goes away stops what was asked for it. */
export function sourceRoutes(find: FindSource): Hono {
  const kept = new KeptSpans()
  const app = new Hono()
  for (const [path, answer] of ANSWERS) {
    app.get(path, async (context) => {
      const { signal } = context.req.raw
      const source = await sourceOf(find, context)
      const found = await answer(source, context, signal, kept)
      if (found instanceof BareList) return jsonReply(context, found.items, 200, found.headers)
      return jsonReply(context, found)
    })
  }
  return app
}

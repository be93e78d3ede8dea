import type * as z from 'zod/mini'
import { SourceError } from '../../domain/port/source-error.ts'
import type { PageRequest, SourceInfo, SpanList, TraceSource } from '../../domain/port/trace-source.ts'
import { formatQuery } from '../../domain/query-params.ts'
import { PATHS, pathTo, withParams } from '../../wire/api-paths.ts'
import { PARAMS } from '../../wire/parameters.ts'
import {
  chatbotsSchema,
  countSchema,
  histogramSchema,
  logsSchema,
  sessionPageSchema,
  sourcesSchema,
  spanDetailSchema,
  suggestionsSchema,
  tracePageSchema,
  traceSchema,
} from '../../wire/reply-schemas.ts'
import { decodeSpanColumns, spanColumnsSchema } from '../../wire/span-columns.ts'
import { askGateway, type Gateway } from './ask-gateway.ts'

const pageParams = (page: PageRequest) => ({ [PARAMS.limit]: page.limit, [PARAMS.cursor]: page.cursor })

function spansOf(columns: Parameters<typeof decodeSpanColumns>[0]): SpanList {
  try {
    return decodeSpanColumns(columns)
  } catch (cause) {
    throw new SourceError('bad-reply', `the gateway's reply is not as agreed: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** The sources that the gateway has now, in its order. */
export const listSources = (gateway: Gateway, signal: AbortSignal): Promise<readonly SourceInfo[]> =>
  askGateway(gateway, PATHS.sources, sourcesSchema, signal)

/** A source of the gateway's, over HTTP. The gateway derives what the backend cannot do, so nothing is absent. */
export function remoteSource(
  info: SourceInfo,
  gateway: Gateway,
): Required<Omit<TraceSource, 'streamTraces' | 'streamSpans' | 'spansVersion'>> {
  const source = info.id
  const ask = <Output>(path: string, schema: z.ZodMiniType<Output>, signal: AbortSignal): Promise<Output> =>
    askGateway(gateway, path, schema, signal)
  return {
    info,
    listTraces: (query, page, signal) =>
      ask(
        withParams(pathTo(PATHS.traces, { source }), formatQuery(query), pageParams(page)),
        tracePageSchema,
        signal,
      ),
    getTrace: (id, signal) => ask(pathTo(PATHS.trace, { source, traceId: id }), traceSchema, signal),
    getSpans: async (id, signal) =>
      spansOf(await ask(pathTo(PATHS.spans, { source, traceId: id }), spanColumnsSchema, signal)),
    getSpan: (id, span, signal) =>
      ask(pathTo(PATHS.span, { source, traceId: id, spanId: span }), spanDetailSchema, signal),
    getLogs: (id, signal) => ask(pathTo(PATHS.logs, { source, traceId: id }), logsSchema, signal),
    count: (query, signal) =>
      ask(withParams(pathTo(PATHS.count, { source }), formatQuery(query)), countSchema, signal),
    histogram: (query, buckets, signal) =>
      ask(
        withParams(pathTo(PATHS.histogram, { source }), formatQuery(query), { [PARAMS.buckets]: buckets }),
        histogramSchema,
        signal,
      ),
    suggest: (field, prefix, query, signal) =>
      ask(
        withParams(pathTo(PATHS.suggest, { source, field }), formatQuery(query), { [PARAMS.prefix]: prefix }),
        suggestionsSchema,
        signal,
      ),
    listSessions: (query, page, signal) =>
      ask(
        withParams(pathTo(PATHS.sessions, { source }), formatQuery(query), pageParams(page)),
        sessionPageSchema,
        signal,
      ),
    listChatbots: async (query, signal) =>
      (await ask(withParams(pathTo(PATHS.chatbots, { source }), formatQuery(query)), chatbotsSchema, signal))
        .items,
  }
}

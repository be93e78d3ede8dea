import { formatQuery } from '../../domain/query-params.ts'
import type { TraceQuery } from '../../domain/trace-query.ts'
import { SourceError } from '../source-error.ts'
import type { PageRequest, SourceInfo, SpanList, TraceSource } from '../trace-source.ts'
import { askGateway, type Gateway } from './ask-gateway.ts'
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
} from './reply-schemas.ts'
import { decodeSpanColumns, spanColumnsSchema } from './span-columns.ts'

const encode = encodeURIComponent

/** Path of a source's part of the API, its id percent-encoded. */
const sourcePath = (source: string): string => `/api/v1/sources/${encode(source)}`

/** Address of the CSV export of what a query finds. */
export const csvAddress = (baseUrl: string, source: string, query: TraceQuery): string =>
  `${baseUrl}${sourcePath(source)}/traces.csv${searchOf(query)}`

function searchOf(
  query: TraceQuery,
  more: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const params = formatQuery(query)
  for (const [name, value] of Object.entries(more)) {
    if (value !== undefined) params.append(name, String(value))
  }
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}

const pageParams = (page: PageRequest) => ({ limit: page.limit, cursor: page.cursor })

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
  askGateway(gateway, '/api/v1/sources', sourcesSchema, signal)

/** A source of the gateway's, over HTTP. The gateway derives what the backend cannot do, so nothing is absent. */
export function remoteSource(
  info: SourceInfo,
  gateway: Gateway,
): Required<Omit<TraceSource, 'streamTraces' | 'streamSpans' | 'spansVersion'>> {
  const base = sourcePath(info.id)
  const ask: <Output>(
    path: string,
    schema: Parameters<typeof askGateway<Output>>[2],
    signal: AbortSignal,
  ) => Promise<Output> = (path, schema, signal) => askGateway(gateway, `${base}${path}`, schema, signal)
  return {
    info,
    listTraces: (query, page, signal) =>
      ask(`/traces${searchOf(query, pageParams(page))}`, tracePageSchema, signal),
    getTrace: (id, signal) => ask(`/traces/${encode(id)}`, traceSchema, signal),
    getSpans: async (id, signal) =>
      spansOf(await ask(`/traces/${encode(id)}/spans`, spanColumnsSchema, signal)),
    getSpan: (id, span, signal) =>
      ask(`/traces/${encode(id)}/spans/${encode(span)}`, spanDetailSchema, signal),
    getLogs: (id, signal) => ask(`/traces/${encode(id)}/logs`, logsSchema, signal),
    count: (query, signal) => ask(`/traces/count${searchOf(query)}`, countSchema, signal),
    histogram: (query, buckets, signal) =>
      ask(`/traces/histogram${searchOf(query, { buckets })}`, histogramSchema, signal),
    suggest: (field, prefix, query, signal) =>
      ask(`/suggest/${encode(field)}${searchOf(query, { prefix })}`, suggestionsSchema, signal),
    listSessions: (query, page, signal) =>
      ask(`/sessions${searchOf(query, pageParams(page))}`, sessionPageSchema, signal),
    listChatbots: async (query, signal) =>
      (await ask(`/chatbots${searchOf(query)}`, chatbotsSchema, signal)).items,
  }
}

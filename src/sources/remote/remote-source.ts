import type * as z from 'zod/mini'
import { formatAggregate } from '../../domain/aggregate/aggregate-params.ts'
import type { AggregateReply } from '../../domain/aggregate/aggregate-request.ts'
import type { SpanDetail } from '../../domain/model/span.ts'
import type { SpanId, TraceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { SourceInfo } from '../../domain/port/source-info.ts'
import type {
  CountReply,
  HistogramReply,
  PageRequest,
  SpanList,
  TraceSource,
} from '../../domain/port/trace-source.ts'
import { formatQuery } from '../../domain/query/query-params.ts'
import { answerOf, readBounds } from '../../wire/answers.ts'
import { PATHS, pathTo, withParams } from '../../wire/api-paths.ts'
import { MAX_SPAN_IDS, PARAMS, writeIds } from '../../wire/parameters.ts'
import {
  aggregateSchema,
  chatbotsSchema,
  countSchema,
  histogramSchema,
  logsSchema,
  sessionPageSchema,
  spanDetailSchema,
  spanDetailsSchema,
  suggestionsSchema,
  tracePageSchema,
  traceSchema,
} from '../../wire/reply-schemas.ts'
import { sourcesSchema } from '../../wire/source-schemas.ts'
import { decodeSpanColumns, spanColumnsSchema } from '../../wire/span-columns.ts'
import { askGateway, askGatewayWhole, type Gateway } from './ask-gateway.ts'

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

/** So long may the ids be that one address asks for: servers refuse what is far longer. */
const LONGEST_IDS = 6_000

/** The ids in portions that fit one call each. */
function portionsOf(ids: readonly SpanId[]): SpanId[][] {
  const portions: SpanId[][] = []
  let length = 0
  for (const id of ids) {
    // Written in `ids`, then encoded once more as a parameter.
    const more = encodeURIComponent(writeIds([id])).length + 3
    const open = portions.at(-1)
    if (open && open.length < MAX_SPAN_IDS && length + more <= LONGEST_IDS) {
      open.push(id)
      length += more
    } else {
      portions.push([id])
      length = more
    }
  }
  return portions
}

type Ask = <Output>(path: string, schema: z.ZodMiniType<Output>, signal: AbortSignal) => Promise<Output>

async function spanDetails(
  ask: Ask,
  source: string,
  traceId: TraceId,
  spans: readonly SpanId[],
  signal: AbortSignal,
): Promise<readonly SpanDetail[]> {
  const path = pathTo(PATHS.spans, { source, traceId })
  const pages = await Promise.all(
    portionsOf(spans).map((ids) =>
      ask(withParams(path, [], { [PARAMS.ids]: writeIds(ids) }), spanDetailsSchema, signal),
    ),
  )
  return pages.flatMap(({ items }) => items)
}

/** The sources that the gateway has now, in its order. */
export const listSources = (gateway: Gateway, signal: AbortSignal): Promise<readonly SourceInfo[]> =>
  askGateway(gateway, PATHS.sources, sourcesSchema, signal)

/** A source of the gateway's, over HTTP. The gateway derives what the backend cannot do, so nothing is absent. */
export function remoteSource(
  info: SourceInfo,
  gateway: Gateway,
): Required<Omit<TraceSource, 'streamTraces' | 'streamSpans' | 'spansVersion' | 'state'>> {
  const source = info.id
  const ask: Ask = (path, schema, signal) => askGateway(gateway, path, schema, signal)
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
    getSpanDetails: (id, spans, signal) => spanDetails(ask, source, id, spans, signal),
    getLogs: (id, signal) => ask(pathTo(PATHS.logs, { source, traceId: id }), logsSchema, signal),
    count: async (query, signal) => {
      const address = withParams(pathTo(PATHS.count, { source }), formatQuery(query))
      return answerOf<CountReply>(await ask(address, countSchema, signal))
    },
    histogram: async (query, buckets, signal) => {
      const path = pathTo(PATHS.histogram, { source })
      const address = withParams(path, formatQuery(query), { [PARAMS.buckets]: buckets })
      return answerOf<HistogramReply>(await ask(address, histogramSchema, signal))
    },
    suggest: async (field, prefix, query, signal) => {
      const path = pathTo(PATHS.suggest, { source, field })
      const address = withParams(path, formatQuery(query), { [PARAMS.prefix]: prefix })
      const { body, headers } = await askGatewayWhole(gateway, address, suggestionsSchema, signal)
      return { items: body, ...readBounds((name) => headers.get(name)) }
    },
    listSessions: (query, page, signal) =>
      ask(
        withParams(pathTo(PATHS.sessions, { source }), formatQuery(query), pageParams(page)),
        sessionPageSchema,
        signal,
      ),
    aggregate: async (query, request, signal) => {
      const path = pathTo(PATHS.aggregate, { source })
      const address = withParams(path, formatQuery(query), formatAggregate(request))
      return answerOf<AggregateReply>(await ask(address, aggregateSchema, signal))
    },
    listChatbots: (query, signal) =>
      ask(withParams(pathTo(PATHS.chatbots, { source }), formatQuery(query)), chatbotsSchema, signal),
  }
}

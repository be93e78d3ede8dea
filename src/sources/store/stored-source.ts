import type { Micros, TraceId } from '../../domain/model/units.ts'
import type { SourceInfo } from '../../domain/port/source-info.ts'
import type { TraceSource } from '../../domain/port/trace-source.ts'
import { freeze } from '../../domain/query/match.ts'
import { SORT_FIELDS } from '../../domain/query/trace-query.ts'
import { deriveMissing } from '../derived.ts'
import { everyTrace } from '../every-trace.ts'
import type { Reader } from './columns/reader.ts'
import type { Connections } from './engine/connections.ts'
import { aggregateTraces } from './read/aggregate.ts'
import { chatbotsOfTraces, countTraces, histogramOfTraces } from './read/aggregates.ts'
import { asksAttributes, listByAttributes } from './read/attribute-walk.ts'
import { PageCache } from './read/page-cache.ts'
import { listSessions } from './read/session-list.ts'
import { StreamShare } from './read/stream-share.ts'
import { suggestValues } from './read/suggestions.ts'
import { listTraces } from './read/trace-list.ts'
import {
  readLogs,
  readSpanDetail,
  readSpanDetails,
  readSpans,
  readSpansVersion,
  readTrace,
  streamSpans,
} from './read/trace-page.ts'
import { streamTraces } from './read/trace-stream.ts'
import { hasColumns } from './sql/aggregate-sql.ts'

const INFO: SourceInfo = {
  id: 'local',
  label: 'Local store',
  kind: 'store',
  about: 'embedded store',
  capabilities: {
    sorts: SORT_FIELDS,
    ascending: true,
    filters: 'all',
    text: true,
    costs: {
      count: 'exact',
      histogram: 'exact',
      suggest: 'exact',
      sessions: 'exact',
      chatbots: 'exact',
      aggregate: 'exact',
    },
    payloads: 'batch',
    pollMs: 1_000,
  },
}

export interface StoredSourceOptions {
  readonly connections: Connections
  readonly reader: Reader
  readonly now: () => Micros
  /** Resolves when the trace's row covers all its spans. */
  readonly settled: (id: TraceId) => Promise<void>
}

/** The store as a source: every question is answered by the engine itself. */
export function storedSource({ connections, reader, now, settled }: StoredSourceOptions): TraceSource {
  const cache = new PageCache(connections)
  const share = new StreamShare()
  const four: Pick<TraceSource, 'info' | 'listTraces' | 'getTrace' | 'getSpans' | 'getSpan'> = {
    info: INFO,
    listTraces: (query, page, signal) =>
      asksAttributes(query)
        ? listByAttributes((work) => connections.read(signal, work), query, page, now())
        : connections.read(signal, (run) => listTraces(run, query, page, now())),
    getTrace: async (id, signal) => {
      await settled(id)
      return connections.read(signal, (run) => readTrace(run, id, INFO.id, now()))
    },
    getSpans: async (id, signal) => {
      await settled(id)
      return connections.read(signal, (run) => readSpans(run, id, now()))
    },
    getSpan: async (id, span, signal) => {
      await settled(id)
      return connections.read(signal, (run) => readSpanDetail(run, id, span, reader))
    },
  }
  const whole: Pick<TraceSource, 'getLogs' | 'streamSpans'> = {
    getLogs: (id, signal) => connections.read(signal, (run) => readLogs(run, id)),
    streamSpans: (id, signal) =>
      streamSpans(async (statement) => {
        await settled(id)
        return connections.read(signal, (run) => run(statement))
      }, id),
  }
  // Attributes have no columns: whatever asks for them is answered by walking.
  const walked = deriveMissing({ ...four, ...whole })
  return {
    ...four,
    ...whole,
    spansVersion: async (id, signal) => {
      await settled(id)
      return connections.read(signal, (run) => readSpansVersion(run, id))
    },
    getSpanDetails: async (id, spans, signal) => {
      await settled(id)
      return connections.read(signal, (run) => readSpanDetails(run, id, spans, reader))
    },
    count: async (query, signal) => {
      if (asksAttributes(query)) return walked.count(query, signal)
      const frozen = freeze(query, now())
      return { value: await connections.read(signal, (run) => countTraces(run, frozen, now())) }
    },
    histogram: async (query, buckets, signal) => {
      if (asksAttributes(query)) return walked.histogram(query, buckets, signal)
      const frozen = freeze(query, now())
      return {
        value: await connections.read(signal, (run) => histogramOfTraces(run, frozen, buckets, now())),
      }
    },
    suggest: async (field, prefix, query, signal) => {
      if (asksAttributes(query)) return walked.suggest(field, prefix, query, signal)
      const frozen = freeze(query, now())
      return {
        items: await connections.read(signal, (run) => suggestValues(run, field, prefix, frozen, now())),
      }
    },
    listSessions: (query, page, signal) =>
      asksAttributes(query)
        ? walked.listSessions(query, page, signal)
        : connections.read(signal, (run) => listSessions(run, query, page, now())),
    listChatbots: async (query, signal) => {
      if (asksAttributes(query)) return walked.listChatbots(query, signal)
      const frozen = freeze(query, now())
      return { items: await connections.read(signal, (run) => chatbotsOfTraces(run, frozen, now())) }
    },
    aggregate: async (query, request, signal) => {
      if (asksAttributes(query) || !hasColumns(request)) return walked.aggregate(query, request, signal)
      const frozen = freeze(query, now())
      return connections.read(signal, (run) => aggregateTraces(run, frozen, request, now()))
    },
    streamTraces: (query, signal) => {
      if (asksAttributes(query)) return everyTrace(four, query, signal)
      return streamTraces(
        {
          ask: (statement) => connections.read(signal, (run) => run(statement)),
          texts: (statement) => connections.texts(signal, statement),
          cache,
          share,
        },
        query,
        INFO.id,
        now(),
        signal,
      )
    },
  }
}

import type { SpanDetail, SpanOutline } from '../../domain/model/span.ts'
import type { Trace, TraceSummary } from '../../domain/model/trace.ts'
import { durationMicros, micros, spanId, traceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { TraceSource } from '../../domain/port/trace-source.ts'
import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { deriveMissing } from '../../sources/derived.ts'

export const SUMMARY: TraceSummary = {
  traceId: traceId('0af7651916cd43dd8448eb211c80319c'),
  startTime: micros(1_700_000_000_000_000),
  duration: durationMicros(1_500_000),
  status: 'ok',
  kind: 'turn',
  chatbot: { id: 'transfers', name: 'Transfers', version: '12' },
  session: { id: 's-1' },
  input: 'hello',
  metrics: { llmTurns: 1, totalTokens: null },
  tags: [],
  feedback: [],
  services: ['rasa'],
}

export const OUTLINE: SpanOutline = {
  spanId: spanId('b7ad6b7169203331'),
  parentId: null,
  name: 'turn',
  kind: 'message',
  startTime: SUMMARY.startTime,
  duration: SUMMARY.duration,
  service: 'rasa',
  state: 'ok',
}

const DETAIL: SpanDetail = {
  outline: OUTLINE,
  span: {
    traceId: SUMMARY.traceId,
    spanId: OUTLINE.spanId,
    parentId: null,
    name: 'turn',
    otelKind: 'server',
    startTime: SUMMARY.startTime,
    duration: SUMMARY.duration,
    status: { code: 'unset' },
    attributes: { deep: [{ of: null }] },
    events: [],
    links: [],
    resource: {},
    scope: { name: 'x' },
  },
  meaning: { input: 'hello' },
}

/** What a test's source was asked, newest last. */
export interface Asked {
  readonly what: string
  readonly query?: TraceQuery
  readonly args: readonly unknown[]
  readonly signal: AbortSignal
}

/** A source with one trace that notes what it is asked; a test overrides what it wants to see. */
export function oneTraceSource(id = 'local', override: Partial<TraceSource> = {}) {
  const asked: Asked[] = []
  const known = (trace: string): void => {
    if (trace !== SUMMARY.traceId) throw new SourceError('not-found', `there is no trace ${trace}`)
  }
  const trace: Trace = { ...SUMMARY, spans: { source: id, traceId: SUMMARY.traceId } }
  const source = deriveMissing({
    info: {
      id,
      label: 'Local',
      kind: 'store',
      about: 'embedded store',
      capabilities: {
        sorts: ['startTime'],
        ascending: false,
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
    },
    async listTraces(query, page, signal) {
      asked.push({ what: 'list', query, args: [page], signal })
      return { items: [SUMMARY], nextCursor: 'next' }
    },
    async getTrace(id, signal) {
      asked.push({ what: 'trace', args: [id], signal })
      known(id)
      return trace
    },
    async getSpans(id, signal) {
      asked.push({ what: 'spans', args: [id], signal })
      known(id)
      return { spans: [OUTLINE], complete: true }
    },
    async getSpan(id, span, signal) {
      asked.push({ what: 'span', args: [id, span], signal })
      known(id)
      return DETAIL
    },
    async count(query, signal) {
      asked.push({ what: 'count', query, args: [], signal })
      return { value: { count: 1, complete: true } }
    },
    async histogram(query, buckets, signal) {
      asked.push({ what: 'histogram', query, args: [buckets], signal })
      const [from, to] = [SUMMARY.startTime, micros(SUMMARY.startTime + 10)]
      return { value: { from, to, bucket: durationMicros(10), ok: [1], error: [0], complete: true } }
    },
    async suggest(field, prefix, query, signal) {
      asked.push({ what: 'suggest', query, args: [field, prefix], signal })
      return { items: [{ value: 'transfers', count: 1 }] }
    },
    async listSessions(query, page, signal) {
      asked.push({ what: 'sessions', query, args: [page], signal })
      const session = {
        id: 's-1',
        chatbots: [{ id: 'transfers', name: 'Transfers' }],
        participants: [],
        turns: 1,
        errors: 0,
        start: SUMMARY.startTime,
        end: SUMMARY.startTime,
        totalTokens: null,
        cost: 0.25,
        feedback: [],
      }
      return { items: [session] }
    },
    async listChatbots(query, signal) {
      asked.push({ what: 'chatbots', query, args: [], signal })
      return { items: [] }
    },
    ...override,
  })
  return { source, asked, trace }
}

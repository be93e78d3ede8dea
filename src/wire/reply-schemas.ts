import * as z from 'zod/mini'
import type { AggregateReply, AggregateRow } from '../domain/aggregate/aggregate-request.ts'
import {
  type AttributeValue,
  type LogRecord,
  type RetrievedDocument,
  type Scope,
  SPAN_KINDS,
  type Span,
  type SpanDetail,
  type SpanMeaning,
  type SpanOutline,
  type Usage,
} from '../domain/model/span.ts'
import {
  type CallTurn,
  type ChatbotSummary,
  type Counted,
  type CountedSpans,
  METRIC_NAMES,
  type Metrics,
  type ModelUsage,
  type ParticipantData,
  type SessionSummary,
  TRACE_KINDS,
  TRACE_STATUSES,
  type Trace,
  type TraceSummary,
} from '../domain/model/trace.ts'
import type { DurationMicros, SpanId, TraceId } from '../domain/model/units.ts'
import type {
  Bounds,
  CountReply,
  Gap,
  HistogramReply,
  LogList,
  Page,
  Scanned,
  Suggestion,
} from '../domain/port/trace-source.ts'
import { branded, names, optional, type Reads, time, whole } from './schema-parts.ts'

const duration = branded<DurationMicros>(z.number())
const traceId = branded<TraceId>(z.string())
const spanId = branded<SpanId>(z.string())
/** What JSON.parse gives is an attribute value already. */
const anyValue = z.custom<AttributeValue>((value) => value !== undefined)
const attributes = z.record(z.string(), anyValue)
const measured = optional(z.nullable(z.number()))
const status = z.enum(TRACE_STATUSES)
const feedback = z.array(
  z.object({
    name: z.string(),
    value: optional(z.union([z.string(), z.number(), z.boolean()])),
    comment: optional(z.string()),
    author: optional(z.string()),
    time: optional(time),
    spanId: optional(spanId),
  }),
)

const metrics = whole<Metrics>()({
  llmTurns: measured,
  toolCalls: measured,
  inputTokens: measured,
  cachedTokens: measured,
  outputTokens: measured,
  reasoningTokens: measured,
  totalTokens: measured,
  cost: measured,
  timeToFirstToken: measured,
  partial: optional(z.array(z.enum(METRIC_NAMES))),
  estimated: optional(z.array(z.enum(METRIC_NAMES))),
})

const summaryShape = {
  traceId,
  startTime: time,
  duration,
  status,
  kind: z.enum(TRACE_KINDS),
  chatbot: z.object({ id: z.string(), name: z.string(), version: optional(z.string()) }),
  session: optional(z.object({ id: z.string() })),
  participant: optional(z.object({ id: z.string(), name: optional(z.string()) })),
  input: optional(z.string()),
  output: optional(z.string()),
  error: optional(z.string()),
  metrics,
  tags: names,
  environment: optional(z.string()),
  feedback,
  services: names,
  channel: optional(z.string()),
  spanCount: optional(z.number()),
  errorCount: optional(z.number()),
  recovered: optional(z.number()),
  turns: optional(z.number()),
  responses: optional(names),
  note: optional(z.enum(['text-not-recorded', 'spoken-not-recorded'])),
}
const summary: Reads<TraceSummary> = whole<TraceSummary>()(summaryShape)

const recordedChange = z.tuple([
  z.enum(['add', 'remove', 'change']),
  z.union([z.string(), z.array(z.union([z.string(), z.number()]))]),
  anyValue,
])

const countedSpans = optional(whole<CountedSpans>()({ spanIds: z.array(spanId), more: optional(z.number()) }))

export const traceSchema: Reads<Trace> = whole<Trace>()({
  ...summaryShape,
  participantData: optional(
    whole<ParticipantData>()({
      before: anyValue,
      after: optional(anyValue),
      changes: optional(z.array(recordedChange)),
      problems: optional(names),
    }),
  ),
  sessionData: optional(anyValue),
  externalUrl: optional(z.string()),
  spans: z.nullable(z.object({ source: z.string(), traceId })),
  rootCause: optional(
    z.object({ spanId, name: z.string(), message: z.string(), type: optional(z.string()) }),
  ),
  callTurns: optional(
    z.array(
      whole<CallTurn>()({
        spanId,
        index: z.number(),
        startTime: time,
        duration,
        input: optional(z.string()),
        output: optional(z.string()),
        responses: optional(names),
        status,
        error: optional(z.string()),
        perceivedLatency: optional(duration),
        interrupted: optional(z.literal(true)),
        trigger: optional(z.string()),
      }),
    ),
  ),
  models: optional(
    z.array(
      whole<ModelUsage>()({
        model: z.string(),
        calls: z.number(),
        inputTokens: z.nullable(z.number()),
        outputTokens: z.nullable(z.number()),
        totalTokens: z.nullable(z.number()),
        cost: z.nullable(z.number()),
      }),
    ),
  ),
  counted: optional(
    whole<Counted>()({
      llmTurns: countedSpans,
      toolCalls: countedSpans,
      tokens: countedSpans,
      cost: countedSpans,
    }),
  ),
})

const outline: Reads<SpanOutline> = whole<SpanOutline>()({
  spanId,
  parentId: z.nullable(spanId),
  name: z.string(),
  kind: z.enum(SPAN_KINDS),
  startTime: time,
  duration: z.nullable(duration),
  service: z.string(),
  state: z.enum(['ok', 'error', 'recovered', 'contains-error', 'running']),
  label: optional(z.string()),
  tool: optional(z.string()),
  error: optional(z.string()),
  duplicate: optional(z.literal(true)),
})

const document: Reads<RetrievedDocument> = whole<RetrievedDocument>()({
  id: optional(z.string()),
  content: optional(z.string()),
  score: optional(z.number()),
  metadata: optional(anyValue),
})

const logRecord: Reads<LogRecord> = whole<LogRecord>()({
  traceId,
  spanId: z.nullable(spanId),
  time,
  severity: z.number(),
  severityText: optional(z.string()),
  eventName: optional(z.string()),
  body: anyValue,
  attributes,
})

const recordedFact = z.object({ name: z.string(), value: anyValue })
export const spanDetailSchema: Reads<SpanDetail> = whole<SpanDetail>()({
  outline,
  span: whole<Span>()({
    traceId,
    spanId,
    parentId: z.nullable(spanId),
    name: z.string(),
    otelKind: z.enum(['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']),
    startTime: time,
    duration: z.nullable(duration),
    status: z.object({ code: z.enum(['unset', 'ok', 'error']), message: optional(z.string()) }),
    attributes,
    events: z.array(z.object({ name: z.string(), time, attributes })),
    links: z.array(z.object({ traceId, spanId, attributes })),
    resource: attributes,
    scope: whole<Scope>()({
      name: z.string(),
      version: optional(z.string()),
      attributes: optional(attributes),
      schemaUrl: optional(z.string()),
    }),
    traceState: optional(z.string()),
    flags: optional(z.number()),
    problems: optional(names),
  }),
  meaning: whole<SpanMeaning>()({
    input: optional(anyValue),
    output: optional(anyValue),
    model: optional(z.string()),
    provider: optional(z.string()),
    parameters: optional(attributes),
    usage: optional(
      whole<Usage>()({
        inputTokens: optional(z.number()),
        cachedTokens: optional(z.number()),
        outputTokens: optional(z.number()),
        reasoningTokens: optional(z.number()),
        totalTokens: optional(z.number()),
      }),
    ),
    cost: optional(z.number()),
    timeToFirstToken: optional(duration),
    tool: optional(z.object({ name: z.string(), arguments: optional(anyValue), result: optional(anyValue) })),
    agent: optional(z.string()),
    query: optional(z.string()),
    documents: optional(z.array(document)),
    record: optional(z.object({ title: z.string(), facts: z.array(recordedFact) })),
    error: optional(
      z.object({ type: optional(z.string()), message: z.string(), stack: optional(z.string()) }),
    ),
  }),
  logs: optional(z.array(logRecord)),
})

export const spanDetailsSchema = z.object({ items: z.array(spanDetailSchema) })

export const logsSchema: Reads<LogList> = whole<LogList>()({
  logs: z.array(logRecord),
  complete: z.boolean(),
})

const scanned: Reads<Scanned> = whole<Scanned>()({
  traces: z.number(),
  from: z.nullable(time),
  to: z.nullable(time),
  complete: z.boolean(),
})

const boundsShape = { scanned: optional(scanned), problems: optional(names) }
/** What stands in the headers beside a reply that is a bare list. */
export const boundsSchema: Reads<Bounds> = whole<Bounds>()(boundsShape)

const gap: Reads<Gap> = whole<Gap>()({ from: time, to: time, fact: z.string() })

const pageOf = <Item>(item: Reads<Item>): Reads<Page<Item>> =>
  z.object({
    items: z.array(item),
    gaps: optional(z.array(gap)),
    stopped: optional(z.string()),
    nextCursor: optional(z.string()),
    ...boundsShape,
  })

const sessionSchema: Reads<SessionSummary> = whole<SessionSummary>()({
  id: z.string(),
  chatbots: z.array(z.object({ id: z.string(), name: z.string() })),
  participants: z.array(z.object({ id: z.string(), name: optional(z.string()) })),
  turns: z.number(),
  errors: z.number(),
  start: time,
  end: time,
  totalTokens: z.nullable(z.number()),
  cost: z.nullable(z.number()),
  feedback,
  channels: optional(names),
})

const chatbot: Reads<ChatbotSummary> = whole<ChatbotSummary>()({
  id: z.string(),
  name: z.string(),
  versions: names,
  turns: z.number(),
  errors: z.number(),
  p50: z.nullable(duration),
  p95: z.nullable(duration),
  totalTokens: z.nullable(z.number()),
  cost: z.nullable(z.number()),
  lastSeen: time,
})

export const tracePageSchema = pageOf(summary)
export const sessionPageSchema = pageOf(sessionSchema)
export const chatbotsSchema = pageOf(chatbot)
export const countSchema: Reads<CountReply & Bounds> = whole<CountReply & Bounds>()({
  count: z.number(),
  complete: z.boolean(),
  ...boundsShape,
})
export const histogramSchema: Reads<HistogramReply & Bounds> = whole<HistogramReply & Bounds>()({
  ...boundsShape,
  from: time,
  to: time,
  bucket: duration,
  ok: z.array(z.number()),
  error: z.array(z.number()),
  complete: z.boolean(),
})
const aggregateRow: Reads<AggregateRow> = whole<AggregateRow>()({
  key: z.array(z.nullable(z.string())),
  at: optional(time),
  value: z.nullable(z.number()),
  count: z.number(),
})
export const aggregateSchema: Reads<AggregateReply & Bounds> = whole<AggregateReply & Bounds>()({
  ...boundsShape,
  rows: z.array(aggregateRow),
  others: optional(z.object({ value: z.nullable(z.number()), count: z.number() })),
  complete: z.boolean(),
})
export const suggestionsSchema: Reads<readonly Suggestion[]> = z.array(
  z.object({ value: z.string(), count: optional(z.number()) }),
)

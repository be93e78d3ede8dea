import * as z from 'zod/mini'
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
import type { DurationMicros, Micros, SpanId, TraceId } from '../domain/model/units.ts'
import {
  type Capabilities,
  COSTS,
  type Costs,
  type FilterAbility,
  type RateLimit,
  type SourceInfo,
  type SourceState,
} from '../domain/port/source-info.ts'
import type {
  Bounds,
  CountReply,
  HistogramReply,
  LogList,
  Page,
  Scanned,
  Suggestion,
} from '../domain/port/trace-source.ts'
import {
  FILTER_FIELDS,
  FILTER_OPERATORS,
  type FilterField,
  SORT_FIELDS,
} from '../domain/query/trace-query.ts'

// Compiled schemas need `eval`, which the page's Content-Security-Policy forbids.
z.config({ jitless: true })

/** A schema whose output is a type of the domain. */
type Reads<Output> = z.ZodMiniType<Output>

/** An object whose every property is read: one that is new to the domain's type must be added here. */
const whole =
  <Output extends object>() =>
  <Shape extends { [Key in keyof Required<Output>]: z.ZodMiniType }>(shape: Shape) =>
    z.object(shape)

const optional = z.exactOptional
const branded = <Output extends number | string>(schema: z.ZodMiniType<number | string>) =>
  schema as unknown as Reads<Output>

const time = branded<Micros>(z.number())
const duration = branded<DurationMicros>(z.number())
const traceId = branded<TraceId>(z.string())
const spanId = branded<SpanId>(z.string())
/** What JSON.parse gives is an attribute value already. */
const anyValue = z.custom<AttributeValue>((value) => value !== undefined)
const attributes = z.record(z.string(), anyValue)
const measured = optional(z.nullable(z.number()))
const status = z.enum(TRACE_STATUSES)
const names = z.array(z.string())
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
  turns: optional(z.number()),
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
        status,
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

const pageOf = <Item>(item: Reads<Item>): Reads<Page<Item>> =>
  z.object({ items: z.array(item), nextCursor: optional(z.string()), ...boundsShape })

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
export const suggestionsSchema: Reads<readonly Suggestion[]> = z.array(
  z.object({ value: z.string(), count: optional(z.number()) }),
)

const filterField = z.enum(Object.keys(FILTER_FIELDS) as [FilterField, ...FilterField[]])

const filterOperator = z.enum(FILTER_OPERATORS)
const cost = z.enum(COSTS)

export const sourcesSchema: Reads<readonly SourceInfo[]> = z.array(
  whole<SourceInfo>()({
    id: z.string(),
    label: z.string(),
    kind: z.string(),
    about: z.string(),
    sample: optional(z.literal(true)),
    capabilities: whole<Capabilities>()({
      sorts: z.array(z.enum(SORT_FIELDS)),
      ascending: z.boolean(),
      filters: z.union([
        z.literal('all'),
        z.array(
          whole<FilterAbility>()({
            field: filterField,
            operators: z.union([z.literal('all'), z.array(filterOperator)]),
          }),
        ),
      ]),
      text: z.boolean(),
      costs: whole<Costs>()({ count: cost, histogram: cost, suggest: cost, sessions: cost, chatbots: cost }),
      payloads: z.enum(['batch', 'single']),
      pollMs: z.number(),
    }),
    state: optional(
      whole<SourceState>()({
        reachable: z.boolean(),
        version: optional(z.string()),
        dialect: optional(z.string()),
        project: optional(z.string()),
        rateLimit: optional(
          whole<RateLimit>()({
            remaining: z.number(),
            limit: optional(z.number()),
            resetAt: optional(time),
          }),
        ),
        retryAt: optional(time),
        lastError: optional(z.string()),
        checkedAt: time,
      }),
    ),
    links: optional(
      z.array(z.object({ label: z.string(), template: z.string(), on: z.enum(['trace', 'span']) })),
    ),
  }),
)

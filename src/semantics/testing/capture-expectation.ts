import type { Measured, Metrics, Trace, TraceSummary } from '../../domain/model/trace.ts'

/** What a capture states of one trace in its expected.json; null = the capture does not carry it. */
export interface Expected {
  readonly traceId: string
  readonly turn?: number
  readonly note: string
  readonly chatbot: string | null
  readonly sessionId: string | null
  readonly userId: string | null
  readonly input: string | null
  readonly output: string | null
  /** Carried by log records alone. */
  readonly inputInLogs?: string | null
  readonly outputInLogs?: string | null
  readonly llmCalls: number | null
  readonly toolCalls: number | null
  readonly inputTokens?: number | null
  readonly outputTokens?: number | null
  readonly totalTokens?: number | null
  readonly cachedTokens?: number | null
  readonly reasoningTokens?: number | null
  /** All five counts at once. */
  readonly tokens?: null
  readonly embeddingTokens?: number
  readonly status?: 'ok' | 'error' | null
  readonly rootSpanName: string | null
  readonly rootCauseSpanName: string | null
  readonly rootCauseSpanId?: string | null
  readonly rootCauseMessage: string | null
  readonly failedSpanMessage?: string
  readonly retrieval: readonly StatedDocument[] | null
  readonly spanCount: number
  readonly requests: readonly number[]
  readonly rootInRequest: number | null
  readonly incomplete?: boolean
  readonly housekeeping?: boolean
  readonly naiveSumOfAllSpans?: unknown
  readonly cachedTokensInBody?: number
}

export interface StatedDocument {
  readonly id: string | null
  readonly score?: number | null
  readonly text?: string | null
}

/** Every field that an expected.json may have: how it is judged, or why it is not. */
export const JUDGED: { readonly [Field in keyof Required<Expected>]: string } = {
  traceId: 'chooses the trace',
  turn: 'names the test',
  note: 'names the test',
  chatbot: 'exactly',
  sessionId: 'exactly',
  userId: 'exactly',
  input: 'exactly',
  output: 'exactly',
  inputInLogs: 'exactly, as the input',
  outputInLogs: 'exactly, as the output',
  llmCalls: 'exactly',
  toolCalls: 'exactly',
  inputTokens: 'exactly',
  outputTokens: 'exactly',
  totalTokens: 'exactly',
  cachedTokens: 'exactly',
  reasoningTokens: 'exactly',
  tokens: 'exactly, as all five counts',
  embeddingTokens: 'exactly, where the trace is folded; the API does not give it',
  status: 'exactly; absent where a failure has no span, which reads as no failure',
  rootSpanName: 'exactly',
  rootCauseSpanName: 'exactly',
  rootCauseSpanId: 'exactly',
  rootCauseMessage: 'contained: libraries print the class and the request around the message of the service',
  failedSpanMessage: 'contained, for the same reason',
  retrieval: 'exactly: ids, scores and texts of one span',
  spanCount: 'exactly',
  requests: 'exactly: the requests that carry spans of the trace',
  rootInRequest: 'exactly: the request that carries the root',
  incomplete: 'exactly: the root is not seen',
  housekeeping: 'exactly: no turn, so that measures do not apply',
  naiveSumOfAllSpans: 'not: what nobody may read; the counts above are the test that nobody does',
  cachedTokensInBody: 'not: stands in the text of a reply that Python printed, which is no count of a span',
}

const orNull = <Value>(value: Value | null | undefined): Value | null => value ?? null

const TOKENS = ['inputTokens', 'outputTokens', 'totalTokens', 'cachedTokens', 'reasoningTokens'] as const

const measuresOf = (metrics: Metrics): Readonly<Record<string, Measured>> => ({
  llmCalls: orNull(metrics.llmTurns),
  toolCalls: orNull(metrics.toolCalls),
  ...Object.fromEntries(TOKENS.map((name) => [name, orNull(metrics[name])])),
})

const statedMeasures = (wanted: Expected): Readonly<Record<string, Measured>> => ({
  // A trace that is no turn does not talk: its measures do not apply.
  llmCalls: wanted.housekeeping ? null : wanted.llmCalls,
  toolCalls: wanted.housekeeping ? null : wanted.toolCalls,
  ...Object.fromEntries(TOKENS.map((name) => [name, wanted.housekeeping ? null : orNull(wanted[name])])),
})

/** What a trace was read as, as far as a capture states it. */
export interface Read {
  readonly summary: Omit<TraceSummary, 'input' | 'output'>
  readonly input?: string
  readonly output?: string
  readonly rootCause?: Trace['rootCause']
  readonly rootSpanName: string | null
}

/** A reading in the words of an expectation: every field that is judged exactly. */
export const readingOf = ({ summary, input, output, rootCause, rootSpanName }: Read) => ({
  chatbot: summary.chatbot.name,
  sessionId: orNull(summary.session?.id),
  userId: orNull(summary.participant?.id),
  input: orNull(input),
  output: orNull(output),
  spanCount: summary.spanCount,
  rootSpanName,
  status: summary.status,
  isTurn: summary.kind === 'turn',
  rootCauseSpanName: orNull(rootCause?.name),
  rootCauseSpanId: orNull(rootCause?.spanId),
  ...measuresOf(summary.metrics),
})

/**
 * What a trace has to read as, field by field.
 * @param read the reading, for what the capture states nothing of
 */
export const statedReading = (wanted: Expected, read: Read) => ({
  chatbot: wanted.chatbot,
  sessionId: wanted.sessionId,
  userId: wanted.userId,
  input: wanted.inputInLogs ?? wanted.input,
  output: wanted.outputInLogs ?? wanted.output,
  spanCount: wanted.spanCount,
  rootSpanName: wanted.rootSpanName,
  status: wanted.status ?? 'ok',
  isTurn: wanted.housekeeping !== true,
  rootCauseSpanName: wanted.rootCauseSpanName,
  // Not every capture that names the span gives its id; one that failed nowhere has none.
  rootCauseSpanId:
    wanted.rootCauseSpanId ?? (wanted.rootCauseSpanName === null ? null : orNull(read.rootCause?.spanId)),
  ...statedMeasures(wanted),
})

/** The messages that the root cause has to contain. */
export const statedMessages = ({ rootCauseMessage, failedSpanMessage }: Expected): readonly string[] =>
  [rootCauseMessage, failedSpanMessage].filter((message): message is string => typeof message === 'string')

/** Documents in the words of an expectation: what it leaves open is not compared. */
export const documentsAs = (
  documents: readonly { readonly id?: string; readonly score?: number; readonly content?: string }[],
  wanted: readonly StatedDocument[],
) =>
  documents.map(({ id, score, content }, at) => ({
    id: orNull(id),
    score: orNull(score),
    ...(wanted[at]?.text != null && { text: orNull(content) }),
  }))

export const statedDocuments = (wanted: readonly StatedDocument[]) =>
  wanted.map(({ id, score, text }) => ({
    id,
    score: orNull(score),
    ...(text != null && { text }),
  }))

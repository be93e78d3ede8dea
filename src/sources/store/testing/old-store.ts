import { createHash } from 'node:crypto'
import type { GivenFeedback } from '../../../domain/model/given-feedback.ts'
import type { RecordedTurn } from '../../../domain/model/recorded-turn.ts'
import type { Span } from '../../../domain/model/span.ts'
import { NO_FACETS } from '../../../domain/model/trace.ts'
import { durationMicros, micros, spanId, traceId } from '../../../domain/model/units.ts'
import type { FilterField, TraceQuery } from '../../../domain/query/trace-query.ts'
import { fixtureTraces } from '../../../semantics/testing/fixture-traces.ts'
import type { Store } from '../store.ts'
import { span } from './spans.ts'

/** The moment at which the store of the version before was written, and is asked. */
export const OLD_NOW = micros(1_790_000_000_000_000)

const LONG = Array.from({ length: 3_000 }, (_, index) => `word ${index}`).join(' ')

const turn = (id: string, output: string): RecordedTurn => ({
  trace: {
    traceId: traceId(id),
    startTime: micros(1_760_000_100_000_000),
    duration: durationMicros(1_500_000),
    status: 'ok',
    kind: 'turn',
    chatbot: { id: 'desk', name: 'Desk', version: '7' },
    session: { id: 'recorded-session' },
    participant: { id: 'p-1', name: 'Ada' },
    input: 'What do you say?',
    output,
    metrics: { totalTokens: 77, inputTokens: 70, cachedTokens: 20, outputTokens: 7, reasoningTokens: 3 },
    tags: ['recorded'],
    feedback: [],
    services: [],
    spans: null,
  },
  facets: NO_FACETS,
})

const given = (id: string, trace: string): GivenFeedback => ({
  id,
  traceId: traceId(trace),
  name: 'helpful',
  value: 1,
  time: micros(1_760_000_200_000_000),
})

/** A trace that is folded late, one whose texts stand in pieces, one that is running, one without its root. */
const madeTraces = (): readonly (readonly Span[])[] => [
  Array.from({ length: 1_300 }, (_, index) =>
    span(`large.${index}`, { ...(index > 0 && { parent: String(index >> 1) }), start: index * 10 }),
  ),
  [
    span('long.1', { attributes: { 'input.value': LONG, 'output.value': LONG, 'session.id': 'long' } }),
    span('long.2', { parent: '1', attributes: { 'gen_ai.operation.name': 'chat', 'input.value': LONG } }),
  ],
  [span('running.1', { duration: null }), span('running.2', { parent: '1' })],
  [span('rootless.2', { parent: '1' }), span('rootless.3', { parent: '2' })],
]

/** Fills a store with all samples of exporters, and with what only a store knows. */
export async function fillOldStore(store: Store): Promise<void> {
  const seen = new Set<string>()
  for (const { spans, logs } of fixtureTraces()) {
    const [first] = spans
    if (first === undefined || seen.has(first.traceId)) continue
    seen.add(first.traceId)
    const middle = spans.length >> 1
    await store.addSpans(spans.slice(middle))
    if (logs.length > 0) await store.addLogs(logs)
    if (middle > 0) await store.addSpans(spans.slice(0, middle))
  }
  for (const spans of madeTraces()) await store.addSpans(spans)
  await store.addTurns([turn('recorded', 'This.'), turn('long', LONG)])
  await store.addFeedback([given('f1', 'recorded'), given('f2', 'long'), given('f3', [...seen][0] ?? '')])
  await store.addSpans([span('large.late', { parent: '1', start: 5 }), span('long.3', { parent: '1' })])
}

/** The engine adds up and gathers in any order. */
const inAnyOrder = (value: unknown): unknown => {
  if (typeof value === 'number') return Number(value.toPrecision(10))
  if (typeof value !== 'object' || value === null) return value
  if (!Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inAnyOrder(inner)]))
  }
  const texts = value.map((inner): string => JSON.stringify(inAnyOrder(inner)))
  return texts.sort()
}

const hashed = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(value) ?? 'undefined')
    .digest('hex')
    .slice(0, 16)

const FIELDS: readonly FilterField[] = ['chatbot', 'session', 'status', 'model', 'tool', 'flow', 'spanName']
const ANY: TraceQuery = {
  conditions: [{ field: 'kind', operator: 'is', values: ['any'] }],
  sort: { field: 'startTime', descending: true },
}
const asking = (
  field: FilterField,
  operator: 'is' | 'not' | 'contains' | 'min',
  value: string,
): TraceQuery => ({
  ...ANY,
  conditions: [...ANY.conditions, { field, operator, values: [value] }],
})
const QUERIES: readonly TraceQuery[] = [
  ANY,
  { ...ANY, conditions: [] },
  { ...ANY, sort: { field: 'tokens', descending: false } },
  { ...ANY, text: 'word 2999' },
  asking('model', 'is', 'gpt-4o-mini'),
  asking('tool', 'not', 'search'),
  asking('chatbot', 'contains', 'A'),
  asking('tokens', 'min', '10'),
]

/** What a store says to many questions, each answer as a short hash, by question. */
export async function answersOf({ source }: Store): Promise<Readonly<Record<string, string>>> {
  const signal = new AbortController().signal
  const answers: Record<string, string> = {}
  for (const [index, query] of QUERIES.entries()) {
    const { items } = await source.listTraces(query, { limit: 1_000 }, signal)
    answers[`list ${index}`] = hashed(items)
    answers[`count ${index}`] = hashed(await source.count?.(query, signal))
    answers[`histogram ${index}`] = hashed(await source.histogram?.(query, 20, signal))
    answers[`chatbots ${index}`] = hashed(inAnyOrder(await source.listChatbots?.(query, signal)))
    answers[`sessions ${index}`] = hashed(
      inAnyOrder(await source.listSessions?.(query, { limit: 1_000 }, signal)),
    )
    for (const field of FIELDS) {
      answers[`suggest ${field} ${index}`] = hashed(await source.suggest?.(field, '', query, signal))
    }
  }
  const { items } = await source.listTraces(ANY, { limit: 1_000 }, signal)
  for (const { traceId: id } of items) {
    answers[`trace ${id}`] = hashed(await source.getTrace(id, signal))
    const { spans, complete } = await source.getSpans(id, signal).catch(() => ({ spans: [], complete: true }))
    const sorted = [...spans].sort((a, b) => (a.spanId < b.spanId ? -1 : 1))
    answers[`spans ${id}`] = hashed([sorted, complete])
    const ids = sorted.slice(0, 3).map(({ spanId: one }) => spanId(one))
    const details = (await source.getSpanDetails?.(id, ids, signal)) ?? []
    // What they mean is read anew; what is stored is the recording and its logs.
    answers[`payloads ${id}`] = hashed(details.map(({ span: one, logs, outline }) => [one, logs, outline]))
  }
  return answers
}

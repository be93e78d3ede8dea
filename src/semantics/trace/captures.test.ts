import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LogRecord, Span, SpanOutline } from '../../domain/model/span.ts'
import type { Measured } from '../../domain/model/trace.ts'
import { traceId } from '../../domain/model/units.ts'
import { decodeLogsJson } from '../../formats/otlp/decode-logs.ts'
import { decodeTracesJson } from '../../formats/otlp/decode-traces.ts'
import { readMeaning } from '../span/meaning.ts'
import { readSpan } from '../span/read-span.ts'
import { summarise } from './summarise.ts'

const folder = join(import.meta.dirname, '..', '..', 'formats', 'otlp', 'fixtures', 'captures')
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

interface Expected {
  readonly traceId: string
  readonly [field: string]: unknown
}

interface Capture {
  readonly name: string
  readonly requests: readonly (readonly Span[])[]
  readonly logs: readonly LogRecord[]
  readonly expected: readonly Expected[]
}

const numbered = (path: string, prefix: string) =>
  readdirSync(path)
    .filter((file) => file.startsWith(prefix) && file.endsWith('.otlp.json'))
    .sort((a, b) => Number(/\d+/.exec(a)?.[0]) - Number(/\d+/.exec(b)?.[0]))
    .map((file) => json(join(path, file)))

const captures: readonly Capture[] = readdirSync(folder)
  .filter((name) => existsSync(join(folder, name, 'expected.json')))
  .map((name) => ({
    name,
    requests: numbered(join(folder, name), 'request-').map((body) => decodeTracesJson(body).spans),
    logs: numbered(join(folder, name), 'logs-').flatMap((body) => decodeLogsJson(body).logs),
    expected: json(join(folder, name, 'expected.json')).traces,
  }))

const read = (spans: readonly Span[], logs: readonly LogRecord[], id: string) =>
  summarise(
    spans
      .filter((span) => span.traceId === id)
      .map((span) =>
        readSpan(span, { logs: logs.filter((log) => log.traceId === id && log.spanId === span.spanId) }),
      ),
    { traceId: traceId(id) },
  )

const rootNameOf = (outlines: readonly SpanOutline[]): string | null =>
  outlines.find(({ parentId }) => parentId === null)?.name ?? null

/** null in an expectation: the capture does not carry it. */
const carried = (value: Measured | undefined): Measured => value ?? null

/** Fields that are judged one by one below, or tell about the capture and not of the reading. */
const APART: ReadonlySet<string> = new Set([
  'traceId',
  'turn',
  'note',
  'naiveSumOfAllSpans',
  'rootCauseMessage',
  'failedSpanMessage',
  'retrieval',
  'requests',
  'rootInRequest',
  'housekeeping',
  'incomplete',
  'inputInLogs',
  'outputInLogs',
  // Stands in a printed reply alone: the capture does not carry it as a number.
  'cachedTokensInBody',
  // All five counts at once.
  'tokens',
])
/** A trace that is no turn does not talk: its measures do not apply. */
const MEASURES = /Calls$|Tokens$/

const judged = (wanted: Expected) => ({
  ...Object.fromEntries(
    Object.entries(wanted).filter(
      ([field]) => !APART.has(field) && !(wanted.housekeeping && MEASURES.test(field)),
    ),
  ),
  ...(wanted.inputInLogs != null && { input: wanted.inputInLogs }),
  ...(wanted.outputInLogs != null && { output: wanted.outputInLogs }),
})

const ORDERS: readonly [string, (requests: Capture['requests']) => readonly Span[]][] = [
  ['as they came', (requests) => requests.flat()],
  ['last request first', (requests) => [...requests].reverse().flat()],
  ['every request twice', (requests) => requests.flatMap((request) => [...request, ...request])],
]

it('has captures to read', () => {
  expect(captures.length).toBeGreaterThanOrEqual(28)
})

describe.each(captures)('$name', ({ requests, logs, expected }) => {
  describe.each(ORDERS)('%s', (_order, arrange) => {
    it.each(expected.map((each) => [String(each.turn ?? each.note), each] as const))(
      'trace %s',
      (_turn, wanted) => {
        const { summary, embeddingTokens, rootCause, input, output, outlines } = read(
          arrange(requests),
          logs,
          wanted.traceId,
        )
        const { metrics } = summary
        const metric = (name: string, value: Measured | undefined) =>
          wanted.housekeeping ? {} : { [name]: carried(value) }
        expect({
          chatbot: summary.chatbot.name,
          sessionId: summary.session?.id ?? null,
          userId: summary.participant?.id ?? null,
          input: input ?? null,
          output: output ?? null,
          spanCount: summary.spanCount,
          rootSpanName: rootNameOf(outlines),
          status: wanted.status === null ? null : summary.status,
          rootCauseSpanName: rootCause?.name ?? null,
          ...metric('llmCalls', metrics.llmTurns),
          ...metric('toolCalls', metrics.toolCalls),
          ...metric('inputTokens', metrics.inputTokens),
          ...metric('outputTokens', metrics.outputTokens),
          ...metric('totalTokens', metrics.totalTokens),
          ...metric('cachedTokens', metrics.cachedTokens),
          ...metric('reasoningTokens', metrics.reasoningTokens),
          ...('embeddingTokens' in wanted && { embeddingTokens: carried(embeddingTokens) }),
          ...('rootCauseSpanId' in wanted && { rootCauseSpanId: rootCause?.spanId ?? null }),
        }).toMatchObject(judged(wanted))
        for (const message of [wanted.rootCauseMessage, wanted.failedSpanMessage])
          if (typeof message === 'string') expect(rootCause?.message).toContain(message)
        expect(summary.kind).toBe(wanted.housekeeping ? 'other' : 'turn')
      },
    )
  })
})

describe('retrieved documents', () => {
  const wanted = captures.flatMap(({ name, requests, logs, expected }) =>
    expected
      .filter(({ retrieval }) => retrieval)
      .map((each) => ({ name: `${name} ${each.turn}`, spans: requests.flat(), logs, each })),
  )
  it('are there to be read', () => {
    expect(wanted.length).toBeGreaterThan(5)
  })
  it.each(wanted)('$name', ({ spans, logs, each }) => {
    const found = spans
      .filter((span) => span.traceId === each.traceId)
      .map((span) => readMeaning(span, { logs: logs.filter((log) => log.spanId === span.spanId) }))
      .find(({ documents }) => documents !== undefined)
    const documents = each.retrieval as { id: string | null; score?: number; text?: string | null }[]
    expect(found?.documents?.map(({ id, score }) => ({ id, score }))).toEqual(
      documents.map(({ id, score }) => ({ id: id ?? undefined, score })),
    )
    for (const [at, { text }] of documents.entries())
      if (text != null) expect(found?.documents?.[at]?.content).toBe(text)
  })
})

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LogRecord, Span, SpanOutline } from '../../domain/model/span.ts'
import { traceId } from '../../domain/model/units.ts'
import { decodeLogsJson } from '../../formats/otlp/decode-logs.ts'
import { decodeTracesJson } from '../../formats/otlp/decode-traces.ts'
import { readMeaning } from '../span/meaning.ts'
import { readSpan } from '../span/read-span.ts'
import {
  documentsAs,
  type Expected,
  JUDGED,
  readingOf,
  statedDocuments,
  statedMessages,
  statedReading,
} from '../testing/capture-expectation.ts'
import { summarise } from './summarise.ts'

const folder = join(import.meta.dirname, '..', '..', 'formats', 'otlp', 'fixtures', 'captures')
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

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
        const { rootSeen, embeddingTokens, outlines, summary, ...texts } = read(
          arrange(requests),
          logs,
          wanted.traceId,
        )
        const reading = { summary, ...texts, rootSpanName: rootNameOf(outlines) }
        expect(readingOf(reading)).toEqual(statedReading(wanted, reading))
        expect(rootSeen).toBe(wanted.incomplete !== true)
        if (wanted.embeddingTokens !== undefined) expect(embeddingTokens).toBe(wanted.embeddingTokens)
        for (const message of statedMessages(wanted)) expect(texts.rootCause?.message).toContain(message)
      },
    )
  })

  it('states nothing that is not judged, and where its spans come', () => {
    for (const wanted of expected) {
      for (const field of Object.keys(wanted)) expect(JUDGED).toHaveProperty(field)
      const coming = requests.map((spans) => spans.filter(({ traceId: id }) => id === wanted.traceId))
      const numbers = (holds: (spans: readonly Span[]) => boolean) =>
        coming.flatMap((spans, at) => (holds(spans) ? [at + 1] : []))
      expect(numbers((spans) => spans.length > 0)).toEqual(wanted.requests)
      expect(numbers((spans) => spans.some(({ parentId }) => parentId === null))).toEqual(
        wanted.rootInRequest === null ? [] : [wanted.rootInRequest],
      )
    }
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
    const stated = each.retrieval ?? []
    expect(documentsAs(found?.documents ?? [], stated)).toEqual(statedDocuments(stated))
  })
})

import { describe, expect, it } from 'vitest'
import { NO_FACETS, type Trace } from '../../domain/model/trace.ts'
import { durationMicros, micros, spanId, traceId } from '../../domain/model/units.ts'
import type { TraceReading } from '../reading.ts'
import { readRecorded } from './recorded-reading.ts'

const ID = traceId('turn-1')
const turn = (more: Partial<Trace> = {}) => ({
  facets: NO_FACETS,
  trace: {
    traceId: ID,
    startTime: micros(5_000),
    duration: durationMicros(900),
    status: 'ok',
    kind: 'turn',
    chatbot: { id: 'Fern', name: 'Fern' },
    session: { id: 's-1' },
    input: 'Hi',
    output: 'Hello',
    metrics: {},
    tags: [],
    feedback: [],
    services: [],
    spans: null,
    ...more,
  } satisfies Trace,
})

const SPANS: TraceReading = {
  summary: {
    traceId: ID,
    startTime: micros(4_000),
    duration: durationMicros(3_000),
    status: 'error',
    kind: 'other',
    chatbot: { id: 'service', name: 'service', version: '7' },
    session: { id: 'other' },
    participant: { id: 'ana' },
    input: 'read input',
    error: 'boom',
    metrics: { llmTurns: 2, totalTokens: 40, partial: ['totalTokens'], cost: null },
    tags: ['from-spans'],
    feedback: [{ name: 'thumbs', value: 'up' }],
    services: ['service'],
    environment: 'production',
    spanCount: 3,
    errorCount: 1,
  },
  facets: { ...NO_FACETS, tools: ['search'], changed: ['old'] },
  outlines: [],
  rootSeen: false,
  input: 'read input',
  rootCause: { spanId: spanId('1'), name: 'search', message: 'boom' },
}

describe('a recorded turn without spans', () => {
  it('reads as it was recorded, and has no span tree', () => {
    const { summary, spansAt, rootSeen, input } = readRecorded(turn(), null)
    const { spans: _, ...recorded } = turn().trace
    expect(summary).toEqual(recorded)
    expect({ spansAt, rootSeen, input }).toEqual({ spansAt: null, rootSeen: true, input: 'Hi' })
  })

  it('is previewed where its texts are long', () => {
    const long = 'x'.repeat(900)
    const reading = readRecorded(turn({ input: long, output: long, error: long, status: 'error' }), null)
    expect(reading.input).toBe(long)
    for (const text of [reading.summary.input, reading.summary.output, reading.summary.error]) {
      expect(text).toHaveLength(500)
    }
  })
})

describe('a recorded turn with spans', () => {
  it('stands as it was recorded, the rest added by its spans', () => {
    const { summary, facets, spansAt } = readRecorded(
      turn({ metrics: { llmTurns: 1, cost: null }, tags: ['mine'], feedback: [{ name: 'score', value: 1 }] }),
      SPANS,
    )
    expect(summary).toMatchObject({
      startTime: 5_000,
      duration: 900,
      status: 'ok',
      kind: 'turn',
      chatbot: { id: 'Fern', name: 'Fern', version: '7' },
      session: { id: 's-1' },
      participant: { id: 'ana' },
      input: 'Hi',
      environment: 'production',
      spanCount: 3,
      metrics: { llmTurns: 1, totalTokens: 40, partial: ['totalTokens'], cost: null },
      tags: ['mine', 'from-spans'],
      feedback: [
        { name: 'score', value: 1 },
        { name: 'thumbs', value: 'up' },
      ],
    })
    expect(summary.error).toBeUndefined()
    expect(facets.tools).toEqual(['search'])
    expect(spansAt).toBeUndefined()
  })

  it.each([
    ['ok', undefined, undefined],
    ['error', 'boom', 'boom'],
  ] as const)('that is %s has the error %s', (status, error, message) => {
    const reading = readRecorded(turn({ status }), SPANS)
    expect(reading.summary.error).toBe(error)
    expect(reading.rootCause?.message).toBe(message)
  })

  it('takes a length that is not known from them', () => {
    const { summary } = readRecorded(turn({ duration: durationMicros(0), status: 'pending' }), SPANS)
    expect(summary).toMatchObject({ duration: 3_000, status: 'pending' })
  })

  it('whose provider holds the spans points there', () => {
    const spans = { source: 'langfuse', traceId: traceId('abc') }
    const reading = readRecorded(turn({ spans, externalUrl: 'https://lf/abc' }), SPANS)
    expect(reading).toMatchObject({ spansAt: spans, externalUrl: 'https://lf/abc' })
  })

  it('has changed what its own data says', () => {
    const data = { participantData: { before: { a: 1 }, after: { a: 2 } } }
    const own = readRecorded({ ...turn(data), facets: { ...NO_FACETS, changed: ['a'] } }, SPANS)
    expect(own.facets.changed).toEqual(['a'])
    expect(readRecorded(turn(), SPANS).facets.changed).toEqual(['old'])
  })
})

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { traceId } from '../../domain/model/units.ts'
import { readSpan } from '../../semantics/span/read-span.ts'
import { summarise } from '../../semantics/trace/summarise.ts'
import { readImport } from '../import-formats.ts'

const read = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../fixtures/langfuse/${name}`, import.meta.url), 'utf8'))

const imported = (document: unknown) => {
  const found = readImport(document)
  if (!found) throw new Error('of no format')
  const { spans } = found.decoded
  const [first] = spans
  const readings = spans.map((span) => readSpan(span))
  const reading = summarise(readings, { traceId: traceId(first?.traceId ?? '') })
  return { id: found.format.id, ...found.decoded, reading, summary: reading.summary }
}

describe('Langfuse’s trace with its observations', () => {
  it('reads as the turn that it is', () => {
    const { id, spans, summary, rejected } = imported(read('v2.95.12/trace_detail.json'))
    expect([id, rejected]).toEqual(['langfuse', 0])
    // Four observations and one score.
    expect(spans).toHaveLength(5)
    expect(summary).toMatchObject({
      status: 'ok',
      kind: 'turn',
      chatbot: { name: 'rag-chat' },
      session: { id: expect.stringMatching(/^sess-/) },
      participant: { id: expect.stringMatching(/^user-/) },
      feedback: [{ name: 'user-feedback', value: 1, comment: 'good' }],
      duration: 2_400_000,
      metrics: { llmTurns: 1 },
    })
    expect(summary.input).toBeTruthy()
    expect(summary.output).toBeTruthy()
    expect(summary.metrics.totalTokens).toBeGreaterThan(0)
    expect(summary.metrics.cost).toBeGreaterThan(0)
  })

  it('reads a failure with its message', () => {
    const { summary, reading } = imported(read('v2.95.12/trace_detail_error.json'))
    expect(summary).toMatchObject({
      traceId: 'a0017f685e652c9f64b81b53f294c91a',
      status: 'error',
      session: { id: 'sess-011' },
      participant: { id: 'user-2' },
      chatbot: { name: 'rag-chat', version: 'v2' },
      tags: ['beta', 'chat'],
      input: 'How do I reset my password?',
    })
    expect(reading.rootCause).toMatchObject({ name: 'llm', message: 'RateLimitError: 429 Too Many Requests' })
  })

  it('reads the same from the page’s download and from a list of traces', () => {
    const detail = read('v2.95.12/trace_detail.json')
    const { observations, scores, ...trace } = detail
    const whole = imported(detail).spans
    expect(imported({ trace: { ...trace, scores }, observations }).spans).toEqual(whole)
    expect(imported({ data: [detail], meta: { page: 1 } }).spans).toEqual(whole)
    expect(imported([detail]).spans).toEqual(whole)
  })

  it('reads the replies that list traces, a session among them', () => {
    for (const name of ['traces_list_p1', 'traces_list_default', 'session_detail']) {
      const document = read(`v2.95.12/${name}.json`)
      const traces = (document.data ?? document.traces) as Record<string, unknown>[]
      const { id, spans, rejected } = imported(document)
      expect([id, rejected, spans.length]).toEqual(['langfuse', 0, traces.length])
      expect(spans.map((span) => span.traceId)).toEqual(traces.map((trace) => trace.id))
    }
  })

  it('makes the trace itself the top where its observations have none or several', () => {
    const detail = read('v2.95.12/trace_detail.json')
    const [first, ...rest] = detail.observations as Record<string, unknown>[]
    const { spans } = imported({
      ...detail,
      scores: [],
      observations: [first, { ...rest[0], parentObservationId: null }],
    })
    const root = spans.find((span) => span.parentId === null)
    expect(root?.spanId).toBe(`t-${detail.id}`)
    expect(spans.filter((span) => span.parentId === root?.spanId)).toHaveLength(2)
    const bare = imported({ ...detail, scores: [], observations: ['id-1', 'id-2'] })
    expect(bare.spans).toHaveLength(1)
    expect(bare.summary.session).toBeDefined()
  })

  it('is total on what makes no sense', () => {
    const found = readImport({
      id: 'x',
      timestamp: '2026-01-01T00:00:00Z',
      observations: [
        { id: 7 },
        { id: 'a', startTime: 'noon' },
        null,
        { id: 'b', startTime: '2026-01-01T00:00:00Z', input: 'a\u0000b' },
      ],
      scores: [{}],
    })
    expect(found?.decoded.rejected).toBe(3)
    expect(found?.decoded.spans.find((span) => span.spanId === 'b')?.problems?.join()).toContain('NUL')
  })
})

describe('Langfuse’s observations', () => {
  it('read as the turn that they make, with what OpenTelemetry sent put back', () => {
    const { id, spans, summary } = imported(read('v4.16.0/v2_observations_by_trace_allfields.json'))
    expect(id).toBe('langfuse-observations')
    expect(spans).toHaveLength(5)
    const root = spans.find((span) => span.parentId === null)
    expect(root?.resource).toMatchObject({ 'service.name': 'chatbot', 'service.version': '3.2.1' })
    expect(root?.scope).toEqual({ name: 'chatbot', version: '1' })
    expect(summary).toMatchObject({
      status: 'ok',
      session: { id: 'sess-011' },
      participant: { id: 'user-3' },
      environment: 'staging',
      input: 'What is the refund policy?',
      output: 'Answer to: What is the refund policy?',
      services: ['chatbot'],
      metrics: { llmTurns: 1, toolCalls: 1 },
    })
  })

  it('read as they are listed, of many traces', () => {
    for (const name of [
      'v2_observations_p1',
      'v2_observations_roots_p1_trace_list',
      'v2_observations_level_error',
    ]) {
      const document = read(`v4.16.0/${name}.json`)
      const { id, spans, rejected } = imported(document)
      expect([id, rejected, spans.length]).toEqual([
        'langfuse-observations',
        0,
        (document.data as unknown[]).length,
      ])
    }
  })

  it('read a failure', () => {
    const { summary } = imported(read('v4.16.0/v2_observations_by_trace_error.json'))
    expect(summary).toMatchObject({ status: 'error', metrics: { totalTokens: 258, cost: 0.001245 } })
  })
})

import { describe, expect, it } from 'vitest'
import { durationMicros, micros } from '../../domain/model/units.ts'
import type { PostedTurn } from './posted-turn.ts'
import { recordedTurnOf } from './recorded-turn-of.ts'

const START = micros(1_772_357_000_000_000)
const posted = (more: Partial<PostedTurn> = {}): PostedTurn => ({
  startTime: START,
  chatbot: { name: 'Fern' },
  session: { id: 's-1' },
  input: 'Hi',
  ...more,
})
const trace = (more: Partial<PostedTurn> = {}) => recordedTurnOf(posted(more), 'made-up').trace

describe('a recorded turn', () => {
  it('has what was posted, and nothing else', () => {
    expect(trace({ output: 'Hello', endTime: micros(START + 2_000_000) })).toEqual({
      traceId: 'made-up',
      startTime: START,
      duration: 2_000_000,
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
    })
  })

  it('keeps null and 0 of its metrics apart', () => {
    expect(trace({ metrics: { cost: null, toolCalls: 0, llmTurns: undefined } }).metrics).toEqual({
      cost: null,
      toolCalls: 0,
    })
  })

  it('has a total of tokens where both sides are given', () => {
    const metrics = (given: NonNullable<PostedTurn['metrics']>) => trace({ metrics: given }).metrics
    const both = { inputTokens: 80, outputTokens: 20 }
    expect(metrics({ ...both, partial: ['inputTokens'] })).toEqual({
      ...both,
      totalTokens: 100,
      partial: ['inputTokens', 'totalTokens'],
    })
    expect(metrics({ ...both, totalTokens: 130 }).totalTokens).toBe(130)
    expect(metrics({ ...both, totalTokens: null }).totalTokens).toBeNull()
    expect(metrics({ inputTokens: 80 }).totalTokens).toBeUndefined()
  })

  it.each([
    [{ status: 'ok', error: 'x' }, 'ok'],
    [{ error: 'x' }, 'error'],
    [{ output: 'y' }, 'ok'],
    [{ duration: durationMicros(1) }, 'ok'],
    [{}, 'pending'],
  ] as const)('of %o is %s', (more, status) => {
    expect(trace(more).status).toBe(status)
  })

  it("takes its spans from its provider's trace", () => {
    expect(trace({ provider: { source: 'langfuse', traceId: 'abc', url: 'https://lf/abc' } })).toMatchObject({
      spans: { source: 'langfuse', traceId: 'abc' },
      externalUrl: 'https://lf/abc',
    })
  })
})

describe('participant data', () => {
  const data = (participantData: NonNullable<PostedTurn['participantData']>) =>
    recordedTurnOf(posted({ participantData }), 'x')

  it('that stands as changes is worked out', () => {
    const { trace: made, facets } = data({
      before: { tier: 'free', orders: [{ s: 1 }] },
      changes: [
        ['change', 'tier', ['free', 'pro']],
        ['change', ['orders', 0, 's'], [1, 2]],
        ['add', '', [['plan', 'x']]],
      ],
    })
    expect(made.participantData?.after).toEqual({ tier: 'pro', orders: [{ s: 2 }], plan: 'x' })
    expect(made.participantData?.problems).toBeUndefined()
    expect([...facets.changed].sort()).toEqual(['orders.0.s', 'plan', 'tier'])
  })

  it('says which changes did not fit', () => {
    const { trace: made } = data({ before: { tier: 'pro' }, changes: [['remove', 'gone', [['a', 1]]]] })
    expect(made.participantData).toMatchObject({ after: { tier: 'pro' }, problems: [expect.any(String)] })
  })

  it('that is given at the end stands as given', () => {
    const { trace: made, facets } = data({ before: { a: 1 }, after: { a: 2 } })
    expect(made.participantData).toEqual({ before: { a: 1 }, after: { a: 2 } })
    expect(facets.changed).toEqual(['a'])
  })
})

import { describe, expect, it } from 'vitest'
import type { Metrics, TraceStatus } from '../../../domain/model/trace.ts'
import { metricFacts, slowFactor } from './metric-facts.ts'

const shown = (metrics: Metrics, status: TraceStatus = 'ok') =>
  Object.fromEntries(
    metricFacts(metrics, status).map(({ id, value, note }) => [
      id,
      note === undefined ? value : [value, note],
    ]),
  )

describe('the cards of a turn', () => {
  it('tell zero, unknown, partial and not applicable apart', () => {
    expect(
      shown({
        llmTurns: 2,
        toolCalls: 0,
        inputTokens: 2046,
        outputTokens: null,
        totalTokens: 2046,
        cost: null,
        partial: ['totalTokens'],
      }),
    ).toEqual({
      llmTurns: 2,
      toolCalls: 0,
      totalTokens: [2046, 'partial: input only'],
      inputTokens: 2046,
      outputTokens: [null, 'not reported'],
      cost: [null, 'output tokens unknown'],
    })
  })
  it('say that LLM metrics do not apply where no LLM was called', () => {
    expect(shown({})).toEqual({
      llmTurns: [null, 'does not apply'],
      toolCalls: [null, 'does not apply'],
      totalTokens: [null, 'does not apply'],
      inputTokens: [null, 'does not apply'],
      outputTokens: [null, 'does not apply'],
      cost: [null, 'does not apply'],
    })
  })
  it('say that nobody reported what applies', () => {
    expect(
      shown({ llmTurns: null, toolCalls: 1, totalTokens: null, inputTokens: null, outputTokens: null }),
    ).toEqual({
      llmTurns: [null, 'not reported'],
      toolCalls: 1,
      totalTokens: [null, 'not reported'],
      inputTokens: [null, 'not reported'],
      outputTokens: [null, 'not reported'],
      cost: [null, 'does not apply'],
    })
  })
  it.each<[string, Metrics, string]>([
    ['a call of a model', { llmTurns: 1 }, 'not reported'],
    ['tokens', { totalTokens: 12 }, 'not reported'],
    ['no call of a model', { llmTurns: 0, toolCalls: 3 }, 'does not apply'],
    ['a cost that was looked for', { llmTurns: 1, cost: null }, 'not reported'],
  ])('say of the cost of a turn with %s whether it applies', (_name, metrics, note) => {
    expect(shown(metrics).cost).toEqual([null, note])
  })
  it('say of a turn under way what is not there yet, and never zero', () => {
    expect(shown({ llmTurns: 0, toolCalls: 2, totalTokens: null }, 'pending')).toEqual({
      llmTurns: [null, 'not yet'],
      toolCalls: [2, 'so far'],
      totalTokens: [null, 'not yet'],
      inputTokens: [null, 'not yet'],
      outputTokens: [null, 'not yet'],
      cost: [null, 'not yet'],
    })
  })
  it('name the shares that are part of a number, and estimates', () => {
    expect(
      shown({
        inputTokens: 900,
        cachedTokens: 1200,
        outputTokens: 80,
        reasoningTokens: 64,
        cost: 0,
        partial: ['inputTokens'],
        estimated: ['inputTokens', 'cost'],
      }),
    ).toMatchObject({
      inputTokens: [900, 'partial: some calls only, estimated, 1,200 cached'],
      outputTokens: [80, '64 reasoning'],
      cost: [0, 'estimated'],
    })
  })
})

describe('slow, compared with the chatbot', () => {
  it.each([
    [6_210_000, { p95: 2_940_000, turns: 4120 }, 2.112],
    [3_000_000, { p95: 2_940_000, turns: 4120 }, undefined],
    [6_210_000, { p95: 2_940_000, turns: 3 }, undefined],
    [6_210_000, { p95: null, turns: 400 }, undefined],
    [6_210_000, undefined, undefined],
  ])('%d against %j', (duration, usual, factor) => {
    const found = slowFactor(duration, usual)
    if (factor === undefined) expect(found).toBeUndefined()
    else expect(found).toBeCloseTo(factor, 2)
  })
})

import { describe, expect, it } from 'vitest'
import type { Metrics } from '../../domain/trace.ts'
import { metricFacts, slowFactor } from './metric-facts.ts'

const shown = (metrics: Metrics) =>
  Object.fromEntries(
    metricFacts(metrics).map(({ id, value, note }) => [id, note === undefined ? value : [value, note]]),
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
      outputTokens: [null, 'not recorded by the assistant'],
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

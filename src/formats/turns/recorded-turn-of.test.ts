import { describe, expect, it } from 'vitest'
import { durationMicros, micros } from '../../domain/units.ts'
import { changedPaths } from './changed-paths.ts'
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

describe('changed paths', () => {
  it.each([
    ['a value', { before: { a: 1 }, after: { a: 2 } }, ['a']],
    ['nothing', { before: { a: [1, { b: 2 }] }, after: { a: [1, { b: 2 }] } }, []],
    [
      'deep inside',
      { before: { orders: [{ s: 1 }, { s: 2 }] }, after: { orders: [{ s: 1 }, { s: 3 }] } },
      ['orders[1].s'],
    ],
    ['added and removed', { before: { a: 1 }, after: { b: 2 } }, ['a', 'b']],
    ['another type', { before: { a: {} }, after: { a: [] } }, ['a']],
    ['before alone', { before: { a: 1 } }, []],
    ['a recorded change', { before: {}, changes: [['change', 'p.tier', ['free', 'pro']]] }, ['p.tier']],
    [
      'a recorded path of keys',
      { before: {}, changes: [['change', ['orders', 1, 's'], [1, 2]]] },
      ['orders[1].s'],
    ],
    [
      'recorded additions',
      {
        before: {},
        changes: [
          ['add', '', [['plan', 'pro']]],
          ['remove', 'p', [['n', 1]]],
        ],
      },
      ['plan', 'p.n'],
    ],
    ['recorded nonsense', { before: {}, changes: [['add', 'p', 'x']] }, []],
  ] as const)('of %s', (_name, data, paths) => {
    expect(changedPaths(data)).toEqual(paths)
  })
})

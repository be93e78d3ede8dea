import { describe, expect, it } from 'vitest'
import type { Metrics, TraceSummary } from '../../../domain/model/trace.ts'
import { durationMicros, micros, traceId } from '../../../domain/model/units.ts'
import { feedbackOf, sessionsOf, spendingByVersion, spent } from './participant-figures.ts'

const turn = (
  at: number,
  session: string | undefined,
  metrics: Metrics = {},
  more: Partial<TraceSummary> = {},
): TraceSummary => ({
  traceId: traceId(`t${at}`),
  startTime: micros(at * 1e6),
  duration: durationMicros(1e6),
  status: 'ok',
  kind: 'turn',
  chatbot: { id: 'bank', name: 'Bank', version: 'v2' },
  ...(session !== undefined && { session: { id: session } }),
  metrics,
  tags: [],
  feedback: [],
  services: [],
  ...more,
})

describe('sessions of a participant', () => {
  it('stand by their last turn, the newest first, with their turns in order', () => {
    const sessions = sessionsOf([turn(1, 'a'), turn(2, 'b'), turn(3, 'a'), turn(4, undefined)])
    expect(sessions.map(({ id, turns }) => [id, turns.map(({ traceId: each }) => each)])).toEqual([
      ['a', ['t1', 't3']],
      ['b', ['t2']],
    ])
  })

  it('are none of nothing', () => expect(sessionsOf([])).toEqual([]))
})

describe('what turns spent', () => {
  const known = [turn(1, 'a', { totalTokens: 10 }), turn(2, 'a', { totalTokens: 0 })]
  it.each([
    ['all that was measured', known, true, { value: 10, atLeast: false }],
    ['not all turns were read', known, false, { value: 10, atLeast: true }],
    [
      'one did not measure',
      [...known, turn(3, 'a', { totalTokens: null })],
      true,
      { value: 10, atLeast: true },
    ],
    ['one has no such thing', [...known, turn(3, 'a')], true, { value: 10, atLeast: false }],
    [
      'one covers some calls alone',
      [turn(1, 'a', { totalTokens: 3, partial: ['totalTokens'] })],
      true,
      { value: 3, atLeast: true },
    ],
    ['nobody measured', [turn(1, 'a', { totalTokens: null })], true, { value: null, atLeast: false }],
    ['zero is zero', [turn(1, 'a', { totalTokens: 0 })], true, { value: 0, atLeast: false }],
    [
      'an action by itself is no turn',
      [turn(1, 'a', { totalTokens: 5 }, { kind: 'other' })],
      true,
      { value: null, atLeast: false },
    ],
  ] as const)('%s', (_, turns, complete, expected) => {
    expect(spent(turns, 'totalTokens', complete)).toEqual(expected)
  })

  it('by version, the one talked to last first; those that say nothing are left out', () => {
    const bot = (version: string) => ({ chatbot: { id: 'bank', name: 'Bank', version } })
    const rows = spendingByVersion(
      [
        turn(1, 'a', { cost: 1 }, bot('v1')),
        turn(2, 'a', { cost: 2 }, bot('v2')),
        turn(3, 'a', {}, bot('v3')),
        turn(4, 'a', { cost: 4 }, bot('v1')),
      ],
      true,
    )
    expect(rows.map(({ version, cost }) => [version, cost.value])).toEqual([
      ['Bank v1', 5],
      ['Bank v2', 2],
    ])
  })
})

it('ratings stand with their turn, newest first', () => {
  const rated = turn(2, 'a', {}, { feedback: [{ name: 'thumbs_up' }, { name: 'tone', value: 3 }] })
  expect(
    feedbackOf([turn(1, 'a', {}, { feedback: [{ name: 'old' }] }), rated]).map(
      ({ feedback }) => feedback.name,
    ),
  ).toEqual(['thumbs_up', 'tone', 'old'])
})

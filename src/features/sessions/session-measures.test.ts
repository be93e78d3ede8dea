import { describe, expect, it } from 'vitest'
import type { TraceSummary } from '../../domain/model/trace.ts'
import { durationMicros, micros, traceId } from '../../domain/model/units.ts'
import { measureSession, pauseText, wasAway } from './session-measures.ts'
import { inOrderOfTalk } from './session-turns.ts'

const turn = (id: string, second: number, rest: Partial<TraceSummary> = {}): TraceSummary => ({
  traceId: traceId(id),
  startTime: micros(second * 1e6),
  duration: durationMicros(1e6),
  status: 'ok',
  kind: 'turn',
  chatbot: { id: 'bot', name: 'bot' },
  metrics: {},
  tags: [],
  feedback: [],
  services: [],
  ...rest,
})

describe('measureSession', () => {
  it('counts turns, not calls without a turn, and the turns inside a call', () => {
    const measures = measureSession([
      turn('a', 0, { status: 'error' }),
      turn('b', 1, { kind: 'other', status: 'error' }),
      turn('c', 2, { kind: 'call', turns: 5 }),
    ])
    expect(measures).toMatchObject({ turns: 6, errors: 1 })
  })

  it('keeps not measured and zero apart', () => {
    expect(measureSession([turn('a', 0)])).toMatchObject({ totalTokens: null, cost: null })
    expect(measureSession([turn('a', 0, { metrics: { totalTokens: 0, cost: null } })])).toMatchObject({
      totalTokens: 0,
      cost: null,
    })
  })

  it('takes the lower median and leaves pending turns out', () => {
    const lasting = (id: string, duration: number, status: TraceSummary['status'] = 'ok') =>
      turn(id, 0, { duration: durationMicros(duration), status })
    expect(
      measureSession([lasting('a', 3), lasting('b', 1), lasting('c', 9, 'pending'), lasting('d', 7)]),
    ).toMatchObject({ medianDuration: 3, longest: 7 })
    expect(measureSession([])).toMatchObject({ medianDuration: null, longest: 0, turns: 0 })
  })
})

it.each([
  [0.4, undefined],
  [19, '+19 s'],
  [119, '+119 s'],
  [150, '+3 min'],
  [3 * 3600, '+3 h'],
  [5 * 86_400, '+5 days'],
])('a pause of %d s reads %s', (seconds, expected) => {
  expect(pauseText(turn('a', 0), turn('b', seconds))).toBe(expected)
})

it('says no pause before the first turn', () => {
  expect(pauseText(undefined, turn('a', 0))).toBeUndefined()
  expect(wasAway(undefined, turn('a', 0))).toBe(false)
})

it('marks half an hour of silence, counted from the end of a turn', () => {
  expect(wasAway(turn('a', 0), turn('b', 1801))).toBe(true)
  expect(wasAway(turn('a', 0), turn('b', 1800))).toBe(false)
})

it('puts pages in order of talk, each turn once', () => {
  const [a, b, c] = [turn('a', 1), turn('b', 2), turn('c', 2)]
  expect(
    inOrderOfTalk([
      [c, b],
      [b, a],
    ]).map((each) => each.traceId),
  ).toEqual(['a', 'b', 'c'])
})

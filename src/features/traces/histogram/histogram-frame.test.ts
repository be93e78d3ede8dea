import { describe, expect, test } from 'vitest'
import { type DurationMicros, micros } from '../../../domain/model/units.ts'
import type { HistogramReply } from '../../../domain/port/trace-source.ts'
import { EVERYTHING } from '../../../domain/query/trace-query.ts'
import {
  axisOf,
  axisTicks,
  brushOf,
  bucketWords,
  countedHistogram,
  frameAround,
  rangeOf,
  totalsWithin,
} from './histogram-frame.ts'

const HOUR = 3_600e6
const NOON = Date.UTC(2026, 10, 20, 12) * 1000
const stretch = (from: number, to: number) => ({ from: micros(from), to: micros(to) })
const at = (hours: number) => micros(NOON + hours * HOUR)

const reply: HistogramReply = {
  from: micros(100),
  to: micros(140),
  bucket: 10 as DurationMicros,
  ok: [5, 0, 3, 1],
  error: [1, 0, 2, 0],
  complete: true,
}

describe('frameAround', () => {
  test('all there is, where the brush can be seen in it', () => {
    expect(frameAround(stretch(40, 60), stretch(0, 100))).toEqual(stretch(0, 100))
  })
  test('the surroundings of a brush that could not be seen', () => {
    expect(frameAround(stretch(500, 510), stretch(0, 1000))).toEqual(stretch(420, 590))
  })
  test('surroundings end where there is nothing more', () => {
    expect(frameAround(stretch(10, 20), stretch(0, 1000))).toEqual(stretch(0, 100))
  })
  test('a brush beyond what there is stays whole', () => {
    expect(frameAround(stretch(-50, 200), stretch(0, 100))).toEqual(stretch(-50, 200))
    expect(frameAround(stretch(100, 200), undefined)).toEqual(stretch(-700, 1000))
  })
})

describe('brushOf', () => {
  const axis = stretch(0, 100)
  test('a relative time is no brush', () => {
    expect(brushOf({ ...EVERYTHING, last: HOUR as DurationMicros }, axis)).toBeUndefined()
    expect(brushOf(EVERYTHING, axis)).toBeUndefined()
  })
  test('an open side reaches to the end of the axis', () => {
    expect(brushOf({ ...EVERYTHING, from: micros(20) }, axis)).toEqual(stretch(20, 100))
    expect(brushOf({ ...EVERYTHING, to: micros(20) }, axis)).toEqual(stretch(0, 20))
  })
  test('nothing of the axis: no brush', () => {
    expect(brushOf({ ...EVERYTHING, from: micros(200) }, axis)).toBeUndefined()
  })
})

describe('axisTicks', () => {
  test('round hours, the day named where it begins', () => {
    const ticks = axisTicks(stretch(NOON - 14.5 * HOUR, NOON + 2 * HOUR), 8, true)
    expect(ticks.map(({ label }) => label)).toEqual(['20 Nov 00:00', '03:00', '06:00', '09:00', '12:00'])
    expect(ticks[4]?.at).toBeCloseTo(14.5 / 16.5)
  })
  test('days over weeks', () => {
    const ticks = axisTicks(stretch(NOON - 240 * HOUR, NOON), 8, true)
    expect(ticks.map(({ label }) => label)).toEqual(['11 Nov', '13 Nov', '15 Nov', '17 Nov', '19 Nov'])
  })
  test('seconds within a minute', () => {
    expect(axisTicks(stretch(NOON, NOON + 20e6), 8, true).map(({ label }) => label)).toEqual([
      '20 Nov 12:00:00',
      '12:00:05',
      '12:00:10',
      '12:00:15',
    ])
  })
  test.each([1, 1e3, 1e6, 60e6, HOUR, 24 * HOUR, 1e5 * HOUR])(
    'never more than asked for, over %d µs',
    (length) => {
      expect(axisTicks(stretch(NOON, NOON + length), 8, false).length).toBeLessThanOrEqual(9)
    },
  )
})

describe('counts', () => {
  test('the axis ends with its last bucket', () => {
    expect(axisOf(reply)).toEqual(stretch(100, 140))
  })
  test('totals within a stretch', () => {
    expect(totalsWithin(reply, stretch(100, 140))).toEqual({ turns: 12, errors: 3 })
    expect(totalsWithin(reply, stretch(120, 130))).toEqual({ turns: 5, errors: 2 })
    expect(totalsWithin(reply, stretch(115, 121))).toEqual({ turns: 5, errors: 2 })
  })
  test('the busiest and the quietest bucket', () => {
    expect(rangeOf(reply)).toEqual({ least: 0, most: 6 })
    expect(rangeOf({ ...reply, ok: [], error: [] })).toEqual({ least: 0, most: 0 })
  })
  test('counted from traces at hand', () => {
    const traces = [
      { startTime: at(0), status: 'ok' },
      { startTime: at(1), status: 'error' },
      { startTime: at(1), status: 'pending' },
    ]
    const counted = countedHistogram(traces, 13)
    expect(counted?.ok).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    expect(counted?.error.at(-1)).toBe(1)
    expect(counted?.complete).toBe(false)
    expect(countedHistogram([], 4)).toBeUndefined()
  })
})

test.each([
  [60e6, 'per minute'],
  [900e6, 'per 15 min'],
  [HOUR, 'per hour'],
  [2.5 * HOUR, 'per 2.5 hours'],
  [24 * HOUR, 'per day'],
  [48 * HOUR, 'per 2 days'],
  [1e6, 'per second'],
  [5e6, 'per 5 s'],
  [100_000, 'per 100 ms'],
])('a bucket of %d µs: %s', (us, words) => {
  expect(bucketWords(us)).toBe(words)
})

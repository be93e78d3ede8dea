import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { micros } from '../model/units.ts'
import { histogramOf, histogramSteps } from './histogram-steps.ts'

const utc = (text: string) => Date.parse(`${text}Z`) * 1000
const iso = (us: number) => new Date(us / 1000).toISOString().slice(0, 19)

describe('histogramSteps', () => {
  it.each([
    ['2026-11-20T14:02:03', '2026-11-20T14:02:04', '2026-11-20T14:02:03', 1, 1],
    ['2026-11-20T14:02:03', '2026-11-20T14:03:20', '2026-11-20T14:02:03', 1, 77],
    ['2026-11-20T14:02:03', '2026-11-20T14:04:03', '2026-11-20T14:02:00', 5, 25],
    ['2026-11-20T14:02:03', '2026-11-20T20:00:00', '2026-11-20T14:00:00', 300, 72],
    ['2026-11-20T14:02:03', '2026-11-21T14:02:03', '2026-11-20T14:00:00', 1800, 49],
    ['2026-11-13T14:02:03', '2026-11-20T14:02:03', '2026-11-13T12:00:00', 3 * 3600, 57],
    ['2026-09-01T14:00:00', '2026-11-20T14:00:00', '2026-09-01T00:00:00', 86_400, 81],
    // From a Monday.
    ['2026-01-01T00:00:00', '2026-11-20T14:00:00', '2025-12-29T00:00:00', 7 * 86_400, 47],
  ])('%s to %s begin at %s, %d s each, %d', (from, to, start, seconds, length) => {
    const steps = histogramSteps(utc(from), utc(to), 90)
    expect([iso(steps.from), steps.bucket / 1e6, steps.length]).toEqual([start, seconds, length])
  })

  it('are equal parts where few are wished for', () => {
    expect(histogramSteps(7, 90_000_007, 3)).toEqual({
      from: 7,
      to: 90_000_007,
      bucket: 30_000_000,
      length: 3,
    })
  })

  it('cover any stretch with at most as many as are wished for, and a part of it has their edges', () => {
    const time = fc.integer({ min: 0, max: 4e15 })
    fc.assert(
      fc.property(
        time,
        fc.integer({ min: 0, max: 4e15 }),
        fc.integer({ min: 1, max: 1000 }),
        (from, length, most) => {
          const steps = histogramSteps(from, from + length, most)
          expect(steps.length).toBeLessThanOrEqual(most)
          expect(steps.from).toBeLessThanOrEqual(from)
          expect(steps.to).toBe(steps.from + steps.length * steps.bucket)
          expect(steps.to).toBeGreaterThanOrEqual(from + length)
        },
      ),
    )
    const whole = histogramSteps(utc('2026-01-01T00:00:00'), utc('2026-11-20T14:00:00'), 90)
    const part = histogramSteps(whole.from + whole.bucket * 4, whole.from + whole.bucket * 14, 90)
    expect((whole.from + whole.bucket * 12 - part.from) % part.bucket).toBe(0)
    expect(part.bucket).toBeLessThan(whole.bucket)
  })
})

describe('histogramOf', () => {
  it('is one empty bucket where there is nothing', () => {
    expect(histogramOf([], {}, 10)).toMatchObject({ ok: [0], error: [0] })
  })

  it('covers the bounds it is given in whole steps, and leaves out what lies beyond', () => {
    const at = (seconds: number, status: 'ok' | 'error') => ({ startTime: micros(seconds * 1e6), status })
    const rows = [at(1, 'ok'), at(4, 'ok'), at(4.5, 'error'), at(51, 'ok'), at(52, 'ok')]
    expect(histogramOf(rows, { from: micros(3e6), to: micros(52e6) }, 11)).toEqual({
      from: 0,
      to: 55e6,
      bucket: 5e6,
      ok: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      error: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    })
  })
})

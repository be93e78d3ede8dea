import { describe, expect, it } from 'vitest'
import { durationTicks, planeOf, steppedLine } from './scatter-plane.ts'

const SIZE = { width: 400, height: 200 }

describe('the plane of durations over time', () => {
  it('holds every point, the longer the higher', () => {
    const durations = [1_200, 50_000, 9_000_000]
    const plane = planeOf({ from: 0, to: 100 }, durations, SIZE)
    const heights = durations.map(plane.y)
    expect(heights).toEqual([...heights].sort((a, b) => b - a))
    for (const y of heights) expect(y).toBeGreaterThan(0)
    for (const y of heights) expect(y).toBeLessThan(SIZE.height)
    expect(plane.x(0)).toBe(plane.left)
    expect(plane.x(100)).toBe(plane.right)
  })

  it.each([[[]], [[0]], [[5]], [[1_000_000]], [[0, 3_600e6]]])('is drawn of %j', (durations) => {
    const plane = planeOf({ from: 5, to: 5 }, durations, { width: 10, height: 200 })
    for (const one of [0, ...durations]) expect(Number.isFinite(plane.y(one))).toBe(true)
    expect(Number.isFinite(plane.x(5))).toBe(true)
    expect(durationTicks(durations).length).toBeLessThanOrEqual(7)
  })

  it('breaks its lines where a bucket has no value', () => {
    const plane = planeOf({ from: 0, to: 100 }, [1_000], SIZE)
    const line = steppedLine(plane, [
      { at: 0, value: 1_000 },
      { at: 10, value: null },
      { at: 20, value: 1_000 },
      { at: 30, value: 1_000 },
    ])
    expect(line.match(/M/g)).toHaveLength(2)
    expect(line.match(/L/g)).toHaveLength(1)
  })
})

import { describe, expect, it } from 'vitest'
import { gapsOf, ticksOf, timeAxis } from './time-axis.ts'

const rounded = (value: number) => Math.round(value * 1000) / 1000

describe('an axis', () => {
  it('runs evenly over its window', () => {
    const axis = timeAxis({ from: 1_000, to: 3_000 })
    expect([1_000, 1_500, 3_000].map(axis.toX)).toEqual([0, 0.25, 1])
    expect(axis.toTime(0.75)).toBe(2_500)
  })
  it('keeps what lies far outside just outside', () => {
    const axis = timeAxis({ from: 1_000, to: 2_000 })
    expect(axis.toX(0)).toBe(-0.01)
    expect(axis.toX(1e12)).toBe(1.01)
  })
  it('has a length even where the trace has none', () => {
    const axis = timeAxis({ from: 0, to: 0 })
    expect(axis.toX(0)).toBe(0)
    expect(axis.toTime(1)).toBe(1)
  })
  it('draws long gaps narrow and gives their room to the rest', () => {
    const axis = timeAxis({ from: 0, to: 1_000 }, [{ from: 100, to: 900 }])
    expect([0, 100, 900, 1_000].map((time) => rounded(axis.toX(time)))).toEqual([0, 0.49, 0.51, 1])
    for (const x of [0, 0.2, 0.49, 0.5, 0.7, 1]) expect(rounded(axis.toX(axis.toTime(x)))).toBe(x)
  })
  it('leaves short gaps and those outside of the window alone', () => {
    const axis = timeAxis({ from: 0, to: 1_000 }, [
      { from: 10, to: 30 },
      { from: 2_000, to: 9_000 },
    ])
    expect(axis.pieces).toHaveLength(1)
  })
})

describe('the ruler', () => {
  it.each([
    [{ from: 0, to: 6_400_000 }, [0, 1e6, 2e6, 3e6, 4e6, 5e6, 6e6]],
    [{ from: 0, to: 10 }, [0, 2, 4, 6, 8]],
    [{ from: 2_300, to: 4_400 }, [2_500, 3_000, 3_500, 4_000]],
    [{ from: 0, to: 120e6 }, [0, 30e6, 60e6, 90e6]],
  ])('over %j', (window, times) => {
    expect(ticksOf(timeAxis(window), 7).map((tick) => tick.time)).toEqual(times)
  })
  it('marks nothing inside of a compressed gap', () => {
    const axis = timeAxis({ from: 0, to: 10e6 }, [{ from: 1e6, to: 9e6 }])
    expect(ticksOf(axis, 7).every(({ time }) => time <= 1e6 || time >= 9e6)).toBe(true)
  })
})

describe('gaps', () => {
  it('are where no leaf runs, at the end too', () => {
    //            root  a    b    c
    const start = [0, 100, 150, 700]
    const end = [1_000, 300, 200, 800]
    expect(gapsOf(start, end, (row) => row > 0, 1_000)).toEqual([
      { from: 0, to: 100 },
      { from: 300, to: 700 },
      { from: 800, to: 1_000 },
    ])
  })
})

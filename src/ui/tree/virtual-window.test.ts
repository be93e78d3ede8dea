import { describe, expect, it } from 'vitest'
import { MAX_SCROLL_HEIGHT, rowOffsetAt, scrollHeightOf, scrollTopFor, windowAt } from './virtual-window.ts'

const small = { rows: 100, rowHeight: 24, viewport: 240 }
const huge = { rows: 2_000_000, rowHeight: 24, viewport: 480 }

describe('a box that needs no scaling', () => {
  it('draws the rows in view and the overscan, in place', () => {
    expect(windowAt(small, 0, 2)).toEqual({ first: 0, last: 12, top: 0 })
    expect(windowAt(small, 480, 2)).toEqual({ first: 18, last: 32, top: 432 })
  })
  it('never draws past the last row', () => {
    expect(windowAt(small, 2160, 5)).toEqual({ first: 85, last: 100, top: 2040 })
    expect(windowAt({ ...small, rows: 0 }, 0, 5)).toEqual({ first: 0, last: 0, top: 0 })
  })
  it('leaves the scroll position alone where the row is in view', () => {
    expect(scrollTopFor(small, 480, 25, 'nearest')).toBe(480)
    expect(scrollTopFor(small, 480, 30, 'nearest')).toBe(31 * 24 - 240)
    expect(scrollTopFor(small, 480, 3, 'nearest')).toBe(72)
    expect(scrollTopFor(small, 0, 50, 'center')).toBe(50 * 24 - 108)
    expect(scrollTopFor(small, 0, 99, 'center')).toBe(2160)
    expect(scrollTopFor(small, 480, 25, 'upper')).toBe(25 * 24 - 48)
    expect(scrollTopFor(small, 480, 1, 'upper')).toBe(0)
  })
})

describe('a box beyond what a browser can be tall', () => {
  it('stays below the clamp and still reaches the last row', () => {
    expect(scrollHeightOf(huge)).toBe(MAX_SCROLL_HEIGHT)
    const end = MAX_SCROLL_HEIGHT - huge.viewport
    expect(rowOffsetAt(huge, end)).toBeCloseTo(huge.rows * 24 - huge.viewport, 3)
    const drawn = windowAt(huge, end, 4)
    expect(drawn.last).toBe(huge.rows)
    // The last row ends where the scrolled box ends.
    expect(drawn.top + (drawn.last - drawn.first) * 24).toBe(MAX_SCROLL_HEIGHT)
  })
  it('scrolls to a row in the middle so that it is drawn inside the view', () => {
    const scrollTop = scrollTopFor(huge, 0, 1_234_567, 'center')
    const drawn = windowAt(huge, scrollTop, 0)
    const y = drawn.top + (1_234_567 - drawn.first) * 24 - scrollTop
    expect(y).toBeGreaterThanOrEqual(0)
    expect(y).toBeLessThanOrEqual(huge.viewport - 24)
  })
})

import { describe, expect, it } from 'vitest'
import { outlinesOf } from '../../../../domain/testing/trace-drawing.ts'
import { buildSpanTree } from '../../../../domain/tree/span-tree.ts'
import { timeAxis } from '../timeline/time-axis.ts'
import { barsOf } from './row-bars.ts'

const tree = buildSpanTree(
  outlinesOf(`
    turn    0..100
      a     10..40
      b     30..60
      c     90..120
  `),
)
const axis = timeAxis({ from: 0, to: 120_000 })
const shares = (row: number, whole = false) => {
  const bars = barsOf(tree, row, axis, whole)
  return bars?.solid.map(([from, to]) => [Math.round(from * 120), Math.round(to * 120)])
}

describe('the bar of a span', () => {
  it('is solid where no child ran, overlapping and overhanging children counted once', () => {
    expect(shares(0)).toEqual([
      [0, 10],
      [60, 90],
    ])
  })
  it('is solid throughout where there are no children, or they are folded away', () => {
    expect(shares(1)).toEqual([[10, 40]])
    expect(shares(0, true)).toEqual([[0, 100]])
  })
  it('is not there outside of the window', () => {
    expect(barsOf(tree, 1, timeAxis({ from: 50_000, to: 60_000 }), false)).toBeUndefined()
  })
})

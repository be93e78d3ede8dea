import { expect, test } from 'vitest'
import { durationScale } from './duration-scale.ts'

test.each([
  ['none', [], 0],
  ['one', [5], 5],
  ['alike', [1, 2, 3, 4], 4],
  ['none of which took time', [0, 0, 0], 0],
  ['of which one alone took time', [0, 0, 7], 7],
  ['two, of which one is stuck', [10, 1000], 20],
  ['few, of which one is stuck', [10, 11, 12, 13, 1000], 26],
  ['many, of which one is stuck', [...Array.from({ length: 99 }, () => 1_000_000), 3_600_000_000], 2_000_000],
  // A tenth of the turns are slow: they belong to what is usual.
  ['many, of which a tenth is slow', [...Array.from({ length: 17 }, () => 10), 90, 95, 100], 100],
])('of durations, %s', (_, durations, expected) => {
  expect(durationScale(durations)).toBe(expected)
})

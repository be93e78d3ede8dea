import { expect, test } from 'vitest'
import { durationScale } from './duration-scale.ts'

test('no durations: nothing is slow', () => {
  expect(durationScale([])).toEqual({ longest: 0, slow: Number.POSITIVE_INFINITY })
})

test('bars reach to the longest turn', () => {
  expect(durationScale([1, 2, 3, 4]).longest).toBe(4)
})

test('one stuck turn does not flatten the others', () => {
  const durations = [...Array.from({ length: 99 }, () => 1_000_000), 3_600_000_000]
  expect(durationScale(durations).longest).toBe(3_000_000)
})

test('slow is the upper tenth beyond twice the median', () => {
  const even = Array.from({ length: 100 }, (_, index) => 1000 + index)
  expect(durationScale(even).slow).toBe(2100)
  expect(durationScale([1, 1, 1, 1, 1, 1, 1, 1, 10, 12]).slow).toBe(12)
})

test('turns that all took no time are not slow', () => {
  expect(durationScale([0, 0, 0])).toEqual({ longest: 0, slow: Number.POSITIVE_INFINITY })
})

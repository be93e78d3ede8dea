import { expect, it } from 'vitest'
import { axisOf } from './duration-axis.ts'

it.each([
  [6_210_000, 's', ['0', '3', '6']],
  [490_000, 'ms', ['0', '200', '400']],
  [1_000_000, 's', ['0.0', '0.5', '1.0']],
  [26_271_097, 's', ['0', '20']],
  [600e6, 'min', ['0', '5', '10']],
  [7_200e6, 'h', ['0', '1', '2']],
  [7, 'µs', ['0', '3', '6']],
  [0, 's', ['0']],
])('an axis up to %d µs is in %s with marks at %j', (longest, unit, labels) => {
  const axis = axisOf(longest)
  expect(axis.unit).toBe(unit)
  expect(axis.ticks.map(({ label }) => label)).toEqual(labels)
  for (const { at } of axis.ticks) expect(at).toBeGreaterThanOrEqual(0)
  expect(axis.ticks.at(-1)?.at).toBeLessThanOrEqual(1)
})

import { expect, it } from 'vitest'
import { SpareTime } from './spare-time.ts'

/** Works for so many ms after each rest, while others are busy for a share of the time. */
function rests(share: number, rounds = 6, took = 100): number {
  let now = 0
  let busy = 0
  const spare = new SpareTime(
    () => busy,
    () => now,
  )
  let rest = 0
  for (let round = 0; round < rounds; round++) {
    now += took
    rest = spare.restAfter(took)
    const others = Math.max(rest, 250)
    busy += share * (others + took)
    now += others
  }
  return rest
}

it('takes most of the time while nobody else is busy, and less the busier they are', () => {
  expect(rests(0)).toBe(50)
  expect(rests(0.2)).toBe(50)
  expect(rests(0.4)).toBe(200)
  expect(rests(0.7)).toBe(800)
})

it('never rests longer than four seconds', () => {
  expect(rests(1)).toBe(3_200)
  expect(rests(1, 6, 300)).toBe(4_000)
})

import { expect, it } from 'vitest'
import { SpareTime } from './spare-time.ts'

/** Works for 100 ms after each rest, while others are busy for a share of the time. */
function rests(share: number, rounds = 6): number {
  let now = 0
  let busy = 0
  const spare = new SpareTime(
    () => busy,
    () => now,
  )
  let rest = 0
  for (let round = 0; round < rounds; round++) {
    now += 100
    rest = spare.restAfter(100)
    const others = Math.max(rest, 250)
    busy += share * (others + 100)
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

it('never rests longer than two seconds', () => {
  expect(rests(1)).toBe(2_000)
})

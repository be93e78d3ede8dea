import { expect, test } from 'vitest'
import { fittingColumns } from './fitting-columns.ts'

const NEEDS = [
  { id: 'name', least: 100, rank: 0 },
  { id: 'cost', least: 60, rank: 2 },
  { id: 'time', least: 80, rank: 1 },
  { id: 'turns', least: 20, rank: 3 },
]

test.each([
  [0, ['name']],
  [100, ['name']],
  [179, ['name']],
  [180, ['name', 'time']],
  // Turns alone would fit, but cost goes before it.
  [239, ['name', 'time']],
  [240, ['name', 'cost', 'time']],
  [259, ['name', 'cost', 'time']],
  [260, ['name', 'cost', 'time', 'turns']],
  [Number.POSITIVE_INFINITY, ['name', 'cost', 'time', 'turns']],
])('in %i px', (room, expected) => {
  expect([...fittingColumns(NEEDS, room)].sort()).toEqual([...expected].sort())
})

test('of nothing, nothing', () => {
  expect([...fittingColumns([], 100)]).toEqual([])
})

import { expect, test } from 'vitest'
import { found, ID_LIKE } from './palette-items.ts'

test.each([
  ['', true],
  ['fail', true],
  ['turns failed', true],
  ['24', true],
  ['ailed', false],
  ['failed weekly', false],
])('"%s" finds "Failed turns of the last 24 hours": %s', (typed, expected) => {
  expect(found({ label: 'Failed turns of the last 24 hours' }, typed)).toBe(expected)
})

test.each([
  ['7f3a9c21e05b4d88', true],
  ['s-91c4', true],
  ['transfer', false],
  ['7f3', false],
  ['two words 4', false],
])('%s may be an id: %s', (typed, expected) => {
  expect(ID_LIKE.test(typed)).toBe(expected)
})

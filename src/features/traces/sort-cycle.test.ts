import { expect, test } from 'vitest'
import { NEWEST_FIRST } from '../../domain/trace-query.ts'
import { nextSort } from './sort-cycle.ts'

test('greatest, least, newest first', () => {
  const first = nextSort(NEWEST_FIRST, 'cost', true)
  const second = nextSort(first, 'cost', true)
  expect(first).toEqual({ field: 'cost', descending: true })
  expect(second).toEqual({ field: 'cost', descending: false })
  expect(nextSort(second, 'cost', true)).toEqual(NEWEST_FIRST)
})

test('a source that has one direction alone goes back at once', () => {
  expect(nextSort({ field: 'cost', descending: true }, 'cost', false)).toEqual(NEWEST_FIRST)
})

test('time turns round', () => {
  const oldest = nextSort(NEWEST_FIRST, 'startTime', true)
  expect(oldest).toEqual({ field: 'startTime', descending: false })
  expect(nextSort(oldest, 'startTime', true)).toEqual(NEWEST_FIRST)
  expect(nextSort(NEWEST_FIRST, 'startTime', false)).toEqual(NEWEST_FIRST)
})

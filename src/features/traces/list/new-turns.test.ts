import { expect, test } from 'vitest'
import { type DurationMicros, micros } from '../../../domain/model/units.ts'
import { EVERYTHING } from '../../../domain/query/trace-query.ts'
import { newerThan, newestStart } from './new-turns.ts'

test('newer than what was read, newest first, whatever the order of the list', () => {
  const query = { ...EVERYTHING, text: 'hi', sort: { field: 'cost', descending: true } } as const
  expect(newerThan(query, micros(100))).toEqual({ ...EVERYTHING, text: 'hi', from: 101 })
})

test('a later start stays, a relative one gives way', () => {
  expect(newerThan({ ...EVERYTHING, from: micros(500) }, micros(100))?.from).toBe(500)
  expect(newerThan({ ...EVERYTHING, last: 5 as DurationMicros }, micros(100))).toEqual({
    ...EVERYTHING,
    from: 101,
  })
})

test('a time that is over has nothing new', () => {
  expect(newerThan({ ...EVERYTHING, to: micros(101) }, micros(100))).toBeUndefined()
  expect(newerThan({ ...EVERYTHING, to: micros(102) }, micros(100))).toMatchObject({ from: 101, to: 102 })
})

test('the newest start', () => {
  expect(newestStart([{ startTime: micros(3) }, { startTime: micros(9) }, { startTime: micros(4) }])).toBe(9)
  expect(newestStart([])).toBeUndefined()
})

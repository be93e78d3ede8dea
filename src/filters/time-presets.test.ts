import { expect, test } from 'vitest'
import { type DurationMicros, micros } from '../domain/model/units.ts'
import { EVERYTHING } from '../domain/query/trace-query.ts'
import { fieldOfTime, TIME_PRESETS, timeOfField, withBounds, withLast } from './time-presets.ts'

const MOMENT = micros(Date.UTC(2026, 10, 20, 9, 30, 5) * 1000)

test.each([true, false])('a moment survives the field, UTC %s', (utc) => {
  expect(timeOfField(fieldOfTime(MOMENT, utc), utc)).toBe(MOMENT)
})

test('the field shows the wanted zone', () => {
  expect(fieldOfTime(MOMENT, true)).toBe('2026-11-20T09:30:05')
  expect(fieldOfTime(undefined, true)).toBe('')
})

test('what is empty or half typed is open', () => {
  expect(timeOfField('', true)).toBeUndefined()
  expect(timeOfField('2026-11', false)).toBeDefined()
  expect(timeOfField('soon', true)).toBeUndefined()
})

test('one way of bounding time takes the place of the other', () => {
  const last = withLast(withBounds(EVERYTHING, MOMENT, undefined), 5 as DurationMicros)
  expect(last).toEqual({ ...EVERYTHING, last: 5 })
  expect(withBounds(last, undefined, MOMENT)).toEqual({ ...EVERYTHING, to: MOMENT })
})

test('presets grow', () => {
  const lengths = TIME_PRESETS.map(({ last }) => last)
  expect(lengths).toEqual(lengths.toSorted((a, b) => a - b))
})

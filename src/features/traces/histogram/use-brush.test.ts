import { expect, test } from 'vitest'
import { type DurationMicros, durationMicros, micros } from '../../../domain/model/units.ts'
import { EVERYTHING, type TraceQuery } from '../../../domain/query/trace-query.ts'
import { withBounds } from '../../../filters/time-presets.ts'
import { drawnOver, standing, unbrushed } from './use-brush.ts'

const HOUR = 3_600e6
const at = (hours: number) => micros(hours * HOUR)
const REPLY = {
  from: at(0),
  to: at(24),
  bucket: durationMicros(HOUR),
  ok: new Array(24).fill(1),
  error: new Array(24).fill(0),
  complete: true,
}
const AXIS = { from: at(0), to: at(24) }
const DAY: TraceQuery = { ...EVERYTHING, last: (24 * HOUR) as DurationMicros }
const FIRST = { from: at(3), to: at(5) }
const SECOND = { from: at(4), to: at(9) }

test('clearing goes back to the time before, however often was brushed in between', () => {
  const first = drawnOver(undefined, FIRST, DAY, REPLY)
  expect(first).toEqual({ brush: FIRST, axis: AXIS, before: { last: DAY.last } })
  const brushed = withBounds(DAY, FIRST.from, FIRST.to)
  const second = drawnOver(first, SECOND, brushed, { ...REPLY, ok: [1], error: [0] })
  expect(second).toEqual({ brush: SECOND, axis: AXIS, before: { last: DAY.last } })
  expect(unbrushed(second, withBounds(DAY, SECOND.from, SECOND.to))).toEqual(DAY)
})

test('a time that was chosen elsewhere since is nothing that was brushed', () => {
  const drawn = drawnOver(undefined, FIRST, DAY, REPLY)
  const elsewhere = withBounds(EVERYTHING, at(3), at(6))
  expect(standing(drawn, elsewhere)).toBeUndefined()
  expect(unbrushed(drawn, elsewhere)).toEqual(EVERYTHING)
  expect(drawnOver(drawn, SECOND, elsewhere, REPLY)?.before).toEqual({ from: at(3), to: at(6) })
})

test('without a histogram there is no axis to keep', () => {
  expect(drawnOver(undefined, FIRST, DAY, undefined)).toBeUndefined()
})

import { describe, expect, it } from 'vitest'
import { durationMicros, micros } from '../../domain/model/units.ts'
import { EVERYTHING } from '../../domain/query/trace-query.ts'
import { mergedRows } from './merged-rows.ts'
import { periodBefore, slowerThan, turnsOfView } from './period.ts'
import { within } from './within.ts'

const NOW = micros(1_000e6)

describe('the turns that the page is about', () => {
  it('are those of one moment, turns and calls unless another kind is asked for', () => {
    const query = turnsOfView({ ...EVERYTHING, last: durationMicros(100e6) }, NOW)
    expect(query).toMatchObject({ from: 900e6, to: 1_000e6 })
    expect(query.last).toBeUndefined()
    expect(query.conditions).toEqual([{ field: 'kind', operator: 'is', values: ['turn', 'call'] }])
    const training = [{ field: 'kind', operator: 'is', values: ['training'] }] as const
    expect(turnsOfView({ ...EVERYTHING, conditions: training }, NOW).conditions).toEqual(training)
  })

  it('have a period before where they have a beginning and an end', () => {
    expect(periodBefore({ ...EVERYTHING, from: micros(900), to: micros(1_000) })).toMatchObject({
      from: 800,
      to: 900,
    })
    expect(periodBefore({ ...EVERYTHING, from: micros(10), to: micros(1_000) })).toMatchObject({
      from: 0,
      to: 10,
    })
    expect(periodBefore({ ...EVERYTHING, from: micros(900) })).toBeUndefined()
    expect(periodBefore({ ...EVERYTHING, to: micros(900) })).toBeUndefined()
    expect(periodBefore({ ...EVERYTHING, from: micros(5), to: micros(5) })).toBeUndefined()
    expect(periodBefore(EVERYTHING)).toBeUndefined()
  })

  it('are narrowed to the slowest, never widened', () => {
    const bound = (min: string) => ({ field: 'duration', operator: 'min', values: [min] }) as const
    expect(slowerThan(1_500, EVERYTHING).conditions).toEqual([bound('1.5')])
    const already = { ...EVERYTHING, conditions: [bound('2')] }
    expect(slowerThan(1_500, already).conditions).toEqual([bound('2')])
    expect(slowerThan(3_500, already).conditions).toEqual([bound('3.5')])
  })
})

describe('the turns behind a row', () => {
  const is = (field: 'flow' | 'status', ...values: string[]) => ({ field, operator: 'is', values }) as const
  it('keep what was asked of the same field, where a turn has several values', () => {
    expect(within('flow', 'b', EVERYTHING).conditions).toEqual([is('flow', 'b')])
    const asked = { ...EVERYTHING, conditions: [is('flow', 'a')] }
    const both = within('flow', 'b', asked)
    expect(both.conditions).toEqual([is('flow', 'a'), { field: 'flow', operator: 'all', values: ['b'] }])
    expect(within('flow', 'c', both).conditions[1]?.values).toEqual(['b', 'c'])
    const some = { ...EVERYTHING, conditions: [is('status', 'ok', 'error')] }
    expect(within('status', 'error', some).conditions).toEqual([is('status', 'error')])
  })
})

describe('aggregates side by side', () => {
  it('are of the same keys, and say nothing where one has no such row', () => {
    const reply = (...rows: readonly (readonly [string | null, number])[]) => ({
      rows: rows.map(([key, value]) => ({ key: [key], value, count: 1 })),
      complete: true,
    })
    expect(mergedRows([reply(['a', 2], [null, 1]), reply([null, 7], ['b', 9])])).toEqual([
      { key: 'a', second: null, values: [2, undefined] },
      { key: null, second: null, values: [1, 7] },
    ])
    expect(mergedRows([])).toEqual([])
  })
})

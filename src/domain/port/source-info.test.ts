import { describe, expect, it } from 'vitest'
import { filtersNatively, sortsBy } from './source-info.ts'

describe('what a source filters itself', () => {
  const filters = [
    { field: 'service', operators: 'all' },
    { field: 'status', operators: ['is'] },
  ] as const

  it.each([
    ['service', undefined, true],
    ['service', 'not', true],
    ['status', 'is', true],
    ['status', 'not', false],
    ['status', undefined, false],
    ['tag', 'is', false],
  ] as const)('%s %s: %s', (field, operator, native) => {
    expect(filtersNatively({ filters }, field, operator)).toBe(native)
  })

  it('is everything, or nothing', () => {
    expect(filtersNatively({ filters: 'all' }, 'tag', 'all')).toBe(true)
    expect(filtersNatively({ filters: [] }, 'tag', 'all')).toBe(false)
  })
})

describe('what a source sorts by', () => {
  it.each([
    [[], false, 'startTime', true, true],
    [[], true, 'startTime', false, false],
    [['startTime'], true, 'startTime', false, true],
    [['cost'], false, 'cost', true, true],
    [['cost'], false, 'cost', false, false],
  ] as const)(
    'with %j, ascending %s: %s descending %s is %s',
    (sorts, ascending, field, descending, given) => {
      expect(sortsBy({ sorts, ascending }, { field, descending })).toBe(given)
    },
  )
})

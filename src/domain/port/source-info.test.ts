import { describe, expect, it } from 'vitest'
import { filtersNatively } from './source-info.ts'

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

import { describe, expect, it } from 'vitest'
import { EVERYTHING, type TraceQuery } from '../../domain/query/trace-query.ts'
import { planSearches } from './pushed-filters.ts'

const inSession: TraceQuery = {
  ...EVERYTHING,
  conditions: [{ field: 'session', operator: 'is', values: ['s-1'] }],
}
const services = (count: number) => Array.from({ length: count }, (_, at) => `service-${at}`)
const plan = (count: number, query: TraceQuery = inSession, takesTags = true) =>
  planSearches(query, services(count), [], { takesTags, allServices: true })

describe('how a session is asked for', () => {
  it.each([1, 21, 22, 60])('by its keys in each of %i services', (count) => {
    const { searches, by } = plan(count)
    expect(by).toBe('tags')
    expect(searches.length % count).toBe(0)
    expect(searches.every(({ tag }) => tag?.[1] === 's-1')).toBe(true)
    expect(new Set(searches.map(({ service }) => service)).size).toBe(count)
  })

  it('by looking at everything where that is less, or where tags are not taken', () => {
    expect(plan(60, inSession, false)).toEqual({
      searches: services(60).map((service) => ({ service })),
      by: 'every span',
    })
    expect(plan(400)).toMatchObject({ by: 'every span' })
  })
})

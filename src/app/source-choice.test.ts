import { expect, test } from 'vitest'
import type { SourceInfo } from '../domain/port/source-info.ts'
import { homeSource, landingFor } from './source-choice.ts'

const info = (id: string): SourceInfo => ({
  id,
  label: id,
  kind: 'store',
  about: 'embedded store',
  capabilities: {
    sorts: [],
    ascending: true,
    filters: 'all',
    text: true,
    costs: {
      count: 'exact',
      histogram: 'exact',
      suggest: 'exact',
      sessions: 'exact',
      chatbots: 'exact',
      aggregate: 'exact',
    },
    payloads: 'batch',
    pollMs: 1_000,
  },
})
const LOCAL = info('local')
const SAMPLE = info('sample')
const JAEGER = info('jaeger')

test('home is the sample while there is one, then the store, then what there is', () => {
  expect(homeSource([LOCAL, SAMPLE, JAEGER])).toBe(SAMPLE)
  expect(homeSource([JAEGER, LOCAL])).toBe(LOCAL)
  expect(homeSource([JAEGER])).toBe(JAEGER)
  expect(homeSource([])).toBeUndefined()
})

test('an address leads to its source', () => {
  expect(landingFor('jaeger', '/jaeger/traces', [LOCAL, JAEGER])).toEqual({ to: 'here', info: JAEGER })
})

test('a vanished sample leads to the same list of the store', () => {
  expect(landingFor('sample', '/sample/traces/abc', [LOCAL])).toEqual({
    to: 'elsewhere',
    pathname: '/local/traces',
  })
  expect(landingFor('sample', '/sample/sessions', [LOCAL])).toEqual({
    to: 'elsewhere',
    pathname: '/local/sessions',
  })
  expect(landingFor('sample', '/sample', [LOCAL])).toEqual({ to: 'elsewhere', pathname: '/local/traces' })
})

test('an unknown source leads nowhere', () => {
  expect(landingFor('nope', '/nope/traces', [LOCAL])).toEqual({ to: 'nowhere' })
  expect(landingFor('sample', '/sample/traces', [JAEGER])).toEqual({ to: 'nowhere' })
})

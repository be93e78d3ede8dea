import { expect, it } from 'vitest'
import { micros } from '../domain/model/units.ts'
import type { SourceState } from '../domain/port/source-info.ts'
import { sourceDetail } from './source-words.ts'

const state = (more: Partial<SourceState>): SourceState => ({
  reachable: true,
  checkedAt: micros(0),
  ...more,
})

it.each([
  [undefined, 'Jaeger'],
  [state({}), 'Jaeger'],
  [state({ version: '2.13.0', services: 1 }), 'Jaeger 2.13.0, 1 service'],
  [state({ services: 0 }), 'Jaeger, 0 services'],
  [state({ services: 1234 }), 'Jaeger, 1,234 services'],
  [
    state({ version: '2.13.0', services: 4, lastError: 'the backend answered 401 to /api/services' }),
    'Jaeger 2.13.0, the backend answered 401 to /api/services',
  ],
  [
    state({ reachable: false, services: 4, lastError: 'the backend cannot be reached' }),
    'Jaeger, cannot be reached',
  ],
])('%j reads as %s', (given, words) => {
  expect(sourceDetail({ about: 'Jaeger', ...(given && { state: given }) })).toBe(words)
})

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
  expect(sourceDetail('Jaeger', given)).toBe(words)
})

const NOW = 1_700_000_000_000
const langfuse = { reachable: true, checkedAt: micros(NOW * 1000) }

it.each([
  [undefined, 'Langfuse'],
  [langfuse, 'Langfuse'],
  [{ ...langfuse, version: '4.16.0', project: 'Shop' }, 'Langfuse 4.16.0, project Shop'],
  [{ ...langfuse, reachable: false, version: '3.1.0' }, 'Langfuse 3.1.0, cannot be reached'],
  [{ ...langfuse, lastError: 'the backend answered 401 to /x' }, 'Langfuse, the backend answered 401 to /x'],
  [{ ...langfuse, rateLimit: { remaining: 12 } }, 'Langfuse, 12 calls left'],
  [{ ...langfuse, rateLimit: { remaining: 12, limit: 30 } }, 'Langfuse, 12 of 30 calls left'],
  [{ ...langfuse, retryAt: micros((NOW + 29_500) * 1000) }, 'Langfuse, asks to be left alone for 30 s'],
  [
    { ...langfuse, retryAt: micros((NOW - 1) * 1000), rateLimit: { remaining: 30 } },
    'Langfuse, 30 calls left',
  ],
])('says %j as %s', (state, said) => {
  expect(sourceDetail('Langfuse', state, NOW)).toBe(said)
})

import { expect, it } from 'vitest'
import { micros } from '../domain/model/units.ts'
import { sourceDetail } from './source-detail.ts'

const NOW = 1_700_000_000_000
const base = { reachable: true, checkedAt: micros(NOW * 1000) }

it.each([
  [undefined, 'Langfuse'],
  [base, 'Langfuse'],
  [{ ...base, version: '4.16.0', project: 'Shop' }, 'Langfuse 4.16.0, project Shop'],
  [{ ...base, reachable: false, version: '3.1.0' }, 'Langfuse 3.1.0, cannot be reached'],
  [{ ...base, lastError: 'the backend answered 401 to /x' }, 'Langfuse, the backend answered 401 to /x'],
  [{ ...base, rateLimit: { remaining: 12 } }, 'Langfuse, 12 calls left'],
  [{ ...base, rateLimit: { remaining: 12, limit: 30 } }, 'Langfuse, 12 of 30 calls left'],
  [{ ...base, retryAt: micros((NOW + 29_500) * 1000) }, 'Langfuse, asks to be left alone for 30 s'],
  [{ ...base, retryAt: micros((NOW - 1) * 1000), rateLimit: { remaining: 30 } }, 'Langfuse, 30 calls left'],
])('says %j as %s', (state, said) => {
  expect(sourceDetail('Langfuse', state, NOW)).toBe(said)
})

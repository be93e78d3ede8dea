import { describe, expect, it } from 'vitest'
import { quotaOf, quotaWaitOf } from './rate-limit.ts'

const NOW = 1_700_000_000_000
const headers = (pairs: Readonly<Record<string, string>>) => new Headers(pairs)

describe('what is left of a quota', () => {
  it.each([
    [
      { 'x-ratelimit-remaining': '12', 'x-ratelimit-limit': '30', 'x-ratelimit-reset': '9' },
      { remaining: 12, limit: 30, resetAt: (NOW + 9_000) * 1000 },
    ],
    [{ 'ratelimit-remaining': '0' }, { remaining: 0 }],
    [
      { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '1700000060' },
      { remaining: 1, resetAt: (NOW + 60_000) * 1000 },
    ],
    [
      { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '2023-11-14T22:13:30.000Z' },
      { remaining: 1, resetAt: (NOW + 10_000) * 1000 },
    ],
    [{ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': 'soon' }, { remaining: 1 }],
    [{ 'x-ratelimit-remaining': 'some' }, undefined],
    [{}, undefined],
  ])('%j is %j', (given, quota) => {
    expect(quotaOf(headers(given), NOW)).toEqual(quota)
  })

  it('is waited for where nothing is', () => {
    const wait = (left: string, reset: string) =>
      quotaWaitOf(headers({ 'x-ratelimit-remaining': left, 'x-ratelimit-reset': reset }), NOW)
    expect([wait('1', '9'), wait('0', '9'), wait('0', '2023-11-14T22:13:30Z'), wait('0', '-9')]).toEqual([
      undefined,
      9_000,
      10_000,
      undefined,
    ])
  })
})

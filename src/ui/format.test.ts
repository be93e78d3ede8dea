import { describe, expect, test } from 'vitest'
import {
  ageText,
  clockTime,
  dayText,
  durationText,
  formatCost,
  formatCount,
  fullTime,
  inSeconds,
  shareText,
  versionText,
} from './text/format.ts'

const NOON = Date.UTC(2026, 10, 20, 14, 2, 3, 118) * 1000

describe('durations', () => {
  test.each([
    [0, '0.00'],
    [6_210_000, '6.21'],
    [310_000, '0.31'],
    [1_200, '0.0012'],
    [4_321_000_000, '4,321'],
  ])('%i µs in a column of seconds: %s', (us, value) => {
    expect(inSeconds(us)).toEqual({ value, unit: 's' })
  })

  test.each([
    [0, '0 s'],
    [7, '7 µs'],
    [12_400, '12.4 ms'],
    [318_000, '318 ms'],
    [999_600, '1.00 s'],
    [6_210_000, '6.21 s'],
    [90_000_000, '1.5 min'],
    [7_200_000_000, '2.0 h'],
  ])('%i µs in the unit that fits: %s', (us, text) => {
    expect(durationText(us)).toBe(text)
  })
})

test.each([
  [0, '$0'],
  [0.00001, '<$0.0001'],
  [0.0214, '$0.0214'],
  [18.4219, '$18.42'],
  [1234.5, '$1,234.50'],
])('%d dollars: %s', (usd, text) => {
  expect(formatCost(usd)).toBe(text)
})

test.each([
  [0, 10, '0.0 %'],
  [1, 10_000, '<0.1 %'],
  [7, 100, '7.0 %'],
  [30, 100, '30 %'],
  [1, 0, '—'],
])('%d of %d is %s', (part, whole, expected) => {
  expect(shareText(part, whole)).toBe(expected)
})

test('counts are grouped', () => {
  expect(formatCount(12_480)).toBe('12,480')
})

test('times in UTC', () => {
  expect(clockTime(NOON, true)).toBe('14:02:03')
  expect(dayText(NOON, true, 2026)).toBe('20 Nov')
  expect(fullTime(NOON, true)).toBe('20 Nov 2026, 14:02:03.118 UTC')
  expect(fullTime(1e300, true)).toBe('13 Sep 275760, 00:00:00.000 UTC')
})

test.each([
  [0, 'just now'],
  [59, '59 s ago'],
  [60, '1 min ago'],
  [7_300, '2 h ago'],
  [90_000_000, '1,041 d ago'],
])('%i seconds ago: %s', (seconds, text) => {
  expect(ageText(NOON, NOON + seconds * 1e6)).toBe(text)
})

test.each([
  ['12', 'v12'],
  ['2.3.1', 'v2.3.1'],
  ['v7', 'v7'],
  ['20260820-095533-corn-latitude.tar.gz', '20260820-095533-corn-latitude.tar.gz'],
])('version %s reads %s', (version, expected) => {
  expect(versionText(version)).toBe(expected)
})

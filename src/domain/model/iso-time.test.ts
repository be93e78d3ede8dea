import { describe, expect, it } from 'vitest'
import { formatIsoTime, parseIsoTime } from './iso-time.ts'
import { micros } from './units.ts'

const NOON = Date.UTC(2026, 7, 1, 12, 0, 0) * 1000

describe('parseIsoTime', () => {
  it.each([
    ['2026-08-01T12:00:00Z', NOON],
    ['2026-08-01T12:00Z', NOON],
    ['2026-08-01 12:00:00z', NOON],
    ['2026-08-01T14:00:00+02:00', NOON],
    ['2026-08-01T14:00:00 02:00', NOON],
    ['2026-08-01T14:00:00+0200', NOON],
    ['2026-08-01T14:00:00+02', NOON],
    ['2026-08-01T06:30:00-05:30', NOON],
    ['2026-08-01T12:00:00.5Z', NOON + 500_000],
    ['2026-08-01T12:00:00,000001Z', NOON + 1],
    ['2026-08-01T12:00:00.123456789Z', NOON + 123_456],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29) * 1000],
    ['1969-12-31T23:59:59.999999Z', -1],
  ])('reads %s', (text, expected) => {
    expect(parseIsoTime(text)).toBe(expected)
  })

  it.each([
    '2026-08-01',
    '2026-08-01T12:00:00',
    '2026-02-30T12:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-13-01T12:00:00Z',
    '2026-00-01T12:00:00Z',
    '2026-08-01T24:00:00Z',
    '2026-08-01T12:60:00Z',
    '2026-08-01T12:00:60Z',
    '2026-08-01T12:00:00+24:00',
    '2026-08-01T12:00:00+02:60',
    '1785585600',
    'yesterday',
    '',
    ' 2026-08-01T12:00:00Z',
  ])('refuses %s', (text) => {
    expect(parseIsoTime(text)).toBeNull()
  })
})

describe('formatIsoTime', () => {
  it.each([
    [NOON, '2026-08-01T12:00:00Z'],
    [NOON + 120_000, '2026-08-01T12:00:00.120Z'],
    [NOON + 120_007, '2026-08-01T12:00:00.120007Z'],
    [NOON + 7, '2026-08-01T12:00:00.000007Z'],
    [-1, '1969-12-31T23:59:59.999999Z'],
  ])('writes %d as %s, which reads back', (time, text) => {
    expect(formatIsoTime(micros(time))).toBe(text)
    expect(parseIsoTime(text)).toBe(time)
  })
})

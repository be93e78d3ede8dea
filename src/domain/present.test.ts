import { describe, expect, it } from 'vitest'
import {
  bytesText,
  clockText,
  compactText,
  costText,
  countText,
  dayText,
  durationText,
  measuredText,
  momentText,
  offsetText,
  presentDuration,
  presentMetric,
  relativeText,
  secondsText,
  shareText,
  timeText,
  zoneText,
} from './present.ts'
import { METRIC_NAMES } from './trace.ts'
import { durationMicros, micros } from './units.ts'

const NOON = Date.UTC(2026, 10, 20, 14, 2, 3, 118) * 1000

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [1, '1 µs'],
    [999, '999 µs'],
    [1_000, '1.00 ms'],
    [4_100, '4.10 ms'],
    [9_996, '10.0 ms'],
    [12_400, '12.4 ms'],
    [99_960, '100 ms'],
    [318_000, '318 ms'],
    [999_499, '999 ms'],
    [999_500, '1.00 s'],
    [6_210_000, '6.21 s'],
    [12_400_000, '12.4 s'],
    [59_949_000, '59.9 s'],
    [59_950_000, '1:00 min'],
    [125_400_000, '2:05 min'],
    [3_599_400_000, '59:59 min'],
    [3_599_500_000, '1:00 h'],
    [5_400_000_000, '1:30 h'],
    [360_000_000_000_0, '1,000:00 h'],
    [-12_000, '−12.0 ms'],
    [Number.NaN, '—'],
  ])('%d µs reads %s', (length, text) => {
    expect(durationText(length as never)).toBe(text)
  })

  it('keep value and unit apart', () => {
    expect(presentDuration(durationMicros(6_210_000))).toEqual({ value: '6.21', unit: 's' })
  })

  it('keep one unit in a column', () => {
    expect([250_000, 12_400_000, 1_000_000_000].map((one) => secondsText(durationMicros(one)))).toEqual([
      '0.25',
      '12.40',
      '1,000.00',
    ])
  })

  it('as offsets carry their sign', () => {
    expect([1_970_000, 0, -12_000].map((one) => offsetText(durationMicros(one)))).toEqual([
      '+1.97 s',
      '+0 ms',
      '−12.0 ms',
    ])
  })
})

describe('numbers', () => {
  it.each([
    [countText(0), '0'],
    [countText(12_480), '12,480'],
    [compactText(950), '950'],
    [compactText(11_639), '11.6 K'],
    [compactText(2_200_000), '2.2 M'],
    [costText(0), '$0'],
    [costText(0.0214), '$0.0214'],
    [costText(0.5), '$0.5000'],
    [costText(0.99999), '$1.00'],
    [costText(18.42), '$18.42'],
    [costText(1842), '$1,842.00'],
    [costText(0.0000123), '$0.000012'],
    [costText(-0.01), '−$0.0100'],
    [shareText(0), '0 %'],
    [shareText(0.041), '4.1 %'],
    [shareText(0.48), '48 %'],
    [shareText(1), '100 %'],
    [shareText(0.0001), '< 0.1 %'],
    [shareText(0.9999), '> 99 %'],
    [bytesText(0), '0 B'],
    [bytesText(999), '999 B'],
    [bytesText(4_120), '4.12 kB'],
    [bytesText(84_000_000), '84.0 MB'],
    [bytesText(999_600), '1.00 MB'],
    [measuredText(0, countText), '0'],
    [measuredText(null, countText), '—'],
    [measuredText(undefined, costText), '—'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected)
  })
})

describe('presentMetric', () => {
  it('tells zero, unmeasured, not applicable, partial and estimated apart', () => {
    const metrics = {
      llmTurns: 0,
      totalTokens: 2046,
      inputTokens: null,
      cost: 0.0214,
      timeToFirstToken: 318_000,
      partial: ['totalTokens', 'cost'],
      estimated: ['cost'],
    } as const
    expect(presentMetric(metrics, 'llmTurns')).toEqual({
      value: '0',
      unit: '',
      state: 'known',
      partial: false,
      estimated: false,
    })
    expect(presentMetric(metrics, 'totalTokens')).toMatchObject({
      value: '2,046',
      partial: true,
      reason: 'partial: only some of the calls were measured',
    })
    expect(presentMetric(metrics, 'inputTokens')).toMatchObject({
      value: '—',
      state: 'unmeasured',
      reason: 'not measured',
    })
    expect(presentMetric(metrics, 'toolCalls')).toMatchObject({ value: '—', state: 'not-applicable' })
    expect(presentMetric(metrics, 'cost')).toMatchObject({ value: '$0.0214', partial: true, estimated: true })
    expect(presentMetric(metrics, 'timeToFirstToken')).toMatchObject({ value: '318', unit: 'ms' })
  })

  it('knows every metric', () => {
    for (const name of METRIC_NAMES) expect(presentMetric({ [name]: 1 }, name).state).toBe('known')
  })
})

describe('times', () => {
  const time = micros(NOON)
  it.each([
    [clockText(time, 'UTC'), '14:02:03'],
    [clockText(time, 'America/Sao_Paulo'), '11:02:03'],
    [clockText(micros(Date.UTC(2026, 0, 1) * 1000), 'UTC'), '00:00:00'],
    [timeText(time, 'UTC'), '20 Nov 2026, 14:02:03.118'],
    [timeText(time, 'Asia/Kolkata'), '20 Nov 2026, 19:32:03.118'],
    [dayText(time, 'Pacific/Auckland'), '21 Nov 2026'],
    [zoneText(time, 'UTC'), 'UTC'],
    [zoneText(time, 'Asia/Kolkata'), 'GMT+5:30'],
    [clockText(micros(1e300), 'UTC'), '—'],
    [zoneText(micros(1e300), 'UTC'), '—'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected)
  })

  it('stand in the reader’s zone by default', () => {
    const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone
    expect(timeText(time)).toBe(timeText(time, zone))
  })

  it('are as short as today allows, by the days of the zone', () => {
    const now = micros(NOON + 3_600_000_000)
    expect(momentText(time, now, 'UTC')).toBe('14:02:03')
    expect(momentText(micros(NOON - 86_400_000_000), now, 'UTC')).toBe('19 Nov 14:02')
    expect(momentText(micros(NOON - 365 * 86_400_000_000), now, 'UTC')).toBe('20 Nov 2025')
    const midnight = micros(Date.UTC(2026, 10, 20, 23, 30) * 1000)
    expect(momentText(midnight, micros(midnight + 3_600_000_000), 'UTC')).toBe('20 Nov 23:30')
    expect(momentText(midnight, micros(midnight + 3_600_000_000), 'America/New_York')).toBe('18:30:00')
  })

  it.each([
    [0, 'now'],
    [0.9, 'now'],
    [1, '1 s ago'],
    [59, '59 s ago'],
    [60, '1 min ago'],
    [3_599, '59 min ago'],
    [7_200, '2 h ago'],
    [90_000, '1 d ago'],
    [400 * 86_400, '400 d ago'],
    [-120, 'in 2 min'],
  ])('%d s before now reads %s', (seconds, text) => {
    expect(relativeText(micros(NOON - seconds * 1e6), time)).toBe(text)
  })
})

import { expect, it } from 'vitest'
import { countJson } from '../../json-count.ts'
import { decodeLogsJson } from '../decode-logs.ts'
import { decodeTracesJson } from '../decode-traces.ts'
import { DEFAULT_OTLP_LIMITS } from '../guard/otlp-limits.ts'
import { inOneGo } from '../guard/steps.ts'
import { otlpJsonLimits } from './json-limits.ts'

/** Records beyond ten times their limit refuse a request. */
const LIMITS = { ...DEFAULT_OTLP_LIMITS, groups: 4, records: 1 }
const GROUPS = 'more than 4 resources and scopes in one request'
const RECORDS = 'more than 10 spans or log records in one request'

const counted = (value: unknown): string => {
  try {
    inOneGo(countJson(new TextEncoder().encode(JSON.stringify(value)), otlpJsonLimits(LIMITS)))
    return 'fits'
  } catch (error) {
    return (error as Error).message
  }
}
const items = (count: number) => Array.from({ length: count }, () => ({}))

it.each([
  ['resources', (count: number) => ({ resourceSpans: items(count) }), 4, GROUPS],
  ['scopes', (count: number) => ({ resourceSpans: [{ scopeSpans: items(count) }] }), 4, GROUPS],
  ['spans', (count: number) => ({ resourceSpans: [{ scopeSpans: [{ spans: items(count) }] }] }), 10, RECORDS],
  [
    'spans of two scopes',
    (count: number) => ({
      resourceSpans: [{ scopeSpans: [{ spans: items(5) }, { spans: items(count - 5) }] }],
    }),
    10,
    RECORDS,
  ],
  [
    'log records',
    (count: number) => ({ resourceLogs: [{ scopeLogs: [{ logRecords: items(count) }] }] }),
    10,
    RECORDS,
  ],
])('%s are counted where they stand, as they are when they are read', (_, of, most, problem) => {
  expect(counted(of(most))).toBe('fits')
  expect(counted(of(most + 1))).toBe(problem)
  const decode = JSON.stringify(of(1)).includes('Logs') ? decodeLogsJson : decodeTracesJson
  expect(() => decode(of(most + 1), LIMITS)).toThrow(problem)
})

it('counts no other list for one of them', () => {
  const many = Array.from({ length: 50 }, (_, at) => ({
    key: `k${at}`,
    value: { arrayValue: { values: [{ intValue: 1 }, { arrayValue: { values: [{}, {}, {}, {}, {}] } }] } },
  }))
  const span = {
    attributes: many,
    events: [{ attributes: many }, ...items(50)],
    links: [{ attributes: many }],
  }
  const scope = { name: 's', attributes: many }
  const value = {
    resourceSpans: [{ resource: { attributes: many }, scopeSpans: [{ scope, spans: [span, span] }] }],
  }
  expect(counted(value)).toBe('fits')
})

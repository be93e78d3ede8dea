import { expect, it } from 'vitest'
import { readView } from '../../state/location.ts'
import type { ImportReport } from '../../state/opening/import-reply.ts'
import { formatWords, importedHref, sizeText } from './import-words.ts'

const report = (rest: Partial<ImportReport>): ImportReport => ({
  bytes: 1,
  formats: {},
  spans: 1,
  logs: 0,
  rejected: 0,
  traces: 1,
  tracesAtLeast: false,
  traceIds: [],
  problems: [],
  ...rest,
})
const queryOf = (href: string | undefined) => readView(href?.split('?')[1] ?? '').query

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [12_400, '12 kB'],
  [200_000_000, '200.0 MB'],
  [3_456_000_000, '3.46 GB'],
])('%d bytes read %s', (bytes, text) => expect(sizeText(bytes)).toBe(text))

it('names formats, and says so where there are none', () => {
  expect(formatWords({ 'otlp-traces': 3, jaeger: 1 })).toBe('OTLP traces and Jaeger')
  expect(formatWords({ newer: 1 })).toBe('newer')
  expect(formatWords({})).toBe('Nothing known')
})

it('leads to the one trace, to several by name, to many by time', () => {
  expect(importedHref(report({ traceIds: ['a/b'] }))).toBe('/local/traces/a%2Fb')
  expect(queryOf(importedHref(report({ traces: 2, traceIds: ['a', 'b'] }))).conditions).toEqual([
    { field: 'kind', operator: 'is', values: ['any'] },
    { field: 'traceId', operator: 'is', values: ['a', 'b'] },
  ])
  const many = report({
    traces: 3000,
    traceIds: ['a', 'b'],
    from: 1_700_000_000_000_000,
    to: 1_700_000_001_000_000,
  })
  expect(queryOf(importedHref(many))).toMatchObject({
    from: 1_700_000_000_000_000,
    to: 1_700_000_001_000_001,
    conditions: [{ field: 'kind', operator: 'is', values: ['any'] }],
  })
})

it('leads nowhere where nothing came in', () => {
  expect(importedHref(report({ traces: 0 }))).toBeUndefined()
})

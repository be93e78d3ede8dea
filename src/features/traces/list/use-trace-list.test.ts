import { expect, test } from 'vitest'
import type { TraceSummary } from '../../../domain/model/trace.ts'
import { durationMicros, micros, traceId } from '../../../domain/model/units.ts'
import { gapsOf, patched, problemsOf, rowsOf, scannedBy } from './use-trace-list.ts'

const trace = (id: string, status: TraceSummary['status'] = 'ok'): TraceSummary => ({
  traceId: traceId(id),
  startTime: micros(1),
  duration: durationMicros(1),
  status,
  kind: 'turn',
  chatbot: { id: 'bot', name: 'Bot' },
  metrics: {},
  tags: [],
  feedback: [],
  services: [],
})

test('a trace that stands on two pages is one row', () => {
  const rows = rowsOf([{ items: [trace('a'), trace('b')] }, { items: [trace('b'), trace('c')] }])
  expect(rows.map((row) => row.traceId)).toEqual(['a', 'b', 'c'])
})

test('a running turn that ended stands where it stood', () => {
  const data = {
    pages: [{ items: [trace('a'), trace('b', 'pending')] }, { items: [trace('c')] }],
    pageParams: [undefined, 'x'],
  }
  const next = patched(data, new Map([[traceId('b'), trace('b', 'error')]]))
  expect(next.pages.map(({ items }) => items.map(({ status }) => status))).toEqual([['ok', 'error'], ['ok']])
  expect(next.pageParams).toEqual([undefined, 'x'])
})

test('how far all pages looked', () => {
  const page = (traces: number, from: number | null, complete: boolean) => ({
    items: [],
    scanned: { traces, from: from === null ? null : micros(from), to: micros(900), complete },
  })
  expect(scannedBy([page(500, 600, false), page(500, 300, false), page(84, 100, true)])).toEqual({
    traces: 1084,
    from: 100,
    to: 900,
    complete: true,
  })
  expect(scannedBy([page(5, null, true)])).toMatchObject({ traces: 5, from: null })
  expect(scannedBy([{ items: [] }])).toBeUndefined()
})

test('what was odd is told once, but for gaps, and for failures that the next page did not meet', () => {
  const gap = { from: micros(5), to: micros(6), fact: 'too many at once' }
  const first = {
    items: [],
    problems: ['too many at once', 'slow down', 'odd span'],
    gaps: [gap],
    stopped: 'slow down',
  }
  const second = { items: [], problems: ['odd span', 'slow down'], stopped: 'slow down' }
  expect(problemsOf([first])).toEqual(['slow down', 'odd span'])
  expect(problemsOf([first, { items: [] }])).toEqual(['odd span'])
  expect(problemsOf([first, second])).toEqual(['odd span', 'slow down'])
  expect(problemsOf([{ items: [] }])).toEqual([])
  expect(gapsOf([first, second, { items: [], gaps: [gap] }])).toEqual([gap, gap])
})

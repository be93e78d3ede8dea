import { describe, expect, it } from 'vitest'
import { EVERYTHING } from '../../domain/query/trace-query.ts'
import { readMeaning } from '../../semantics/span/meaning.ts'
import { readSpan } from '../../semantics/span/read-span.ts'
import { summarise } from '../../semantics/trace/summarise.ts'
import { describeTraceSource } from '../conformance.ts'
import { generateConversations } from '../sample/conversations.ts'
import { holdTrace } from '../sample/hold-trace.ts'
import { differencesOf, expectKept } from './differences.ts'
import { FakeBackend } from './fake-backend.ts'
import { type Harness, sortsBy } from './harness.ts'
import { lossChecks, undeclaredLossChecks } from './loss-checks.ts'
import { isDeclared, lossOf } from './losses.ts'
import { wholeTraceChecks } from './whole-trace-checks.ts'

const NOW = Date.UTC(2026, 10, 21, 14, 3)
const held = (turns = 150) =>
  [...generateConversations({ turns, now: NOW, days: 4 })].map(({ spans, arrival }) =>
    holdTrace(
      { readSpan: (span) => readSpan(span), summarise, readMeaning: (span) => readMeaning(span) },
      spans,
      arrival,
    ),
  )

const over = (wrap: (backend: FakeBackend) => FakeBackend): Harness => ({
  now: NOW,
  open: async (traces) => {
    const source = wrap(new FakeBackend(traces, () => NOW))
    return {
      source,
      insert: async (more) => source.add(more),
      reopen: async () => wrap(new FakeBackend(traces, () => NOW)),
      close: async () => {},
    }
  },
})

describeTraceSource(
  'a backend of four calls',
  () => held(),
  over((backend) => backend),
)

/** Keeps no resource of a span. */
function forgetful(backend: FakeBackend): FakeBackend {
  const whole = backend.getSpan
  backend.getSpan = async (...asked) => {
    const detail = await whole(...asked)
    return { ...detail, span: { ...detail.span, resource: {} } }
  }
  return backend
}

describe('a backend that forgets', () => {
  const traces = held(40)
  const source = forgetful(new FakeBackend(traces, () => NOW))
  const losses = { 'span.resource': 'a backend that keeps no resource' } as const
  const harness: Harness = { ...over(forgetful), losses, skips: { pending: 'none of so few is pending' } }
  const subject = { harness, source, traces, now: () => NOW }
  wholeTraceChecks(subject)
  undeclaredLossChecks(subject)
  lossChecks(subject, losses)
})

describe('a backend that forgets and does not say so', () => {
  const traces = held(20)
  const source = forgetful(new FakeBackend(traces, () => NOW))
  const subject = { harness: over(forgetful), source, traces, now: () => NOW }

  it('fails for what it forgets', async () => {
    await expect(expectKept(subject, 'getSpan', traces)).rejects.toThrow('span.resource')
    await expectKept(subject, 'getTrace', traces)
    await expect(expectKept(subject, 'getSpan', [])).rejects.toThrow()
  })

  it('and for nothing else', async () => {
    expect([...(await differencesOf(subject, 'getSpan', traces)).keys()]).toEqual(['span.resource'])
    for (const call of ['listTraces', 'getTrace', 'getSpans'] as const)
      expect([...(await differencesOf(subject, call, traces)).keys()]).toEqual([])
  })
})

describe('losses', () => {
  it('that are declared are no others; a trace holds what its summary does', () => {
    const losses = { 'summary.tags': 'not kept', 'span.links': 'not kept' } as const
    expect(isDeclared('span.links', losses)).toBe(true)
    expect(isDeclared('span.resource', losses)).toBe(false)
    expect(isDeclared('summary.tags', losses)).toBe(true)
    expect(isDeclared('trace.tags' as 'summary.tags', losses)).toBe(true)
    expect(isDeclared('trace.sessionData', losses)).toBe(false)
  })

  it('take the filters with them that read what is lost', () => {
    expect(lossOf('score', { 'summary.feedback': 'no scores' })).toBe('summary.feedback: no scores')
    expect(lossOf('tag', { 'summary.feedback': 'no scores' })).toBeUndefined()
  })
})

describe('what a source sorts by', () => {
  it.each([
    [[], false, 'startTime', true, true],
    [[], true, 'startTime', false, false],
    [['startTime'], true, 'startTime', false, true],
    [['cost'], false, 'cost', true, true],
    [['cost'], false, 'cost', false, false],
  ] as const)(
    'with %j, ascending %s: %s descending %s is %s',
    (sorts, ascending, field, descending, given) => {
      expect(sortsBy({ sorts, ascending }, { field, descending })).toBe(given)
    },
  )
})

describe('a walk through a backend', () => {
  const never = new AbortController().signal

  it('asks few times for a page, and not again for all the pages before', async () => {
    const backend = new FakeBackend(held(40), () => NOW)
    const pages: number[] = []
    let cursor: string | undefined
    do {
      const before = backend.calls
      const page = await backend.listTraces(EVERYTHING, { limit: 5, ...(cursor && { cursor }) }, never)
      pages.push(backend.calls - before)
      cursor = page.nextCursor
    } while (cursor !== undefined)
    expect(pages.length).toBeGreaterThan(6)
    expect(Math.max(...pages)).toBeLessThanOrEqual(30)
  })
})

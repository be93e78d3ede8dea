import { describe, expect, it } from 'vitest'
import { EVERYTHING } from '../../domain/query/trace-query.ts'
import { readMeaning } from '../../semantics/span/meaning.ts'
import { readSpan } from '../../semantics/span/read-span.ts'
import { summarise } from '../../semantics/trace/summarise.ts'
import { describeTraceSource } from '../conformance.ts'
import { generateConversations } from '../sample/conversations.ts'
import { holdTrace } from '../sample/hold-trace.ts'
import { FakeBackend } from './fake-backend.ts'
import type { Harness } from './harness.ts'
import { lossChecks } from './loss-checks.ts'
import { kept, lossOf } from './losses.ts'
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
  lossChecks(subject, losses)
})

describe('losses', () => {
  const given = { spanId: 'a', resource: {}, links: [] }
  const wanted = { spanId: 'a', resource: { 'service.name': 'rasa' }, links: [] }

  it('that are declared are compared no further, and no other', () => {
    const losses = { 'span.resource': 'not kept' } as const
    expect(kept('span', given, losses)).toEqual(kept('span', wanted, losses))
    expect(kept('span', given)).not.toEqual(kept('span', wanted))
    expect(kept('span', given, { 'span.links': 'not kept' })).not.toEqual(kept('span', wanted))
    expect(kept('trace', { tags: [] }, { 'summary.tags': 'not kept' })).toEqual({})
  })

  it('take the filters with them that read what is lost', () => {
    expect(lossOf('score', { 'summary.feedback': 'no scores' })).toBe('summary.feedback: no scores')
    expect(lossOf('tag', { 'summary.feedback': 'no scores' })).toBeUndefined()
  })
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

import { describe, expect, it } from 'vitest'
import type { SpanDetail } from '../domain/model/span.ts'
import { type SpanId, spanId, traceId } from '../domain/model/units.ts'
import type { TraceSource } from '../domain/port/trace-source.ts'
import { payloadOf } from './span-payloads.ts'

const TRACE = traceId('t')
const ids = (count: number, from = 0) => Array.from({ length: count }, (_, at) => spanId(`s${from + at}`))
const detail = (span: SpanId) => ({ span: { spanId: span } }) as SpanDetail

/** A source that has every span but those named, and notes how it was asked. */
function source(missing: readonly string[] = [], held: Promise<unknown> = Promise.resolve()) {
  const calls: (readonly SpanId[])[] = []
  const signals: AbortSignal[] = []
  const asked = {
    getSpan: async (_trace: unknown, span: SpanId, signal: AbortSignal) => {
      calls.push([span])
      signals.push(signal)
      return detail(span)
    },
    getSpanDetails: async (_trace: unknown, spans: readonly SpanId[], signal: AbortSignal) => {
      calls.push(spans)
      signals.push(signal)
      await new Promise((resolve, reject) => {
        held.then(resolve)
        signal.addEventListener('abort', () => reject(signal.reason))
      })
      return spans.filter((span) => !missing.includes(span)).map(detail)
    },
  }
  return { source: asked as unknown as TraceSource, calls, signals }
}
const never = new AbortController().signal

describe('payloads that are wanted together', () => {
  it.each([
    [1, 1],
    [100, 1],
    [101, 2],
    [121, 2],
  ])('%i of them come in %i calls', async (count, calls) => {
    const asked = source()
    const details = await Promise.all(ids(count).map((span) => payloadOf(asked.source, TRACE, span, never)))
    expect(details.map(({ span }) => span.spanId)).toEqual(ids(count))
    expect(asked.calls.length).toBe(calls)
  })

  it('are told apart by trace, and asked for once', async () => {
    const asked = source()
    await Promise.all([
      payloadOf(asked.source, TRACE, spanId('a'), never),
      payloadOf(asked.source, TRACE, spanId('a'), never),
      payloadOf(asked.source, traceId('other'), spanId('a'), never),
    ])
    expect(asked.calls).toEqual([['a'], ['a']])
  })

  it('fail each by itself where one is not there', async () => {
    const asked = source(['s1'])
    const outcomes = await Promise.allSettled(
      ids(3).map((span) => payloadOf(asked.source, TRACE, span, never)),
    )
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(outcomes[1]).toMatchObject({ reason: { kind: 'not-found' } })
  })

  it('are given up only when nobody waits any more', async () => {
    let goOn = () => {}
    const asked = source([], new Promise<void>((resolve) => (goOn = resolve)))
    const [one, two] = [new AbortController(), new AbortController()]
    const first = payloadOf(asked.source, TRACE, spanId('a'), one.signal)
    const second = payloadOf(asked.source, TRACE, spanId('b'), two.signal)
    await expect.poll(() => asked.signals.length).toBe(1)
    one.abort(new Error('gone'))
    await expect(first).rejects.toThrow('gone')
    expect(asked.signals[0]?.aborted).toBe(false)
    goOn()
    expect((await second).span.spanId).toBe('b')
    const third = payloadOf(asked.source, TRACE, spanId('c'), one.signal)
    await expect(third).rejects.toThrow('gone')
    expect(asked.calls.length).toBe(1)
  })
})

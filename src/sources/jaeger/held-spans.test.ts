import { describe, expect, it } from 'vitest'
import type { Span } from '../../domain/model/span.ts'
import { durationMicros, micros, spanId, traceId } from '../../domain/model/units.ts'
import { HeldSpans } from './held-spans.ts'

const spansOf = (count: number): readonly Span[] =>
  Array.from({ length: count }, (_, at) => ({
    traceId: traceId('1'.padStart(32, '0')),
    spanId: spanId((at + 1).toString(16).padStart(16, '0')),
    parentId: null,
    name: `step ${at} é\u2028"`,
    otelKind: 'internal',
    // Half of them the other way round.
    startTime: micros(1e15 + (at % 2 === 0 ? at : count - at)),
    duration: at % 3 === 0 ? null : durationMicros(at),
    status: { code: 'unset' },
    attributes: { n: at, list: ['a', null, { b: 0.5 }], big: '9007199254740993' },
    events: [],
    links: [],
    resource: { 'service.name': 'bot' },
    scope: { name: '' },
  }))

const all = async (held: HeldSpans): Promise<readonly Span[]> => {
  const spans: Span[] = []
  for await (const batch of held.batches()) spans.push(...batch)
  return spans
}

describe.each([0, 1, 499, 5_000, 5_001, 12_345])('%i spans', (count) => {
  const spans = spansOf(count)
  const inOrder = spans.toSorted((a, b) => a.startTime - b.startTime)

  it('come in order of time, packed or not', async () => {
    const held = new HeldSpans(spans)
    expect(await all(held)).toEqual(inOrder)
    await held.pack()
    expect(await all(held)).toEqual(inOrder)
  })

  it('are found by their ids before, while and after they are packed', async () => {
    const held = new HeldSpans(spans)
    const wanted = [spans[0], spans[count >> 1], spans.at(-1)].filter((span) => span !== undefined)
    const ids = [...wanted.map((span) => span.spanId), 'none']
    const expected = new Map(wanted.map((span) => [span.spanId, span]))
    expect(await held.find(ids)).toEqual(expected)
    const packing = held.pack()
    expect(await held.find(ids)).toEqual(expected)
    await packing
    expect(await held.find(ids)).toEqual(expected)
  })
})

it('weighs less packed than it lay open, and 100,000 spans fit where opened traces are kept', () => {
  expect(new HeldSpans(spansOf(5_001)).bytes).toBeLessThan(new HeldSpans(spansOf(5_000)).bytes)
  expect(new HeldSpans(spansOf(100_000)).bytes).toBeLessThan(32_000_000)
})

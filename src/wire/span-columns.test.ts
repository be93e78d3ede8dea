import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { SPAN_KINDS, type SpanOutline } from '../domain/model/span.ts'
import { durationMicros, micros, spanId } from '../domain/model/units.ts'
import { buildSpanTree, type SpanTree } from '../domain/tree/span-tree.ts'
import { decodeSpanColumns, encodeSpanColumns, spanColumnsSchema } from './span-columns.ts'

/** Every property of an outline has a column: a new one does not get lost on the way without a word. */
const COLUMN_OF: Record<keyof SpanOutline, string> = {
  spanId: 'ids',
  parentId: 'parents',
  name: 'name',
  kind: 'kind',
  startTime: 'starts',
  duration: 'durations',
  service: 'service',
  state: 'state',
  label: 'label',
  tool: 'tool',
  error: 'errors',
  duplicate: 'duplicates',
}

const id = fc.integer({ min: 0, max: 30 }).map((number) => spanId(number.toString(16).padStart(16, '0')))

const outline: fc.Arbitrary<SpanOutline> = fc
  .record(
    {
      spanId: id,
      parentId: fc.option(id, { nil: null }),
      name: fc.string(),
      kind: fc.constantFrom(...SPAN_KINDS),
      startTime: fc.integer({ min: 0, max: 2_000_000_000 }).map((millis) => micros(millis * 5_500_003)),
      duration: fc.option(fc.nat().map(durationMicros), { nil: null }),
      service: fc.constantFrom('rasa', 'rasa_sdk', ''),
      state: fc.constantFrom('ok', 'error', 'recovered', 'contains-error', 'running'),
      label: fc.string({ minLength: 1 }),
      tool: fc.string({ minLength: 1 }),
      error: fc.string(),
      duplicate: fc.constant(true as const),
    },
    {
      requiredKeys: ['spanId', 'parentId', 'name', 'kind', 'startTime', 'duration', 'service', 'state'],
      noNullPrototype: true,
    },
  )
  .map((span) => span as SpanOutline)

describe('span columns', () => {
  it('give back what was put in, through JSON, whatever it was', () => {
    fc.assert(
      fc.property(fc.array(outline, { maxLength: 40 }), fc.boolean(), (spans, complete) => {
        const body = JSON.parse(JSON.stringify(encodeSpanColumns({ spans, complete, problems: ['odd'] })))
        const read = decodeSpanColumns(z.parse(spanColumnsSchema, body))
        expect(read).toEqual({ spans, complete, problems: ['odd'], links: expect.anything() })
      }),
    )
  })

  it('say who hangs under whom as the ids do', () => {
    const shape = (tree: SpanTree) => ({ ...tree, rowOf: tree.spans.map(({ spanId }) => tree.rowOf(spanId)) })
    fc.assert(
      fc.property(fc.array(outline, { maxLength: 40 }), fc.boolean(), (spans, withCopies) => {
        const read = decodeSpanColumns(encodeSpanColumns({ spans, complete: true }))
        expect(shape(buildSpanTree(read.spans, { withCopies, links: read.links }))).toEqual(
          shape(buildSpanTree(spans, { withCopies })),
        )
      }),
    )
  })

  it('has a column for every property', () => {
    const columns = encodeSpanColumns({ spans: [], complete: true })
    for (const column of Object.values(COLUMN_OF)) expect(columns).toHaveProperty(column)
  })

  it('holds count and every id as text', () => {
    const spans = fc.sample(outline, 5)
    const columns = encodeSpanColumns({ spans, complete: true })
    expect(columns.count).toBe(5)
    const ids = spans.map(({ spanId }) => spanId)
    expect(columns.ids).toEqual(ids)
    const text = JSON.stringify(columns)
    for (const id of ids) expect(text).toContain(JSON.stringify(id))
  })

  it('keeps moments exact where their differences are not', () => {
    const at = (startTime: number): SpanOutline => ({
      spanId: spanId('a'),
      parentId: null,
      name: 'n',
      kind: 'chain',
      startTime: micros(startTime),
      duration: null,
      service: 's',
      state: 'ok',
    })
    const spans = [at(1), at(2 ** 53 + 2), at(3)]
    const columns = encodeSpanColumns({ spans, complete: true })
    expect(columns.timing).toBe('absolute')
    expect(decodeSpanColumns(columns).spans).toEqual(spans)
  })

  it('is much smaller than the objects', () => {
    const spans = Array.from(
      { length: 2000 },
      (_, index): SpanOutline => ({
        spanId: spanId((index * 7919).toString(16).padStart(16, '0')),
        parentId: index === 0 ? null : spanId(((index - 1) * 7919).toString(16).padStart(16, '0')),
        name: `step ${index % 9}`,
        kind: 'tool',
        startTime: micros(1.7e15 + index * 1234),
        duration: durationMicros(1000 + index),
        service: 'rasa',
        state: 'ok',
      }),
    )
    const columns = JSON.stringify(encodeSpanColumns({ spans, complete: true })).length
    expect(columns * 3).toBeLessThan(JSON.stringify({ spans }).length)
  })

  it.each([
    [{ name: [7] }, 'name: there is no entry 7'],
    [{ parents: [4], absent: [] }, 'parents: there is no entry 3'],
    [{ repeated: [5] }, 'repeated: there is no entry 5'],
    [{ errors: [[5, 'x']] as [number, string][] }, 'errors: there is no entry 5'],
    [{ starts: [] }, 'starts: 0 entries for 1 spans'],
  ])('refuses columns that do not fit together: %o', (change, message) => {
    const columns = encodeSpanColumns({ spans: fc.sample(outline, { numRuns: 1, seed: 1 }), complete: true })
    expect(() => decodeSpanColumns({ ...columns, parents: [-1], ...change })).toThrow(message)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Measured } from '../model/trace.ts'
import { durationMicros, micros, traceId } from '../model/units.ts'
import { compareIds, compareRows, isAfter, positionOf, type Sortable, sortKey } from './order.ts'
import { SORT_FIELDS, type Sort } from './trace-query.ts'

const row = (
  id: string,
  startTime: number,
  duration: number,
  totalTokens?: Measured,
  cost?: Measured,
): Sortable => ({
  traceId: traceId(id),
  startTime: micros(startTime),
  duration: durationMicros(duration),
  metrics: { ...(totalTokens !== undefined && { totalTokens }), ...(cost !== undefined && { cost }) },
})
const ROWS = [
  row('a', 10, 3, 5, 0.1),
  row('b', 20, 1, 0, 0.1),
  row('c', 20, 2, null),
  row('d', 5, 2, undefined, 0),
]
const sorted = (sort: Sort) =>
  ROWS.toSorted(compareRows(sort))
    .map((one) => one.traceId)
    .join('')

describe('compareRows', () => {
  it.each<[Sort['field'], string, string]>([
    ['startTime', 'dacb', 'cbad'],
    ['duration', 'bdca', 'adcb'],
    ['tokens', 'badc', 'abdc'],
    ['cost', 'dbac', 'badc'],
  ])('orders by %s, unknown last, ties by id descending', (field, ascending, descending) => {
    expect(sorted({ field, descending: false })).toBe(ascending)
    expect(sorted({ field, descending: true })).toBe(descending)
  })

  it('is one order for any rows: total, antisymmetric, and cut by any position in two', () => {
    const measured = fc.option(fc.constantFrom(0, 1, 2), { nil: null })
    const anyRow = fc
      .tuple(fc.string({ minLength: 1, maxLength: 3 }), fc.nat(2), fc.nat(2), measured, measured)
      .map((parts) => row(...parts))
    const sort = fc.record({ field: fc.constantFrom(...SORT_FIELDS), descending: fc.boolean() })
    const rows = fc.uniqueArray(anyRow, { selector: (one) => one.traceId, minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(sort, rows, fc.nat(11), (by, given, at) => {
        const compare = compareRows(by)
        const ordered = given.toSorted(compare)
        ordered.forEach((left, i) => {
          ordered.forEach((right, j) => {
            expect(Math.sign(compare(left, right))).toBe(Math.sign(i - j))
          })
        })
        const cut = at % ordered.length
        const position = positionOf(by, ordered[cut] as Sortable)
        expect(given.filter(isAfter(by, position)).toSorted(compare)).toEqual(ordered.slice(cut + 1))
      }),
    )
  })
})

describe('sortKey', () => {
  it('keeps zero and unknown apart', () => {
    expect(sortKey({ field: 'tokens', descending: true }, row('a', 1, 1, 0))).toBe(0)
    expect(sortKey({ field: 'tokens', descending: true }, row('a', 1, 1, null))).toBeNull()
    expect(sortKey({ field: 'cost', descending: true }, row('a', 1, 1))).toBeNull()
  })
})

describe('compareIds', () => {
  it('agrees with the order of UTF-8 bytes', () => {
    const bytes = (text: string) => Buffer.from(text, 'utf8')
    expect(compareIds('\uffee', '😀')).toBeLessThan(0)
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(Math.sign(compareIds(a, b))).toBe(Buffer.compare(bytes(a), bytes(b)))
      }),
    )
  })
})

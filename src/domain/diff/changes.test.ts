import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttributeValue } from '../model/span.ts'
import { type Change, changesBetween } from './changes.ts'
import { applyChanges } from './testing/apply-changes.ts'

/** A change as one line: `~ a.0 1 → 2`. */
function line(change: Change): string {
  const path = change.path.join('.')
  const text = (value: AttributeValue) => JSON.stringify(value)
  switch (change.kind) {
    case 'added':
      return `+ ${path} ${text(change.new)}`
    case 'removed':
      return `- ${path} ${text(change.old)}`
    case 'modified':
      return `~ ${path} ${text(change.old)} → ${text(change.new)}`
    case 'moved':
      return `> ${path} from ${change.from}`
  }
}
const lines = (before: AttributeValue, after: AttributeValue) => {
  const changes = changesBetween(before, after)
  expect(applyChanges(before, changes)).toEqual(after)
  return changes.map(line)
}

describe('changesBetween', () => {
  it.each<[string, AttributeValue, AttributeValue, string[]]>([
    ['equal data', { a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
    ['keys in another order', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    ['keys', { a: 1, b: 2, c: 3 }, { b: 4, c: 3, d: 5 }, ['- a 1', '~ b 2 → 4', '+ d 5']],
    ['nested keys', { p: { q: { r: 1 } } }, { p: { q: { r: 2 } } }, ['~ p.q.r 1 → 2']],
    ['null against absent', { a: null }, {}, ['- a null']],
    ['absent against null', {}, { a: null }, ['+ a null']],
    ['null against a value', { a: null }, { a: 0 }, ['~ a null → 0']],
    ['a scalar of another type', { a: 1, b: true }, { a: '1', b: 1 }, ['~ a 1 → "1"', '~ b true → 1']],
    ['an array made an object', { w: [1] }, { w: { 0: 1 } }, ['~ w [1] → {"0":1}']],
    ['an empty array made an empty object', { w: [] }, { w: {} }, ['~ w [] → {}']],
    ['roots of another kind', [1], 'x', ['~  [1] → "x"']],
    ['a root from nothing', null, { a: 1 }, ['~  null → {"a":1}']],
    ['keys with dots and brackets', { 'a.b': { 'c[0]': 1 } }, { 'a.b': { 'c[0]': 2 } }, ['~ a.b.c[0] 1 → 2']],
    ['empty keys', { '': { '': 1 } }, { '': { '': 2 } }, ['~ . 1 → 2']],
    ['an item appended', ['a'], ['a', 'b'], ['+ 1 "b"']],
    ['an item prepended', ['a', 'b'], ['x', 'a', 'b'], ['+ 0 "x"']],
    ['the first item removed', ['a', 'b', 'c'], ['b', 'c'], ['- 0 "a"']],
    ['an item replaced', ['a', 'b', 'c'], ['a', 'x', 'c'], ['~ 1 "b" → "x"']],
    ['an item changed and one added', [1, 2], [3, 2, 4], ['~ 0 1 → 3', '+ 2 4']],
    ['a scalar that gave way to an object', [1, 5], [{ a: 1 }, 5], ['- 0 1', '+ 0 {"a":1}']],
    ['equal items', ['a', 'a', 'a'], ['a', 'a'], ['- 2 "a"']],
    ['an item moved', ['a', 'b', 'c', 'd'], ['d', 'a', 'b', 'c'], ['> 0 from 3']],
    ['two that changed places', ['a', 'b'], ['b', 'a'], ['> 0 from 1']],
    ['lists of lists', [[1, 2], [3]], [[1, 2, 4], []], ['+ 0.2 4', '- 1.0 3']],
    [
      'items with ids',
      [
        { id: 1, s: 'open' },
        { id: 2, s: 'open' },
      ],
      [
        { id: 1, s: 'open' },
        { id: 2, s: 'sent' },
      ],
      ['~ 1.s "open" → "sent"'],
    ],
    [
      'an item with an id removed before others',
      [{ id: 1 }, { id: 2, n: 1 }, { id: 3 }],
      [{ id: 2, n: 2 }, { id: 3 }],
      ['- 0 {"id":1}', '~ 0.n 1 → 2'],
    ],
    [
      'an item with an id moved and changed',
      [{ id: 'a', n: 1 }, { id: 'b' }, { id: 'c' }],
      [{ id: 'b' }, { id: 'c' }, { id: 'a', n: 2 }],
      ['> 2 from 0', '~ 2.n 1 → 2'],
    ],
    [
      'items told by another key',
      [
        { name: 'x', v: 1 },
        { name: 'y', v: 1 },
      ],
      [
        { name: 'y', v: 1 },
        { name: 'x', v: 2 },
      ],
      ['> 0 from 1', '~ 1.v 1 → 2'],
    ],
    [
      'ids that repeat, so they tell nothing',
      [
        { id: 1, v: 1 },
        { id: 1, v: 2 },
      ],
      [
        { id: 1, v: 1 },
        { id: 1, v: 3 },
      ],
      ['~ 1.v 2 → 3'],
    ],
    ['ids 1 and "1", which differ', [{ id: 1 }], [{ id: '1' }], ['- 0 {"id":1}', '+ 0 {"id":"1"}']],
    ['an object without an id', [{ v: 1, w: 1 }], [{ v: 2, w: 1 }], ['~ 0.v 1 → 2']],
    ['floats', { f: 0.1 }, { f: 0.30000000000000004 }, ['~ f 0.1 → 0.30000000000000004']],
  ])('tells %s', (_, before, after, expected) => {
    expect(lines(before, after)).toEqual(expected)
  })

  it('keeps to own keys', () => {
    const before = JSON.parse('{"a":1}') as AttributeValue
    const after = JSON.parse('{"__proto__":{"x":1},"constructor":2,"a":1}') as AttributeValue
    expect(lines(before, after)).toEqual(['+ __proto__ {"x":1}', '+ constructor 2'])
    expect(lines(after, before)).toEqual(['- __proto__ {"x":1}', '- constructor 2'])
    expect(Object.getPrototypeOf(applyChanges(before, changesBetween(before, after)))).toBe(Object.prototype)
  })

  it('does not write to what it was given', () => {
    const before = { a: [1, { b: 2 }], c: 3 }
    const copy = structuredClone(before)
    applyChanges(before, changesBetween(before, { a: [{ b: 3 }] }))
    expect(before).toEqual(copy)
  })
})

describe('applyChanges', () => {
  /** JSON cannot say −0. */
  const scalar = fc.oneof(
    fc.constantFrom(null, true, false, 0, 1, 2, 'a', 'b', ''),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    fc.string(),
  )
  const { data } = fc.letrec<{ data: AttributeValue }>((tie) => ({
    data: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      scalar,
      fc.array(tie('data'), { maxLength: 6 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'a.b', '[0]', '', '__proto__', 'id', 'name'), tie('data'), {
        maxKeys: 5,
      }),
    ),
  }))
  const record = fc.record({ id: fc.nat(8), v: fc.nat(2), tags: fc.array(fc.constantFrom('x', 'y', 'z')) })
  const records = fc.uniqueArray(record, { selector: ({ id }) => id, maxLength: 9 })

  it('makes any b of any a', () => {
    fc.assert(
      fc.property(data, data, (before, after) => {
        expect(applyChanges(before, changesBetween(before, after))).toEqual(after)
      }),
      { numRuns: 1_000 },
    )
  })

  it('makes lists of records of each other, matched by id', () => {
    fc.assert(
      fc.property(records, records, (before, after) => {
        const changes = changesBetween(before, after)
        expect(applyChanges(before, changes)).toEqual(after)
        const gone = before.filter(({ id }) => !after.some((one) => one.id === id))
        if (before.length > 0 && after.length > 0)
          expect(changes.filter(({ kind, path }) => kind === 'removed' && path.length === 1)).toHaveLength(
            gone.length,
          )
      }),
      { numRuns: 500 },
    )
  })

  it('makes lists of scalars of each other', () => {
    const list = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 1, null), { maxLength: 12 })
    fc.assert(
      fc.property(list, list, (before, after) => {
        expect(applyChanges(before, changesBetween(before, after))).toEqual(after)
      }),
      { numRuns: 1_000 },
    )
  })

  it('finds no change between equal data', () => {
    fc.assert(
      fc.property(data, (value) => {
        expect(changesBetween(value, structuredClone(value))).toEqual([])
      }),
    )
  })
})

describe('big data', () => {
  it('takes any depth, one change of the whole beyond a bound', () => {
    const deep = (leaf: number) => {
      let value: AttributeValue = leaf
      for (let level = 0; level < 20_000; level++) value = level % 2 === 0 ? [value] : { k: value }
      return value
    }
    const [change, ...rest] = changesBetween(deep(1), deep(2))
    expect(rest).toEqual([])
    expect(change?.path.length).toBeLessThanOrEqual(300)
    expect(changesBetween(deep(1), deep(1))).toEqual([])
  })

  it('takes thousands of keys and items', () => {
    const keys = (step: number) =>
      Object.fromEntries(
        Array.from({ length: 10_000 }, (_, index) => [`key${index}`, { v: index * step, w: 1 }]),
      )
    expect(changesBetween(keys(1), keys(2))).toHaveLength(9_999)
    const items = (of: (index: number) => AttributeValue) =>
      Array.from({ length: 20_000 }, (_, index) => of(index))
    const before = items((index) => index)
    const after = items((index) => -index - 1)
    expect(applyChanges(before, changesBetween(before, after))).toEqual(after)
    const one = before.with(10_000, 'x').toSpliced(500, 1).toSpliced(15_000, 0, 'y')
    expect(lines(before, one)).toEqual(['- 500 500', '~ 9999 10000 → "x"', '+ 15000 "y"'])
    const records = items((index) => ({ id: index, v: 1 }))
    const reversed = records.toReversed()
    expect(applyChanges(records, changesBetween(records, reversed))).toEqual(reversed)
  })
})

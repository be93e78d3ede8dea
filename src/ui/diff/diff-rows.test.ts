import { describe, expect, it } from 'vitest'
import { type Difference, diffRows, tallyOf } from './diff-rows.ts'

const added = (...path: (string | number)[]): Difference => ({ kind: 'added', path, new: 1 })
const drawn = (differences: readonly Difference[], closed: readonly string[] = []) =>
  diffRows(differences, new Set(closed)).map((row) =>
    row.is === 'subtree'
      ? `${row.open ? '-' : '+'} ${row.name} +${row.tally.added}`
      : `${row.indent ? '  ' : ''}${row.difference.path.join('.')}`,
  )

describe('the lines of a list of differences', () => {
  it('are the differences while they are few', () => {
    expect(drawn([added('a', 'b'), added('a', 'c')])).toEqual(['a.b', 'a.c'])
  })
  it('stand under the heads of their subtrees where they are many', () => {
    const many = [added('name'), ...Array.from({ length: 12 }, (_, i) => added('orders', i))]
    expect(drawn(many).slice(0, 4)).toEqual(['name', '- orders +12', '  orders.0', '  orders.1'])
    expect(drawn(many, ['"orders"'])).toEqual(['name', '+ orders +12'])
  })
  it('tell names from indices', () => {
    const many = Array.from({ length: 6 }, (_, i) => [added('0', i), added(0, i)]).flat()
    expect(diffRows(many, new Set()).filter((row) => row.is === 'subtree')).toHaveLength(2)
  })
})

it('a tally counts what moved as modified', () => {
  expect(
    tallyOf([
      added('a'),
      { kind: 'removed', path: ['b'], old: 1 },
      { kind: 'modified', path: ['c'], old: 1, new: 2 },
      { kind: 'moved', path: ['d', 0], from: 2, new: 1 },
    ]),
  ).toEqual({ added: 1, removed: 1, modified: 2 })
})

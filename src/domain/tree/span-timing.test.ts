import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outlinesOf } from '../testing/trace-drawing.ts'
import { criticalPath, selfTimes } from './span-timing.ts'
import { buildSpanTree } from './span-tree.ts'

const treeOf = (drawing: string) => buildSpanTree(outlinesOf(drawing))

describe('selfTimes', () => {
  it.each([
    ['a leaf', 'a  0..10', { a: 10 }],
    [
      'children one after the other',
      `
      a    0..10
        b  1..3
        c  5..9
      `,
      { a: 4, b: 2, c: 4 },
    ],
    [
      'children at the same time, counted once',
      `
      a    0..10
        b  1..6
        c  2..4
        d  5..8
      `,
      { a: 3, b: 5, c: 2, d: 3 },
    ],
    [
      'a child beyond its parent on both sides, clipped',
      `
      a    5..10
        b  0..6
        c  9..20
      `,
      { a: 3, b: 6, c: 11 },
    ],
    [
      'a child that lies outside altogether',
      `
      a    5..10
        b  20..30
      `,
      { a: 5, b: 10 },
    ],
    [
      'a grandchild, which only its parent knows',
      `
      a      0..10
        b    2..6
          c  3..5
      `,
      { a: 6, b: 2, c: 2 },
    ],
    [
      'a span still running',
      `
      a    0..10
        b  4..
      `,
      { a: 4, b: 6 },
    ],
    [
      'a raw copy, which is no child',
      `
      a    0..10
        b  0..10 duplicate=true
      `,
      { a: 10 },
    ],
  ])('of %s', (_, drawing, expected) => {
    const tree = treeOf(drawing)
    const self = selfTimes(tree)
    const named = Object.fromEntries(tree.spans.map(({ name }, row) => [name, (self[row] ?? 0) / 1000]))
    expect(named).toEqual(expected)
  })
})

describe('criticalPath', () => {
  it.each([
    ['a leaf', 'a  0..10', ['a 0..10']],
    [
      'a sequence',
      `
      a    0..10
        b  1..3
        c  5..9
      `,
      ['a 0..1', 'b 1..3', 'a 3..5', 'c 5..9', 'a 9..10'],
    ],
    [
      'a fork: only what finished last',
      `
      a       0..10
        fast  1..4
        slow  1..9
      `,
      ['a 0..1', 'slow 1..9', 'a 9..10'],
    ],
    [
      'depth',
      `
      a      0..10
        b    2..8
          c  3..8
      `,
      ['a 0..2', 'b 2..3', 'c 3..8', 'a 8..10'],
    ],
    [
      'what began only when another had finished',
      `
      a       0..10
        one   0..4
        long  1..6
        two   4..10
      `,
      ['one 0..4', 'two 4..10'],
    ],
    [
      'steps that overlap by a rounding',
      `
      a      0..20
        b    0..10.002
        c    10..20
      `,
      ['b 0..10', 'c 10..20'],
    ],
    [
      'a child that outlives its parent',
      `
      a      0..10
        b    5..30
      `,
      ['a 0..5', 'b 5..10'],
    ],
    [
      'several roots and the gap between them',
      `
      a      0..10
      b      20..30
      `,
      ['a 0..10', 'b 20..30'],
    ],
    [
      'no orphans',
      `
      a      0..10
      b      8..30   ^gone
      `,
      ['a 0..10'],
    ],
    [
      'orphans alone, whose root is still to come',
      `
      a      0..10   ^coming
      b      10..30  ^coming
      `,
      ['a 0..10', 'b 10..30'],
    ],
    ['nothing', '', []],
  ])('of %s', (_, drawing, expected) => {
    const tree = treeOf(drawing)
    expect(
      criticalPath(tree).map(({ row, from, to }) => `${tree.spans[row]?.name} ${from / 1000}..${to / 1000}`),
    ).toEqual(expected)
  })

  it('covers a root from its start to its end without overlap, whatever is below', () => {
    const children = fc.array(fc.tuple(fc.nat(30), fc.nat(30), fc.nat(9)), { maxLength: 12 })
    fc.assert(
      fc.property(children, (given) => {
        const lines = given.map(
          ([from, length, under], index) =>
            `s${index}  ${from}..${from + length} #s${index} ^${under < index ? `s${under}` : 'root'}`,
        )
        const tree = treeOf(['root  0..40 #root', ...lines].join('\n'))
        const path = criticalPath(tree).filter(({ from, to }) => to > from)
        const total = path.reduce((sum, { from, to }) => sum + to - from, 0)
        expect(total).toBe(40_000)
        path.slice(1).forEach(({ from }, index) => {
          expect(from).toBe(path[index]?.to)
        })
      }),
    )
  })

  it('takes a chain of any depth', () => {
    const [first] = outlinesOf('x  0..1')
    const chain = Array.from({ length: 50_000 }, (_, index) => ({
      ...(first as NonNullable<typeof first>),
      spanId: `s${index}` as never,
      parentId: (index === 0 ? null : `s${index - 1}`) as never,
    }))
    expect(criticalPath(buildSpanTree(chain))).toHaveLength(1)
  })
})

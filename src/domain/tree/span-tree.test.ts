import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SpanOutline } from '../model/span.ts'
import { type SpanId, spanId } from '../model/units.ts'
import { DRAWING_START, outlinesOf } from '../testing/trace-drawing.ts'
import {
  buildSpanTree,
  MARK,
  type Mark,
  nextOf,
  previousOf,
  type SpanTree,
  type SpanTreeOptions,
} from './span-tree.ts'

/** What is odd about a row's place, in words of `MARK`. */
const marksOf = (tree: SpanTree, row: number): readonly Mark[] =>
  (Object.keys(MARK) as Mark[]).filter((mark) => ((tree.marks[row] ?? 0) & MARK[mark]) !== 0)

/** A tree as text: indented names, marks, a rule before the orphans. */
function drawn(tree: SpanTree): string[] {
  return tree.spans.flatMap(({ name }, row) => [
    ...(row === tree.firstOrphan ? ['--'] : []),
    [`${'  '.repeat(tree.depth[row] ?? 0)}${name}`, ...marksOf(tree, row)].join(' '),
  ])
}
const draw = (drawing: string, options?: SpanTreeOptions) =>
  drawn(buildSpanTree(outlinesOf(drawing), options))
const shuffled = (outlines: SpanOutline[]) => outlines.toSorted((a, b) => (a.name < b.name ? 1 : -1))

describe('buildSpanTree', () => {
  it('is nothing for nothing', () => {
    const tree = buildSpanTree([])
    expect(tree).toMatchObject({ size: 0, extent: 0, startTime: 0, firstOrphan: 0 })
    expect(tree.rowOf(spanId('x'))).toBe(-1)
  })

  it('orders siblings by start and then as given, whatever the order of arrival', () => {
    const outlines = outlinesOf(`
      a        0..100
        d      50..60
          e    51..52
        b      10..20
        c      10..15
    `)
    const expected = ['a', '  b', '  c', '  d', '    e']
    expect(drawn(buildSpanTree(outlines))).toEqual(expected)
    const [a, d, e, b, c] = outlines as [SpanOutline, SpanOutline, SpanOutline, SpanOutline, SpanOutline]
    expect(drawn(buildSpanTree([e, b, c, d, a]))).toEqual(expected)
    expect(drawn(buildSpanTree([e, c, b, d, a]))).toEqual(['a', '  c', '  b', '  d', '    e'])
  })

  it('says parents, sizes and times by row', () => {
    const tree = buildSpanTree(
      outlinesOf(`
        a        5..100
          b      10..20
            c    11..12
          d      30..
      `),
    )
    expect([...tree.parent]).toEqual([-1, 0, 1, 0])
    expect([...tree.subtree]).toEqual([4, 2, 1, 1])
    expect(tree.startTime).toBe(DRAWING_START + 5_000)
    expect(tree.extent).toBe(95_000)
    expect([...tree.start]).toEqual([0, 5_000, 6_000, 25_000])
    expect([...tree.end]).toEqual([95_000, 15_000, 7_000, 95_000])
    expect(tree.rowOf(spanId('0000000000000004'))).toBe(3)
  })

  it.each([
    [
      'several roots',
      `
      b    10..20
      a    0..5
        x  1..2
      `,
      ['a', '  x', 'b'],
    ],
    [
      'orphans in a group of their own at the end',
      `
      late    5..6  ^gone
        under  5..6
      root    1..9
        child  2..3
      early   0..1  ^lost
      `,
      ['root', '  child', '--', 'early orphan', 'late orphan', '  under'],
    ],
    [
      'one top span with an absent parent as the root',
      `
      top    0..9  ^caller
        x    1..2
      `,
      ['top', '  x'],
    ],
    [
      'two of them as orphans',
      `
      one    0..9   ^caller
      two    1..2   ^caller
      `,
      ['--', 'one orphan', 'two orphan'],
    ],
    [
      'one beside a root as an orphan',
      `
      root   0..9
      lost   1..2   ^caller
      `,
      ['root', '--', 'lost orphan'],
    ],
    [
      'its own parent as a top span',
      `
      a    0..9   #a ^a
        b  1..2
      `,
      ['a selfParent', '  b'],
    ],
    [
      'a ring opened at its earliest span',
      `
      root  0..9
      a     3..4  #a ^c
      b     2..4  #b ^a
        x   3..4
      c     5..6  #c ^b
      `,
      ['root', '--', 'b cycle', '  x', '  c', '    a skew'],
    ],
    [
      'rings and nothing else',
      `
      a     1..4  #a ^b
      b     2..4  #b ^a
      `,
      ['--', 'a cycle', '  b'],
    ],
    [
      'equal ids, children under the first given',
      `
      root     0..9
        one    1..2  #x
        two    2..3  #x
        child  2..3  ^x
      `,
      ['root', '  one', '    child', '  two duplicateId'],
    ],
    [
      'clocks that disagree',
      `
      root       10..20
        early    5..6
        close    9.5..12
        never    12..11
      `,
      ['root', '  early skew', '  close', '  never skew'],
    ],
  ])('shows %s', (_, drawing, expected) => {
    expect(draw(drawing)).toEqual(expected)
    expect(drawn(buildSpanTree(shuffled(outlinesOf(drawing)))).length).toBe(expected.length)
  })

  it('leaves raw copies out unless asked for, and hangs their children above', () => {
    const drawing = `
      llm          0..9
        raw        1..8  duplicate=true
          raw2     1..8  duplicate=true
            http   2..3
    `
    expect(draw(drawing)).toEqual(['llm', '  http'])
    expect(buildSpanTree(outlinesOf(drawing)).hiddenCopies).toBe(2)
    expect(draw(drawing, { withCopies: true })).toEqual(['llm', '  raw', '    raw2', '      http'])
  })

  it('survives copies in a ring', () => {
    expect(
      draw(`
        a     0..9   #a ^b duplicate=true
        b     1..8   #b ^a duplicate=true
          x   1..2
        c     2..3   #c ^d
        d     2..3   #d ^c duplicate=true
      `).map((line) => line.trim()),
    ).toEqual(['x', 'c'])
  })

  it('takes times that are none', () => {
    const [a, b] = outlinesOf(`
      a    0..9
        b  1..2
    `) as [SpanOutline, SpanOutline]
    const odd = buildSpanTree([a, { ...b, startTime: Number.NaN as never, duration: Number.NaN as never }])
    expect(odd.extent).toBe(9_000)
    expect([...odd.start, ...odd.end].every(Number.isFinite)).toBe(true)
  })

  it('orders by start over any range of time', () => {
    const outlines = outlinesOf(`
      c    9000000000000..9000000000001
      b    9000..9001
      a    0..1
    `)
    expect(drawn(buildSpanTree(outlines))).toEqual(['a', 'b', 'c'])
  })

  it('holds every span once, for any input', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')
    const outline = fc
      .record({
        spanId: id,
        parentId: fc.option(id, { nil: null }),
        startTime: fc.nat(20),
        duration: fc.option(fc.integer({ min: -3, max: 20 }), { nil: null }),
        duplicate: fc.boolean(),
      })
      .map(({ duplicate, ...rest }) => ({
        ...outlinesOf('x  0..1')[0],
        ...rest,
        ...(duplicate && { duplicate: true }),
      })) as unknown as fc.Arbitrary<SpanOutline>
    fc.assert(
      fc.property(fc.array(outline, { maxLength: 24 }), fc.boolean(), (outlines, withCopies) => {
        const tree = buildSpanTree(outlines, { withCopies })
        const expected = withCopies ? outlines : outlines.filter((one) => one.duplicate !== true)
        expect(new Set(tree.spans)).toEqual(new Set(expected))
        expect(tree.size).toBe(expected.length)
        for (let row = 0; row < tree.size; row++) {
          const above = tree.parent[row] ?? -1
          expect(above).toBeLessThan(row)
          expect(tree.depth[row]).toBe(above < 0 ? 0 : (tree.depth[above] ?? 0) + 1)
          if (above >= 0) expect(row).toBeLessThan(above + (tree.subtree[above] ?? 0))
        }
      }),
    )
  })

  it('goes as deep as the recording does', () => {
    const [first] = outlinesOf('x  0..1') as [SpanOutline]
    const chain = Array.from({ length: 100_000 }, (_, index) => ({
      ...first,
      spanId: spanId(`s${index}`),
      parentId: index === 0 ? null : spanId(`s${index - 1}`),
    }))
    const tree = buildSpanTree(chain)
    expect(tree.depth[99_999]).toBe(99_999)
    expect(tree.subtree[0]).toBe(100_000)
  })
})

describe('errors', () => {
  const tree = buildSpanTree(
    outlinesOf(`
      root       0..100   state="contains-error"
        a        0..10    error "first"
        b        20..30
          c      21..22   error
        d        40..50   state="recovered"
        e        60..70   error
    `),
  )
  const name = (row: number) => tree.spans[row]?.name

  it('are stepped through in tree order', () => {
    expect(name(nextOf(tree.errors, -1))).toBe('a')
    expect(name(nextOf(tree.errors, 1))).toBe('c')
    expect(name(nextOf(tree.errors, 2))).toBe('c')
    expect(name(nextOf(tree.errors, 3))).toBe('e')
    expect(nextOf(tree.errors, 5)).toBe(-1)
    expect(name(previousOf(tree.errors, 5))).toBe('c')
    expect(name(previousOf(tree.errors, 4))).toBe('c')
    expect(previousOf(tree.errors, 1)).toBe(-1)
    expect(previousOf(tree.errors, 0)).toBe(-1)
  })

  it('may be none', () => {
    const quiet = buildSpanTree(outlinesOf('a  0..1'))
    expect([nextOf(quiet.errors, -1), nextOf(quiet.errors, 0), previousOf(quiet.errors, 0)]).toEqual([
      -1, -1, -1,
    ])
  })
})

it('finds rows by id', () => {
  const tree = buildSpanTree(outlinesOf('a  0..1  #abc'))
  expect(tree.rowOf('abc' as SpanId)).toBe(0)
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SpanOutline } from '../model/span.ts'
import { micros, spanId } from '../model/units.ts'
import { outlinesOf } from '../testing/trace-drawing.ts'
import { firstFailure, outlineTree, rootOf } from './outline-tree.ts'
import { buildSpanTree } from './span-tree.ts'

const names = (outlines: readonly SpanOutline[], indexes: Iterable<number>) =>
  [...indexes].map((at) => outlines[at]?.name)

const [template] = outlinesOf('x  0..1')
const outline = (id: number, parent: number | null, start: number): SpanOutline => ({
  ...(template as SpanOutline),
  spanId: spanId(`s${id}`),
  parentId: parent === null ? null : spanId(`s${parent}`),
  startTime: micros(start),
})
/** Few ids, so that they repeat, miss, point at themselves and go round. */
const anyOutlines = fc.array(
  fc
    .tuple(fc.nat(9), fc.option(fc.nat(12)), fc.nat(5))
    .map(([id, parent, start]) => outline(id, parent, start)),
  { maxLength: 24 },
)

it('is the tree that is shown, by index', () => {
  fc.assert(
    fc.property(anyOutlines, (outlines) => {
      const tree = outlineTree(outlines)
      const shown = buildSpanTree(outlines, { withCopies: true })
      expect([...tree.order].map((at) => outlines[at])).toEqual(shown.spans)
      expect([...tree.order].sort((a, b) => a - b)).toEqual(outlines.map((_, at) => at))
      for (let at = 0; at < outlines.length; at++) {
        const row = tree.place[at] as number
        const above = tree.parent[at] as number
        expect(shown.parent[row]).toBe(above < 0 ? -1 : tree.place[above])
        expect(shown.depth[row]).toBe(tree.depth[at])
        expect(tree.childrenOf(above)).toContain(at)
        expect(tree.childrenOf(at).every((child) => tree.parent[child] === at)).toBe(true)
      }
      expect(tree.tops).toEqual(tree.childrenOf(-1))
    }),
  )
})

it('cuts a ring at its earliest span, not at one that hangs on it', () => {
  const ring = [outline(1, 2, 10), outline(2, 1, 20), outline(3, 2, 5)]
  const tree = outlineTree(ring)
  expect(tree.tops).toEqual([0])
  expect([...tree.parent]).toEqual([-1, 0, 1])
})

describe('the root', () => {
  const root = (drawing: string) => {
    const outlines = outlinesOf(drawing)
    return outlines[rootOf(outlineTree(outlines))]?.name
  }
  it.each([
    ['is none of no spans', '', undefined],
    ['is the one span whose caller is elsewhere', 'only  0..5 ^elsewhere', 'only'],
    ['is none of two of those', 'a  0..5 ^elsewhere\nb  1..6 ^elsewhere', undefined],
    ['goes before spans whose parents are missing', 'a  0..5 ^elsewhere\nb  1..6', 'b'],
    ['is the first message', 'a  0..5\nb  1..6 kind="message"', 'b'],
    ['is not what was recorded beside the turn', 'a  0..5 kind="feedback"\nb  1..6', 'b'],
    ['may be that, where there is nothing else', 'a  0..5 kind="feedback"', 'a'],
  ])('%s', (_what, drawing, expected) => {
    expect(root(drawing)).toBe(expected)
  })
})

describe('where a failure began', () => {
  const cause = (drawing: string) => {
    const outlines = outlinesOf(drawing)
    const at = firstFailure(outlineTree(outlines), (index) => outlines[index]?.state === 'error')
    return names(outlines, at < 0 ? [] : [at])
  }
  it.each([
    ['nowhere', 'a  0..9\n  b  1..2', []],
    [
      'at the deepest span that failed, past one that did not',
      'a  0..9 error\n  b  1..5\n    c  2..3 error',
      ['c'],
    ],
    ['at the first of two', 'a  0..9\n  b  1..2 error\n  c  3..4 error', ['b']],
    ['in the trace, before spans whose parents are missing', 'a  0..1 ^gone error\nb  5..9 error', ['b']],
  ])('%s', (_what, drawing, expected) => {
    expect(cause(drawing)).toEqual(expected)
  })
})

import { describe, expect, it } from 'vitest'
import { outlinesOf } from '../../../../domain/testing/trace-drawing.ts'
import { foldSiblings, shownRows } from '../../../../domain/tree/span-rows.ts'
import { buildSpanTree } from '../../../../domain/tree/span-tree.ts'
import { FRESH, rebased, revealed, type TreeState, toLevel, withRow, withSiblingsOpen } from './tree-state.ts'

const DRAWING = `
    turn       0..100
      log      0..10
        llm    1..9
      step     10..11
      step     11..12
      step     12..13
      step     13..14
      step     14..15
        deep   14..15
      save     90..95
        write  91..92
    lost       5..6   ^gone
`
const built = (drawing: string) => {
  const tree = buildSpanTree(outlinesOf(drawing))
  return { tree, folds: foldSiblings(tree) }
}
const { tree, folds } = built(DRAWING)
const rowNamed = (name: string, of = tree) => of.spans.findIndex((span) => span.name === name)
const names = (state: TreeState, of = { tree, folds }) =>
  Array.from(
    shownRows(of.tree, { ...state, folds: of.folds }).rows,
    (row) => (row >= 0 ? of.tree.spans[row]?.name : 'head') ?? '',
  ).join(' ')

describe('what the reader did to the tree', () => {
  it('shows it down to a level', () => {
    expect(names(FRESH)).toBe('turn log llm head save write head lost')
    expect(names(toLevel(FRESH, tree, 1))).toBe('turn log head save head lost')
    expect(names(toLevel(FRESH, tree, 0))).toBe('turn head')
    expect(names(toLevel(toLevel(FRESH, tree, 0), tree, Number.POSITIVE_INFINITY))).toBe(names(FRESH))
  })
  it('opens siblings', () => {
    const closed = toLevel(FRESH, tree, 1)
    expect(names(withSiblingsOpen(closed, tree, rowNamed('save')))).toBe(names(FRESH))
  })
  it('selects what is folded, closed or an orphan, and opens what hides it', () => {
    const closed = toLevel(FRESH, tree, 0)
    const shown = revealed(closed, tree, folds, rowNamed('deep'))
    expect(names(shown)).toContain('deep')
    expect(names(shown)).not.toContain('llm')
    expect(names(revealed(closed, tree, folds, rowNamed('lost')))).toBe('turn head lost')
    expect(shown.active).toBe(rowNamed('deep'))
  })
  it('keeps apart what is closed while something is looked for', () => {
    const state = withRow(FRESH, 1, false, true)
    expect(state.collapsed.size).toBe(0)
    expect(state.collapsedInFilter.has(1)).toBe(true)
  })
  it('is carried over to a tree that has grown', () => {
    const grown = built(
      DRAWING.replace('      log      0..10', '      early    0..1 #e1\n      log      0..10 #l1'),
    )
    const first = built(DRAWING.replace('log      0..10', 'log      0..10 #l1'))
    const log = rowNamed('log', first.tree)
    const before = { ...withRow(FRESH, log, false, false), active: log }
    const after = rebased(before, first, grown)
    expect(grown.tree.spans[after.active]?.name).toBe('log')
    expect(names(after, grown)).not.toContain('llm')
  })
})

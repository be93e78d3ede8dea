import { describe, expect, it } from 'vitest'
import { outlinesOf } from '../testing/trace-drawing.ts'
import {
  ancestorsOf,
  foldAt,
  foldSiblings,
  ORPHANS,
  type RowsView,
  rowsToCollapse,
  shownRows,
} from './span-rows.ts'
import { buildSpanTree, type SpanTree } from './span-tree.ts'

const shown = (tree: SpanTree, view?: RowsView) => {
  const { rows, levels } = shownRows(tree, view)
  return Array.from(rows, (row, at) => {
    const fold = view?.folds?.list[foldAt(row)]
    const name =
      row === ORPHANS ? 'orphans' : fold ? `${fold.rows.length} × ${fold.name}` : tree.spans[row]?.name
    return `${'  '.repeat(levels[at] ?? 0)}${name}`
  })
}

const TREE = buildSpanTree(
  outlinesOf(`
    root      0..100
      a       0..50
        a1    1..2
        a2    3..4
      b       60..70
    lost      5..6    ^gone
      under   5..6
  `),
)

describe('shownRows', () => {
  it('shows all, orphans under a head of their own', () => {
    expect(shown(TREE)).toEqual(['root', '  a', '    a1', '    a2', '  b', 'orphans', '  lost', '    under'])
  })

  it('leaves out what is below collapsed rows', () => {
    expect(shown(TREE, { collapsed: new Set([1]) })).toEqual([
      'root',
      '  a',
      '  b',
      'orphans',
      '  lost',
      '    under',
    ])
    expect(shown(TREE, { collapsed: new Set([0, 1]), orphansCollapsed: true })).toEqual(['root', 'orphans'])
  })

  it('shows nothing of nothing', () => {
    expect(shown(buildSpanTree([]))).toEqual([])
  })
})

describe('rowsToCollapse', () => {
  it.each([
    [0, ['root', 'orphans', '  lost']],
    [1, ['root', '  a', '  b', 'orphans', '  lost', '    under']],
    [9, shown(TREE)],
  ])('shows the tree to level %d', (level, expected) => {
    expect(shown(TREE, { collapsed: rowsToCollapse(TREE, level) })).toEqual(expected)
  })
})

describe('ancestorsOf', () => {
  it('leads up to the top', () => {
    expect(ancestorsOf(TREE, 3)).toEqual([1, 0])
    expect(ancestorsOf(TREE, 0)).toEqual([])
    expect(ancestorsOf(TREE, 99)).toEqual([])
  })
})

const LOOP = buildSpanTree(
  outlinesOf(`
    root        0..100
      step      0..10
        call    1..2
      think     10..11
      step      20..25
      step      30..31   error
      step      40..50
        call    41..42
      step      50..51
      step      60..70
      step      70..71   kind=tool
      end       90..91
  `),
)

describe('foldSiblings', () => {
  const folds = foldSiblings(LOOP)

  it('gathers equal siblings, also with others between them', () => {
    expect(folds.list).toHaveLength(1)
    expect(folds.list[0]).toMatchObject({
      name: 'step',
      kind: 'custom',
      state: 'ok',
      parent: 0,
      total: 36_000,
      longest: 10_000,
      from: 0,
      to: 70_000,
    })
    expect([...(folds.list[0]?.rows ?? [])].map((row) => LOOP.spans[row]?.state)).toEqual(Array(5).fill('ok'))
  })

  it('are shown as one row in place of the first', () => {
    expect(shown(LOOP, { folds })).toEqual(['root', '  5 × step', '  think', '  step', '  step', '  end'])
  })

  it('show their members below them when open, with what is below those', () => {
    expect(shown(LOOP, { folds, openFolds: new Set([0]), collapsed: new Set([1]) })).toEqual([
      'root',
      '  5 × step',
      '    step',
      '    step',
      '    step',
      '      call',
      '    step',
      '    step',
      '  think',
      '  step',
      '  step',
      '  end',
    ])
  })

  it('leaves four alone', () => {
    expect(foldSiblings(buildSpanTree(outlinesOf(Array(4).fill('a  0..1').join('\n')))).list).toEqual([])
  })

  it('folds top spans, orphans apart', () => {
    const lines = [...Array(5).fill('a  0..1'), ...Array(5).fill('a  0..1 ^gone')]
    const tree = buildSpanTree(outlinesOf(lines.join('\n')))
    expect(shown(tree, { folds: foldSiblings(tree) })).toEqual(['5 × a', 'orphans', '  5 × a'])
  })

  it('folds inside of folds', () => {
    const calls = Array(5).fill('  call  0..1').join('\n')
    const tree = buildSpanTree(outlinesOf(Array(5).fill(`step  0..9\n${calls}`).join('\n')))
    const nested = foldSiblings(tree)
    expect(nested.list).toHaveLength(6)
    expect(shown(tree, { folds: nested })).toEqual(['5 × step'])
    expect(shown(tree, { folds: nested, openFolds: new Set([0, 1]) }).slice(0, 9)).toEqual([
      '5 × step',
      '  step',
      '    5 × call',
      '      call',
      '      call',
      '      call',
      '      call',
      '      call',
      '  step',
    ])
  })
})

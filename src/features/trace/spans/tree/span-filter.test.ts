import { describe, expect, it } from 'vitest'
import { outlinesOf } from '../../../../domain/testing/trace-drawing.ts'
import { ORPHANS } from '../../../../domain/tree/span-rows.ts'
import { buildSpanTree } from '../../../../domain/tree/span-tree.ts'
import { filteredRows, isFiltering, matchingRows, NO_FILTER, type SpanFilter } from './span-filter.ts'

const tree = buildSpanTree(
  outlinesOf(`
    turn        0..100
      think     0..50    kind=generation
        embed   1..2
      act       50..90   kind=tool error
        post    60..80   error
    lost        5..6     ^gone
      under     5..6
  `),
)

const shown = (filter: Partial<SpanFilter>, collapsed: readonly string[] = []) => {
  const closed = new Set(collapsed.map((name) => tree.spans.findIndex((span) => span.name === name)))
  const { rows, levels } = filteredRows(tree, matchingRows(tree, { ...NO_FILTER, ...filter }), {
    collapsed: closed,
    orphansCollapsed: false,
  })
  return Array.from(
    rows,
    (row, at) => `${' '.repeat(levels[at] ?? 0)}${row === ORPHANS ? 'orphans' : tree.spans[row]?.name}`,
  )
}

describe('looking for spans', () => {
  it('shows what matches and what leads to it', () => {
    expect(shown({ text: 'POST' })).toEqual(['turn', ' act', '  post'])
    expect(shown({ errorsOnly: true })).toEqual(['turn', ' act', '  post'])
    expect(shown({ kinds: new Set(['generation'] as const) })).toEqual(['turn', ' think'])
    expect(shown({ text: 'nothing like it' })).toEqual([])
  })
  it('shows the spans that are named and no others', () => {
    const ids = tree.spans
      .filter(({ name }) => name === 'embed' || name === 'post')
      .map((span) => span.spanId)
    const only = { label: 'Tokens', spanIds: ids }
    expect(shown({ only })).toEqual(['turn', ' think', '  embed', ' act', '  post'])
    expect(shown({ only, errorsOnly: true })).toEqual(['turn', ' act', '  post'])
    expect(isFiltering({ ...NO_FILTER, only })).toBe(true)
  })
  it('finds orphans under their head', () => {
    expect(shown({ text: 'under' })).toEqual(['orphans', ' lost', '  under'])
  })
  it('asks for all that is set', () => {
    const length = (tree.end[0] ?? 0) - (tree.start[0] ?? 0)
    expect(shown({ longerThan: length })).toEqual(['turn'])
    expect(shown({ longerThan: length, errorsOnly: true })).toEqual([])
    expect(shown({ services: new Set(['nowhere']) })).toEqual([])
  })
  it('lets what leads to a match be closed', () => {
    expect(shown({ text: 'post' }, ['act'])).toEqual(['turn', ' act'])
  })
  it('knows when nothing is looked for', () => {
    expect(isFiltering(NO_FILTER)).toBe(false)
    expect(isFiltering({ ...NO_FILTER, text: '  ' })).toBe(false)
    expect(isFiltering({ ...NO_FILTER, longerThan: 1 })).toBe(true)
  })
})

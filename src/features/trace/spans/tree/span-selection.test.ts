import { describe, expect, test } from 'vitest'
import { spanId } from '../../../../domain/model/units.ts'
import { outlinesOf } from '../../../../domain/testing/trace-drawing.ts'
import { foldSiblings, ORPHANS } from '../../../../domain/tree/span-rows.ts'
import { buildSpanTree } from '../../../../domain/tree/span-tree.ts'
import { NO_FILTER } from './span-filter.ts'
import {
  CLOSED_ORPHANS,
  carriedTo,
  errorBeside,
  type SpanAction,
  type SpanSelection,
  selectedRow,
  spanSelection,
  startOf,
} from './span-selection.ts'

const DRAWING = `
    turn       0..100   #turn
      log      0..10    #log
        llm    1..9     #llm
      step     10..11   #s1
      step     11..12   #s2
      step     12..13   #s3
      step     13..14   #s4
      step     14..15   #s5
      save     90..95   #save
    lost       5..6   ^gone #lost
`
const built = (drawing: string) => {
  const tree = buildSpanTree(outlinesOf(drawing))
  return { tree, folds: foldSiblings(tree) }
}
const { tree, folds } = built(DRAWING)
const start = (first?: string): SpanSelection =>
  startOf(tree, folds, { span: first === undefined ? undefined : spanId(first) })
const after = (state: SpanSelection, ...actions: readonly SpanAction[]) =>
  actions.reduce(spanSelection, state)
const row = (id: string) => tree.rowOf(spanId(id))
const named = (state: SpanSelection) => state.tree.spans[selectedRow(state)]?.spanId

describe('the selection', () => {
  test('begins at the span asked for, else at the first; nobody has chosen it', () => {
    expect(named(start())).toBe('turn')
    expect(named(start('llm'))).toBe('llm')
    expect(named(start('nowhere'))).toBe('turn')
    expect(start('llm').chosen).toBe(false)
  })
  test('a press on the row that is selected chooses nothing', () => {
    expect(after(start(), { does: 'select', code: 0 }).chosen).toBe(false)
    expect(after(start(), { does: 'select', code: row('save') }).chosen).toBe(true)
  })
  test('a fold stands for its first member, the head of the orphans for the first of them', () => {
    const fold = folds.of[row('s1')] as number
    const closed = after(start(), { does: 'select', code: -1 - fold })
    expect(named(closed)).toBe('s1')
    expect(named(after(start(), { does: 'select', code: ORPHANS }))).toBe('lost')
  })
  test('a jump counts even where the row was selected before; a reveal does not', () => {
    const jumped = after(start('llm'), { does: 'jump', row: row('llm') }, { does: 'jump', row: row('llm') })
    expect(jumped).toMatchObject({ jumps: 2, chosen: true })
    expect(after(start(), { does: 'reveal', row: row('llm') }).jumps).toBe(0)
  })
  test('a span that is not in the tree is not gone to', () => {
    const state = start('llm')
    expect(after(state, { does: 'jump', row: -1 })).toBe(state)
    expect(after(state, { does: 'reveal', row: -1 })).toBe(state)
    expect(after(state, { does: 'step-error', by: 1 })).toBe(state)
    expect(errorBeside(state, -1)).toBe(-1)
  })
  test('what is looked for does not hide what is asked for', () => {
    const filter = { ...NO_FILTER, text: 'save' }
    const looking = after(start(), { does: 'filter', filter })
    expect(after(looking, { does: 'reveal', row: row('save') }).view.filter).toBe(filter)
    expect(after(looking, { does: 'reveal', row: row('llm') }).view.filter).toBe(NO_FILTER)
  })
  test('is found by its id in a tree that has grown', () => {
    const grown = built(DRAWING.replace('      log  ', '      early    0..1 #e1\n      log  '))
    const state = after(start(), { does: 'select', code: row('save') })
    expect(named(carriedTo(state, grown.tree, grown.folds))).toBe('save')
    expect(carriedTo(state, tree, folds)).toBe(state)
  })
})

describe('the address', () => {
  const write = (span: string): SpanAction => ({ does: 'write-address', span: spanId(span) })
  const read = (span: string): SpanAction => ({ does: 'read-address', span: spanId(span) })

  test('what was written comes back later and moves nothing', () => {
    const state = after(
      start(),
      { does: 'select', code: row('log') },
      write('log'),
      { does: 'select', code: row('save') },
      read('log'),
    )
    expect(named(state)).toBe('save')
  })
  test('one that was changed elsewhere selects what it names', () => {
    expect(named(after(start(), write('log'), read('save')))).toBe('save')
    // Back to the one before, and on again.
    expect(named(after(start(), write('log'), read('save'), read('log')))).toBe('log')
  })
  test('one that names no span of the tree leaves the selection, whatever it says next', () => {
    const state = after(start('llm'), read('nowhere'))
    expect(named(state)).toBe('llm')
    expect(named(after(state, read('save')))).toBe('save')
  })
})

describe('what a link closes', () => {
  const sight = (span: string, named: boolean, closed: readonly string[]) => {
    const tree = buildSpanTree(outlinesOf(DRAWING))
    const state = startOf(tree, foldSiblings(tree), {
      span: outlinesOf(DRAWING).find(({ name }) => name === span)?.spanId,
      named,
      closed: closed.map((name) => outlinesOf(DRAWING).find((one) => one.name === name)?.spanId ?? name),
    })
    return { selected: tree.spans[selectedRow(state)]?.name, closed: state.view.collapsed.size, state }
  }

  test('stays closed over what the page selects by itself', () => {
    expect(sight('llm', false, ['log'])).toMatchObject({ selected: 'log', closed: 1 })
    expect(sight('llm', false, ['turn', 'log'])).toMatchObject({ selected: 'turn', closed: 2 })
    expect(sight('save', false, ['log'])).toMatchObject({ selected: 'save', closed: 1 })
  })

  test('opens over the span that it names', () => {
    expect(sight('llm', true, ['log'])).toMatchObject({ selected: 'llm', closed: 0 })
  })

  test('closes the orphans, and nothing that is not there', () => {
    expect(sight('turn', false, [CLOSED_ORPHANS]).state.view.orphansCollapsed).toBe(true)
    expect(sight('turn', false, ['no-such-span'])).toMatchObject({ selected: 'turn', closed: 0 })
    expect(sight('turn', false, ['no-such-span']).state.view.orphansCollapsed).toBe(false)
  })
})

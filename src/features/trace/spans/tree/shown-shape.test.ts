import { describe, expect, it } from 'vitest'
import { outlinesOf } from '../../../../domain/testing/trace-drawing.ts'
import { foldSiblings, ORPHANS, shownRows } from '../../../../domain/tree/span-rows.ts'
import { buildSpanTree } from '../../../../domain/tree/span-tree.ts'
import { type Openness, shownShape } from './shown-shape.ts'

const tree = buildSpanTree(
  outlinesOf(`
    turn       0..100
      log      0..10
      step     10..11
      step     11..12
      step     12..13
      step     13..14
      step     14..15
      save     90..95
        write  91..92
    lost       5..6   ^gone
  `),
)
const folds = foldSiblings(tree)

const shapeOf = (open: Partial<Openness> = {}) => {
  const all = { collapsed: new Set<number>(), openFolds: new Set<number>(), orphansCollapsed: false, ...open }
  return shownShape(tree, folds, all, shownRows(tree, { folds, ...all }))
}
const drawn = (shape: ReturnType<typeof shapeOf>) =>
  Array.from({ length: shape.rows }, (_, index) => {
    const expanded = shape.expanded(index)
    const mark = expanded === undefined ? ' ' : expanded ? '-' : '+'
    return `${mark} ${shape.text(index)} ${shape.positions[index]}/${shape.setSize(index)} under ${shape.parent(index)}`
  })

describe('the shape of the shown rows', () => {
  it('places every row among those under the same one', () => {
    expect(drawn(shapeOf())).toEqual([
      '- turn 1/2 under -1',
      '  log 1/3 under 0',
      '+ step 2/3 under 0',
      '- save 3/3 under 0',
      '  write 1/1 under 3',
      '-  2/2 under -1',
      '  lost 1/1 under 5',
    ])
  })
  it('follows what is open', () => {
    const save = tree.spans.findIndex((span) => span.name === 'save')
    const shape = shapeOf({ collapsed: new Set([save]), openFolds: new Set([0]), orphansCollapsed: true })
    expect(drawn(shape).filter((line) => line.startsWith('+'))).toEqual([
      '+ save 3/3 under 0',
      '+  2/2 under -1',
    ])
    expect(drawn(shape)[2]).toBe('- step 2/3 under 0')
    expect(drawn(shape)[3]).toBe('  step 1/5 under 2')
  })
  it('finds rows by what they are', () => {
    const shape = shapeOf()
    const write = tree.spans.findIndex((span) => span.name === 'write')
    const step = tree.spans.findIndex((span) => span.name === 'step')
    expect([shape.indexOf(0), shape.indexOf(write), shape.indexOf(step), shape.indexOf(ORPHANS)]).toEqual([
      0, 4, -1, 5,
    ])
  })
})

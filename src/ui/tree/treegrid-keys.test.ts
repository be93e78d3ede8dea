import { describe, expect, it } from 'vitest'
import { type TreegridShape, treegridAction, typeAhead } from './treegrid-keys.ts'

/** Each line is a row: indent says its level, `-` expanded, `+` collapsed, nothing a leaf. */
const shapeOf = (drawing: string): TreegridShape => {
  const lines = drawing.split('\n').filter((line) => line.trim() !== '')
  const level = (row: number) => (lines[row] ?? '').search(/\S/)
  return {
    rows: lines.length,
    expanded: (row) => ({ '-': true, '+': false })[(lines[row] ?? '').trim()[0] ?? ''],
    parent: (row) => {
      for (let i = row - 1; i >= 0; i--) if (level(i) < level(row)) return i
      return -1
    },
    text: (row) => (lines[row] ?? '').trim().replace(/^[-+] /, ''),
  }
}

const shape = shapeOf(`
- turn
  + log
  - loop
    predict
    act
  save
`)

describe('the keys of a tree', () => {
  it.each([
    ['ArrowDown', 0, { does: 'move', row: 1 }],
    ['ArrowDown', 5, { does: 'move', row: 5 }],
    ['ArrowUp', 0, { does: 'move', row: 0 }],
    ['ArrowUp', 4, { does: 'move', row: 3 }],
    ['Home', 4, { does: 'move', row: 0 }],
    ['End', 1, { does: 'move', row: 5 }],
    ['PageDown', 1, { does: 'move', row: 4 }],
    ['PageUp', 2, { does: 'move', row: 0 }],
    ['ArrowRight', 1, { does: 'expand', row: 1 }],
    ['ArrowRight', 2, { does: 'move', row: 3 }],
    ['ArrowRight', 3, undefined],
    ['ArrowLeft', 2, { does: 'collapse', row: 2 }],
    ['ArrowLeft', 1, { does: 'move', row: 0 }],
    ['ArrowLeft', 4, { does: 'move', row: 2 }],
    ['*', 1, { does: 'expand-siblings', row: 1 }],
    ['Enter', 3, { does: 'open', row: 3 }],
    ['Tab', 3, undefined],
  ])('%s on row %i', (key, row, action) => {
    expect(treegridAction(key, row, shape, 3)).toEqual(action)
  })
  it('does nothing where there is no row', () => {
    expect(treegridAction('End', -1, { ...shape, rows: 0 }, 3)).toBeUndefined()
  })
})

describe('type-ahead', () => {
  it('goes to the next row that begins so, round the end', () => {
    expect(typeAhead('l', 0, shape)).toBe(1)
    expect(typeAhead('l', 1, shape)).toBe(2)
    expect(typeAhead('l', 2, shape)).toBe(1)
    expect(typeAhead('LO', 1, shape)).toBe(1)
    expect(typeAhead('loo', 1, shape)).toBe(2)
    expect(typeAhead('x', 0, shape)).toBe(-1)
  })
})

import { describe, expect, test } from 'vitest'
import {
  COLUMNS,
  columnBefore,
  columnWidth,
  DEFAULT_COLUMNS,
  movedColumn,
  narrowColumns,
  shownColumns,
  toggledColumn,
} from './columns.ts'

describe('shownColumns', () => {
  test('the address wins over the reader, and the reader over the default', () => {
    expect(shownColumns(['time', 'io'], ['cost'])).toEqual(['time', 'io'])
    expect(shownColumns(undefined, ['cost'])).toEqual(['cost'])
    expect(shownColumns(undefined, undefined)).toBe(DEFAULT_COLUMNS)
  })

  test('columns that there are not are left out', () => {
    expect(shownColumns(['time', 'mood'], undefined)).toEqual(['time'])
    expect(shownColumns(['mood'], undefined)).toBe(DEFAULT_COLUMNS)
  })
})

test('a narrow window leaves out secondary columns, unless they were chosen', () => {
  expect(narrowColumns(DEFAULT_COLUMNS)).toEqual([
    'status',
    'time',
    'chatbot',
    'participant',
    'io',
    'duration',
    'tokens',
  ])
  expect(narrowColumns(['time', 'cost'])).toEqual(['time', 'cost'])
})

describe('columnWidth', () => {
  test('one column takes what is left', () => {
    expect(DEFAULT_COLUMNS.filter((id) => columnWidth(id, {}, false) === undefined)).toEqual(['io'])
  })
  test('a chosen width holds, down to the smallest that can be read', () => {
    expect(columnWidth('chatbot', { chatbot: 300 }, false)).toBe(300)
    expect(columnWidth('chatbot', { chatbot: 5 }, false)).toBe(60)
  })
  test('time is wider where days stand beside it', () => {
    expect(columnWidth('time', {}, true)).toBeGreaterThan(columnWidth('time', {}, false) as number)
  })
})

describe('choosing', () => {
  test('a column comes in at its place and goes out', () => {
    expect(toggledColumn(['status', 'io', 'cost'], 'chatbot')).toEqual(['status', 'chatbot', 'io', 'cost'])
    expect(toggledColumn(['status', 'chatbot', 'io'], 'chatbot')).toEqual(['status', 'io'])
  })
  test('the last one stays', () => {
    expect(toggledColumn(['io'], 'io')).toEqual(['io'])
  })
  test('one goes before another, or to the end', () => {
    expect(columnBefore(['a', 'b', 'c'], 'c', 'a')).toEqual(['c', 'a', 'b'])
    expect(columnBefore(['a', 'b', 'c'], 'a', 'c')).toEqual(['b', 'a', 'c'])
    expect(columnBefore(['a', 'b', 'c'], 'a', undefined)).toEqual(['b', 'c', 'a'])
    expect(columnBefore(['a', 'b', 'c'], 'b', 'b')).toEqual(['a', 'b', 'c'])
    expect(columnBefore(['a', 'b', 'c'], 'x', 'b')).toEqual(['a', 'b', 'c'])
  })
  test('moves stop at the ends', () => {
    expect(movedColumn(['a', 'b', 'c'], 'a', 1)).toEqual(['b', 'a', 'c'])
    expect(movedColumn(['a', 'b', 'c'], 'a', 9)).toEqual(['b', 'c', 'a'])
    expect(movedColumn(['a', 'b', 'c'], 'a', -1)).toEqual(['a', 'b', 'c'])
    expect(movedColumn(['a', 'b', 'c'], 'x', 1)).toEqual(['a', 'b', 'c'])
  })
})

test('ids are of the letters that an address takes', () => {
  for (const { id } of COLUMNS) expect(id).toMatch(/^[A-Za-z][A-Za-z0-9]{0,39}$/)
})

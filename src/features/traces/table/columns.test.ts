import { describe, expect, test } from 'vitest'
import { micros } from '../../../domain/model/units.ts'
import { TABLE_COLUMNS } from '../../../domain/query/columns.ts'
import { NEWEST_FIRST, SORT_FIELDS } from '../../../domain/query/trace-query.ts'
import { fittingColumns } from '../../../ui/table/fitting-columns.ts'
import {
  columnBefore,
  columnSort,
  DEFAULT_COLUMNS,
  defaultNeeds,
  movedColumn,
  querySort,
  shownColumns,
  traceColumns,
} from './columns.ts'

const CONTEXT = { utc: true, now: micros(0), longest: 0, hrefOf: () => '/' }
const columns = (withDays: boolean) => traceColumns(CONTEXT, withDays, 1000, (field) => field !== 'cost')
const column = (id: string, withDays = false) => columns(withDays).find((one) => one.id === id)

describe('traceColumns', () => {
  test('one of the default columns takes what is left', () => {
    expect(DEFAULT_COLUMNS.filter((id) => column(id)?.size === undefined)).toEqual(['io'])
  })
  test('time is wider where days stand beside it', () => {
    expect(column('time', true)?.size).toBeGreaterThan(column('time')?.size as number)
  })
  test('those sort that the source can sort by', () => {
    expect(
      columns(false)
        .filter(({ sortable }) => sortable)
        .map(({ id }) => id),
    ).toEqual(['time', 'duration', 'tokens'])
  })
  test('no column is smaller at first than it may become', () => {
    for (const { size, minSize } of columns(false))
      expect(size ?? 1000).toBeGreaterThanOrEqual(minSize as number)
  })
})

describe('shownColumns', () => {
  test('the address wins over the reader, and the reader over the default', () => {
    expect(shownColumns(['time', 'io'], ['cost'])).toEqual(['time', 'io'])
    expect(shownColumns(undefined, ['cost'])).toEqual(['cost'])
    expect(shownColumns(undefined, undefined)).toBe(DEFAULT_COLUMNS)
  })

  test('columns that there are not are left out', () => {
    expect(shownColumns(['time', 'mood'], undefined)).toEqual(['time'])
    expect(shownColumns(['mood'], undefined)).toBe(DEFAULT_COLUMNS)
    // Columns of the export alone are none of the table's.
    expect(shownColumns(['messageType'], undefined)).toBe(DEFAULT_COLUMNS)
  })
})

test.each([
  [1440, DEFAULT_COLUMNS],
  [900, ['status', 'time', 'chatbot', 'participant', 'io', 'duration', 'tokens']],
  [390, ['status', 'time', 'io']],
  [200, ['status']],
])('a table of %i px keeps the default columns that there is room for', (room, expected) => {
  const kept = fittingColumns(defaultNeeds({}, true, room), room)
  expect(DEFAULT_COLUMNS.filter((id) => kept.has(id))).toEqual(expected)
})

test('a column that was made wide takes the room of lesser ones', () => {
  const kept = (sizes: Record<string, number>) => fittingColumns(defaultNeeds(sizes, true, 900), 900)
  expect(kept({}).has('tokens')).toBe(true)
  expect(kept({ chatbot: 300 }).has('tokens')).toBe(false)
})

describe('choosing', () => {
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

describe('sorting', () => {
  test('each field of a query is that of one column', () => {
    for (const field of SORT_FIELDS)
      expect(querySort(columnSort({ field, descending: true }), false)).toEqual({ field, descending: true })
  })
  test('no sort is newest first', () => {
    expect(querySort(undefined, true)).toEqual(NEWEST_FIRST)
    expect(querySort({ id: 'chatbot', descending: true }, true)).toEqual(NEWEST_FIRST)
  })
  test('a source that has one direction alone goes back at once', () => {
    expect(querySort({ id: 'cost', descending: false }, true)).toEqual({ field: 'cost', descending: false })
    expect(querySort({ id: 'cost', descending: false }, false)).toEqual(NEWEST_FIRST)
  })
})

test('ids are of the letters that an address takes', () => {
  for (const { id } of TABLE_COLUMNS) expect(id).toMatch(/^[A-Za-z][A-Za-z0-9]{0,39}$/)
})

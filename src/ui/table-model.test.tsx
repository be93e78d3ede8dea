import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import {
  type ColumnArrangement,
  type ColumnSort,
  drawCell,
  leastWidth,
  sizeOf,
  type TableColumn,
  type TableModel,
  useTableModel,
} from './table/table-model.ts'

const COLUMNS: readonly TableColumn<{ readonly name: string }>[] = [
  { id: 'name', label: 'Name', cell: ({ name }) => name, minSize: 100 },
  { id: 'age', label: 'Age', size: 80, sortable: true, numeric: true, cell: () => 1 },
  { id: 'city', label: 'City', size: 120, minSize: 60, cell: () => 'Oslo' },
  { id: 'tags', label: 'Tags', size: 50, cell: () => '' },
]

/** The model as a table would have it in one render. */
function modelOf(arrangement: ColumnArrangement = {}): TableModel {
  let model: TableModel | undefined
  function Probe() {
    model = useTableModel(COLUMNS, arrangement)
    return null
  }
  renderToStaticMarkup(<Probe />)
  if (!model) throw new Error('the probe was not rendered')
  return model
}
const visible = (model: TableModel) => model.getVisibleLeafColumns().map(({ id }) => id)
const column = (model: TableModel, id: string) => {
  const found = model.getColumn(id)
  if (!found) throw new Error(`no column ${id}`)
  return found
}

describe('order and visibility', () => {
  test('all as declared, unless others were chosen', () => {
    expect(visible(modelOf())).toEqual(['name', 'age', 'city', 'tags'])
    expect(visible(modelOf({ shown: ['city', 'name'] }))).toEqual(['city', 'name'])
  })

  const told = (shown: readonly string[], act: (model: TableModel) => void) => {
    const said: (readonly string[])[] = []
    act(modelOf({ shown, onShown: (ids) => said.push(ids) }))
    return said
  }
  test('a column comes in at its place and goes out', () => {
    expect(told(['name', 'city', 'tags'], (model) => column(model, 'age').toggleVisibility())).toEqual([
      ['name', 'age', 'city', 'tags'],
    ])
    expect(told(['tags', 'name'], (model) => column(model, 'city').toggleVisibility())).toEqual([
      ['city', 'tags', 'name'],
    ])
    expect(told(['name', 'city'], (model) => column(model, 'tags').toggleVisibility())).toEqual([
      ['name', 'city', 'tags'],
    ])
    expect(told(['name', 'city'], (model) => column(model, 'name').toggleVisibility())).toEqual([['city']])
  })
  test('the last one stays', () => {
    expect(told(['city'], (model) => column(model, 'city').toggleVisibility())).toEqual([])
  })
  test('a new order names the visible ones alone', () => {
    expect(told(['city', 'name'], (model) => model.setColumnOrder((ids) => ids.toReversed()))).toEqual([
      ['name', 'city'],
    ])
  })
})

describe('sizes', () => {
  test('one without a size shares what is left, until it is given one', () => {
    const model = modelOf()
    expect(sizeOf(model, column(model, 'name'))).toBeUndefined()
    expect(sizeOf(model, column(model, 'age'))).toBe(80)
    const sized = modelOf({ sizes: { name: 222 } })
    expect(sizeOf(sized, column(sized, 'name'))).toBe(222)
  })
  test('a chosen size holds, down to the smallest that can be read', () => {
    const model = modelOf({ sizes: { city: 5, age: 39, tags: 300 } })
    expect(['city', 'age', 'tags'].map((id) => sizeOf(model, column(model, id)))).toEqual([60, 40, 300])
    expect(leastWidth(model, model.getVisibleLeafColumns())).toBe(100 + 40 + 60 + 300)
  })
  test('what is dragged is told beside what was; a reset forgets it', () => {
    const said: unknown[] = []
    const model = modelOf({ sizes: { city: 90 }, onSizes: (sizes) => said.push(sizes) })
    model.setColumnSizing((sizes) => ({ ...sizes, age: 70 }))
    column(model, 'city').resetSize()
    expect(said).toEqual([{ city: 90, age: 70 }, {}])
  })
})

describe('sorting', () => {
  const pressed = (sort: ColumnSort | undefined) => {
    const said: (ColumnSort | undefined)[] = []
    column(modelOf({ ...(sort && { sort }), onSort: (next) => said.push(next) }), 'age').toggleSorting()
    return said[0]
  }
  test('the greatest first, the least first, none', () => {
    expect(pressed(undefined)).toEqual({ id: 'age', descending: true })
    expect(pressed({ id: 'city', descending: false })).toEqual({ id: 'age', descending: true })
    expect(pressed({ id: 'age', descending: true })).toEqual({ id: 'age', descending: false })
    expect(pressed({ id: 'age', descending: false })).toBeUndefined()
  })
  test('only what is sortable can; a mark may stand on any', () => {
    const model = modelOf({ sort: { id: 'city', descending: true } })
    expect(COLUMNS.filter(({ id }) => column(model, id).getCanSort()).map(({ id }) => id)).toEqual(['age'])
    expect(column(model, 'city').getIsSorted()).toBe('desc')
    expect(column(model, 'age').getIsSorted()).toBe(false)
  })
})

test('a cell is drawn from the row alone', () => {
  expect(drawCell(column(modelOf(), 'name'), { name: 'Ana' })).toBe('Ana')
})

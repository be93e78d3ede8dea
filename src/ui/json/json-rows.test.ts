import { describe, expect, it } from 'vitest'
import { jsonRows, pathText } from './json-rows.ts'

const data = { name: 'Ana', accounts: { savings: { balance: 1 }, none: {} }, tags: ['a', 'b'] }

const drawn = (opened: readonly string[]) =>
  jsonRows(data, new Set(opened)).map(
    ({ key, depth, open }) => `${'  '.repeat(depth)}${open === undefined ? ' ' : open ? '-' : '+'}${key}`,
  )

describe('the lines of a data tree', () => {
  it('begin closed', () => {
    expect(drawn([])).toEqual([' name', '+accounts', '+tags'])
  })
  it('open where told, an empty object holding nothing', () => {
    expect(drawn(['["accounts"]', '["tags"]'])).toEqual([
      ' name',
      '-accounts',
      '  +savings',
      '   none',
      '-tags',
      '   0',
      '   1',
    ])
  })
  it('are none for a plain value', () => {
    expect(jsonRows('text', new Set())).toEqual([])
  })
})

describe('a path in words', () => {
  it.each([
    [['orders', 1, 'status'], 'orders[1].status'],
    [['a.b', 'c'], '["a.b"].c'],
    [[0, 'x'], '[0].x'],
    [['k[0]', 'q"'], '["k[0]"]["q\\""]'],
    [['first_name'], 'first_name'],
  ])('%j', (path, text) => {
    expect(pathText(path)).toBe(text)
  })
})

import { describe, expect, test } from 'vitest'
import { traceId } from '../domain/model/units.ts'
import { EVERYTHING } from '../domain/query/trace-query.ts'
import { changedView, paths, readView, viewSearch } from './location.ts'

describe('readView', () => {
  test('an empty address is everything, newest first', () => {
    expect(readView('')).toEqual({ query: EVERYTHING, problems: [] })
  })

  test('filters and the keys of the page stand side by side', () => {
    const view = readView(
      '?chatbot=Transfer&status=error&sort=-duration&cols=status,time,input&peek=abc&tab=raw',
    )
    expect(view.problems).toEqual([])
    expect(view.query.conditions).toEqual([
      { field: 'chatbot', operator: 'is', values: ['Transfer'] },
      { field: 'status', operator: 'is', values: ['error'] },
    ])
    expect(view.query.sort).toEqual({ field: 'duration', descending: true })
    expect(view.columns).toEqual(['status', 'time', 'input'])
    expect(view.peek).toBe('abc')
    expect(view.tab).toBe('raw')
  })

  test('a filter that cannot be read is named, and nothing else is asked instead', () => {
    const view = readView('?chatbot=Transfer&colour=red')
    expect(view.query).toEqual(EVERYTHING)
    expect(view.problems).toHaveLength(1)
    expect(view.problems[0]).toMatch(/^colour: /)
  })

  test.each([
    ['columns that are no ids', 'cols=<b>,,time,time', { columns: ['time'] }],
    ['columns with nothing readable', 'cols=,,', {}],
    ['an id of control characters', 'peek=%00%01', {}],
    ['a tab that is no word', 'tab=../../x', {}],
    ['a zoom that runs backwards', 'zoom=500-100', {}],
    ['a zoom', 'zoom=100-2500', { zoom: { from: 100, to: 2500 } }],
  ])('what arranges the page is read tolerantly: %s', (_name, search, expected) => {
    expect(readView(search)).toEqual({ query: EVERYTHING, problems: [], ...expected })
  })

  test('an address of a newer version is said to be one', () => {
    expect(readView('v=99').problems).toEqual(['v: made by a newer Turnscope (99)'])
    expect(readView('v=1').problems).toEqual([])
    expect(readView('v=zero').problems).toHaveLength(1)
  })
})

describe('viewSearch', () => {
  test('what is default is left out', () => {
    expect(viewSearch({ query: EVERYTHING })).toBe('')
  })

  test.each([
    '?chatbot=Transfer&status=error',
    '?participant.contains=Ana+%26+co&from=2026-11-20T09:30:00Z&to=2026-11-20T14:03:00Z',
    '?last=6h&q=what+is+100%25%3F&sort=duration&cols=status,time,io&peek=a%2Fb&span=7&tab=raw-json&zoom=0-250',
  ])('reads back unchanged: %s', (search) => {
    expect(viewSearch(readView(search))).toBe(search)
    expect(readView(viewSearch(readView(search)))).toEqual(readView(search))
  })
})

test('changedView takes parts away and clears problems', () => {
  const view = readView('?peek=abc&cols=time&colour=red')
  expect(changedView(view, { peek: undefined, tab: 'raw' })).toEqual({
    query: EVERYTHING,
    problems: [],
    columns: ['time'],
    tab: 'raw',
  })
})

test('paths encode ids', () => {
  expect(paths.trace('local', 'a/b?c', { peek: traceId('x') })).toBe('/local/traces/a%2Fb%3Fc?peek=x')
  expect(paths.session('jaeger-eu', 's 1')).toBe('/jaeger-eu/sessions/s%201')
})

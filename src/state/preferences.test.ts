import { describe, expect, test } from 'vitest'
import { DEFAULT_PREFERENCES, readPreferences } from './preferences.ts'

describe('readPreferences', () => {
  test.each([
    ['nothing stored', null],
    ['no JSON', '{theme'],
    ['another shape', '[1,2]'],
    ['null', 'null'],
    [
      'every part damaged',
      '{"theme":"red","utc":"yes","columns":"all","columnWidths":[1],"panes":{"peek":"wide"}}',
    ],
  ])('%s: the defaults', (_name, text) => {
    expect(readPreferences(text)).toEqual(DEFAULT_PREFERENCES)
  })

  test('what can be read is kept beside what cannot', () => {
    const text =
      '{"theme":"dark","singleKeys":false,"columns":["time",7],"columnWidths":{"time":80,"io":-5},"panes":7}'
    expect(readPreferences(text)).toEqual({
      theme: 'dark',
      utc: false,
      singleKeys: false,
      columns: ['time'],
      columnWidths: { time: 80 },
      panes: {},
    })
  })
})

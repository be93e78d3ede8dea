import { describe, expect, it } from 'vitest'
import { isNothing, readPythonRepr, readValue, saidNumber } from './tolerant-value.ts'

describe('readValue', () => {
  it.each([
    ['JSON', '{"a": [1, null, true]}', { a: [1, null, true] }],
    [
      'a Python dict',
      "{'event': 'slot', 'timestamp': None, 'ok': True}",
      { event: 'slot', timestamp: null, ok: true },
    ],
    ['a Python set', "{'transfer_money', 'check'}", ['transfer_money', 'check']],
    ['a Python list', "['set slot', \"it's\"]", ['set slot', "it's"]],
    ['a tuple of one', "('a',)", ['a']],
    ['an empty dict in a list', '[{}]', [{}]],
    ['escapes', "['a\\n\\x41\\u00e9\\'']", ["a\nAé'"]],
    ['nested', "[{'a': {'b': [1, -2.5, 1e3]}}]", [{ a: { b: [1, -2.5, 1000] } }]],
    ['plain text', 'hello [there]', 'hello [there]'],
    ['text in brackets', '[urgent] help', '[urgent] help'],
    ['a word for nothing', 'None', null],
    ['an empty list as text', '[]', null],
    ['a native value', 7, 7],
  ])('%s', (_name, text, expected) => {
    expect(readValue(text)).toEqual(expected)
  })
})

it.each([
  "['a'",
  "{'a': }",
  "{'a' 'b'}",
  "['a'}",
  "'a' 'b'",
  '[a=b]',
  `${'['.repeat(5000)}`,
  "['\\",
  'x'.repeat(300_000),
])('what is no repr is none: %#', (text) => {
  expect(readPythonRepr(text)).toBeUndefined()
})

it.each([
  ['412', 412],
  [' -2.5e3 ', -2500],
  ['12abc', undefined],
  ['', undefined],
  ['1'.repeat(400), undefined],
  [Number.NaN, undefined],
  [true, undefined],
])('the number in %j is %s', (value, expected) => {
  expect(saidNumber(value)).toBe(expected)
})

it.each(['', ' ', 'None', 'null', '{}', '[]', null, undefined, []])('%j says nothing', (value) => {
  expect(isNothing(value)).toBe(true)
})

it.each([0, false, '0', 'none at all', {}, [0]])('%j says something', (value) => {
  expect(isNothing(value)).toBe(false)
})

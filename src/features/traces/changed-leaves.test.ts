import { expect, test } from 'vitest'
import { briefValue, changedLeaves } from './changed-leaves.ts'

test('leaves that were added, removed and modified, in the order of their keys', () => {
  const before = { transfer: { status: 'confirmed', attempts: 0, token: 'c7' }, name: 'Ana', 'a.b': 1 }
  const after = { transfer: { status: 'failed', attempts: 0, error: { code: 'X' } }, name: 'Ana', 'a.b': 2 }
  expect(changedLeaves(before, after)).toEqual([
    { kind: 'modified', path: 'transfer.status', before: 'confirmed', after: 'failed' },
    { kind: 'removed', path: 'transfer.token', before: 'c7' },
    { kind: 'added', path: 'transfer.error', after: { code: 'X' } },
    { kind: 'modified', path: '"a.b"', before: 1, after: 2 },
  ])
})

test('nothing changed: nothing', () => {
  expect(changedLeaves({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toEqual([])
})

test('null is a value, and names of every object are not fields', () => {
  expect(changedLeaves({ a: null }, {})).toEqual([{ kind: 'removed', path: 'a', before: null }])
  expect(changedLeaves({}, { constructor: 1 })).toEqual([{ kind: 'added', path: 'constructor', after: 1 }])
})

test('depth and number are bounded', () => {
  const deep = (end: string) => JSON.parse(`${'{"a":'.repeat(3000)}"${end}"${'}'.repeat(3000)}`)
  expect(changedLeaves(deep('x'), deep('y'))).toHaveLength(1)
})

test.each([
  ['confirmed', '"confirmed"'],
  [0, '0'],
  [null, 'null'],
  [{ code: 'READ_TIMEOUT', retryable: true }, '{ code: "READ_TIMEOUT", … }'],
  [{ one: { two: 2 } }, '{ one: … }'],
  [{}, '{}'],
  [[1, 2], '[1,2]'],
  ['x'.repeat(100), `"${'x'.repeat(58)}…`],
])('%o in brief: %s', (value, text) => {
  expect(briefValue(value)).toBe(text)
})

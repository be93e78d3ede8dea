import { expect, test } from 'vitest'
import type { AttributeValue } from '../../../domain/model/span.ts'
import { briefValue } from './brief-value.ts'

test.each<[AttributeValue, string]>([
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

test('a list of any depth', () => {
  let deep: AttributeValue = 1
  for (let level = 0; level < 50_000; level++) deep = [deep]
  expect(briefValue(deep)).toMatch(/…/)
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Json, jsonLines, jsonPreview, jsonText } from './json/json-lines.ts'

const deep = (levels: number): Json => {
  let value: Json = 'end'
  for (let i = 0; i < levels; i++) value = { in: value }
  return value
}

describe('lines of JSON', () => {
  it('are those of JSON.stringify while the levels are few', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(jsonText(value as Json)).toBe(JSON.stringify(value, null, 2))
      }),
    )
  })
  it('come without building the rest', () => {
    const lines = jsonLines(Array.from({ length: 1_000_000 }, (_, i) => i))
    expect([lines.next().value, lines.next().value, lines.next().value]).toEqual(['[', '  0,', '  1,'])
  })
  it('are made of a value 10,000 levels deep', () => {
    const lines = [...jsonLines(deep(10_000))]
    expect(lines).toHaveLength(20_001)
    expect(JSON.parse(lines.join('\n'))).toBeTypeOf('object')
  })
})

describe('a preview', () => {
  it.each<[Json, string]>([
    [
      { savings: { balance: 1240.55 }, current: { a: 1, b: 2 } },
      '{ savings: { balance: 1240.55 }, current: { … } }',
    ],
    [[1, 'two', [3]], '[1, "two", [1]]'],
    [{}, '{}'],
    [[], '[]'],
    ['x', '"x"'],
    [null, 'null'],
  ])('%j', (value, text) => {
    expect(jsonPreview(value, 80)).toBe(text)
  })
  it('is short whatever the value', () => {
    expect(jsonPreview('x'.repeat(1_000_000), 60).length).toBeLessThan(70)
    expect(jsonPreview(deep(10_000), 60).length).toBeLessThan(70)
    expect(
      jsonPreview(
        Array.from({ length: 1000 }, (_, i) => i),
        60,
      ).length,
    ).toBeLessThan(70)
  })
})

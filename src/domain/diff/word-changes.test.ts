import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type TextPart, wordChanges } from './word-changes.ts'

const MARKS = { same: ['', ''], added: ['{+', '+}'], removed: ['{-', '-}'] } as const
const drawn = (parts: TextPart[]) =>
  parts.map(({ kind, text }) => `${MARKS[kind][0]}${text}${MARKS[kind][1]}`).join('')
const side = (parts: TextPart[], without: TextPart['kind']) =>
  parts
    .filter(({ kind }) => kind !== without)
    .map(({ text }) => text)
    .join('')

describe('wordChanges', () => {
  it.each([
    ['', '', ''],
    ['same', 'same', 'same'],
    ['', 'new', '{+new+}'],
    ['old', '', '{-old-}'],
    ['order 123 and polite', 'order 124 and very polite', 'order {-123-}{+124+} and{+ very+} polite'],
    ['refund', 'refunds', '{-refund-}{+refunds+}'],
    ['a refund was asked', 'a refunds was asked', 'a {-refund-}{+refunds+} was asked'],
    ['one\ntwo\n', 'one\nthree\n', 'one\n{-two-}{+three+}\n'],
  ])('%j → %j', (before, after, expected) => {
    expect(drawn(wordChanges(before, after))).toBe(expected)
  })

  it('keeps both texts whole', () => {
    const text = fc
      .array(fc.oneof(fc.constantFrom('a', 'bc', ' ', '\n', '. ', '😀'), fc.string({ unit: 'grapheme' })), {
        maxLength: 20,
      })
      .map((words) => words.join(''))
    fc.assert(
      fc.property(text, text, (before, after) => {
        const parts = wordChanges(before, after)
        expect(side(parts, 'added')).toBe(before)
        expect(side(parts, 'removed')).toBe(after)
      }),
      { numRuns: 500 },
    )
  })

  it('finds a word in a long text', () => {
    const filler = 'The caller asked for a refund. '.repeat(20_000)
    expect(wordChanges(`${filler}old ${filler}`, `${filler}new ${filler}`)).toEqual([
      { kind: 'same', text: filler },
      { kind: 'removed', text: 'old' },
      { kind: 'added', text: 'new' },
      { kind: 'same', text: ` ${filler}` },
    ])
  })

  it('compares long texts by lines', () => {
    const lines = Array.from({ length: 3_000 }, (_, index) => `line ${index} with some words`)
    const after = lines.with(10, 'another').with(2_900, 'another one')
    const parts = wordChanges(lines.join('\n'), after.join('\n'))
    expect(parts.filter(({ kind }) => kind === 'added')).toHaveLength(2)
    expect(side(parts, 'removed')).toBe(after.join('\n'))
  })

  it.each([
    ['words', 'x '.repeat(9_000), 'y '.repeat(9_000)],
    ['letters', 'x'.repeat(5_000_000), 'y'.repeat(5_000_000)],
    ['nearly equal letters', `${'x'.repeat(3_000_000)}a`, `${'x'.repeat(3_000_000)}b`],
  ])('gives up on texts that have too little in common: %s', (_, before, after) => {
    const parts = wordChanges(before, after)
    expect(parts.length).toBeLessThan(4)
    expect(side(parts, 'added')).toBe(before)
    expect(side(parts, 'removed')).toBe(after)
  })
})

import { describe, expect, test } from 'vitest'
import { searchTerms } from './text-search.ts'

const written = (text: string) =>
  searchTerms(text).map(({ text: term, excluded }) => (excluded ? `not ${term}` : term))

describe('a search is read as terms', () => {
  test.each([
    ['refund', ['refund']],
    ['refund card', ['refund', 'card']],
    ['  refund\t card ', ['refund', 'card']],
    ['"late refund"', ['late refund']],
    ['"late refund" card', ['late refund', 'card']],
    ['"late refund', ['late refund']],
    ['card "late refund', ['card', 'late refund']],
    ['-card', ['not card']],
    ['refund -card', ['refund', 'not card']],
    ['-"late refund" card', ['not late refund', 'card']],
    ['-"late refund', ['not late refund']],
    ['-', ['-']],
    ['a - b', ['a', '-', 'b']],
    ['--', ['not -']],
    ['--dry-run', ['not -dry-run']],
    ['e-mail', ['e-mail']],
    ['5" screen', ['5"', 'screen']],
    ['say"hello there"', ['say"hello', 'there"']],
    ['""', ['""']],
    ['" "', ['" "']],
    ['"', ['"']],
    ['-"', ['-"']],
    ['a "" b', ['a', '""', 'b']],
    ['"a""b"', ['a', 'b']],
    ['مرحبا بك', ['مرحبا', 'بك']],
    ['', []],
    ['   ', []],
  ])('%j', (text, expected) => {
    expect(written(text)).toEqual(expected)
  })

  test('no term is empty, whatever is typed', () => {
    const letters = ['"', '-', ' ', 'a', '\n']
    const texts = letters.reduce<string[]>(
      (all) => all.flatMap((text) => letters.map((letter) => text + letter)),
      [''],
    )
    for (const text of texts) {
      for (const term of searchTerms(text)) expect(term.text.trim(), JSON.stringify(text)).not.toBe('')
      if (text.trim() !== '') expect(searchTerms(text).length, JSON.stringify(text)).toBeGreaterThan(0)
    }
  })
})

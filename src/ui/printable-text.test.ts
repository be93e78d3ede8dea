import { describe, expect, it } from 'vitest'
import { cutAt, printable } from './text/printable-text.ts'

describe('foreign text', () => {
  it.each([
    ['plain \u{1F600} text\n\twith a tab', 'plain \u{1F600} text\n\twith a tab'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007', 'link'],
    ['a\u0000b\u0007c\u007f', 'a\u2400b\u2407c\u2421'],
    ['pay \u202eexe.pdf', 'pay [U+202E]exe.pdf'],
    ['\u2066in\u2069', '[U+2066]in[U+2069]'],
    ['one\r\ntwo', 'one\ntwo'],
    ['שלום مرحبا', 'שלום مرحبا'],
  ])('%j reads %j', (text, shown) => {
    expect(printable(text)).toBe(shown)
  })
  it('is cut between characters, not inside one', () => {
    expect(cutAt('ab\u{1F600}cd', 3)).toBe('ab')
    expect(cutAt('ab\u{1F600}cd', 4)).toBe('ab\u{1F600}')
    expect(cutAt('abc', 3)).toBe('abc')
  })
})

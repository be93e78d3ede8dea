import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { MarkdownRenderer } from './markdown-renderer.tsx'

const drawn = (text: string) => renderToStaticMarkup(<MarkdownRenderer text={text} />)

describe('rendered Markdown', () => {
  it('shows a table with Markdown in its cells, aligned as it says', () => {
    const html = drawn('Our plans:\n\n| Plan | Price |\n|---|--:|\n| **Basic** | 9 € |')
    expect(html).toContain('<p>Our plans:</p>')
    expect(html).toMatch(/<th scope="col" style="text-align:right">Price<\/th>/)
    expect(html).toContain('<td><strong>Basic</strong></td>')
  })

  it('makes no element of HTML in a cell, and follows no link there but http, https and mailto', () => {
    const html = drawn('|a|b|\n|-|-|\n|<img src=x onerror=alert(1)>|[x](javascript:alert(1))|')
    expect(html).not.toContain('<img')
    expect(html).not.toContain('javascript:')
    expect(html).not.toContain('<a ')
    expect(html).toContain('<span>x</span>')
  })

  it('says how many rows it leaves out', () => {
    const rows = Array.from({ length: 101 }, (_, row) => `|${row}|`).join('\n')
    expect(drawn(`|n|\n|-|\n${rows}`)).toContain('100 of 101 rows')
    expect(drawn(`|n|\n|-|\n${rows.slice(0, rows.lastIndexOf('\n'))}`)).not.toContain('of 100 rows')
  })
})

import { describe, expect, it } from 'vitest'
import { splitTables } from './markdown-tables.ts'

const TABLE = '| Plan | Price |\n|:--|--:|\n| Basic | 9 |\n| Pro | 29 |'

describe('tables in Markdown', () => {
  it('are taken out between the texts around them', () => {
    expect(splitTables(`Our plans:\n\n${TABLE}\n\nWhich one?`)).toEqual([
      { is: 'text', text: 'Our plans:\n' },
      {
        is: 'table',
        table: {
          head: ['Plan', 'Price'],
          align: ['left', 'right'],
          rows: [
            ['Basic', '9'],
            ['Pro', '29'],
          ],
        },
      },
      { is: 'text', text: '\nWhich one?' },
    ])
  })

  it('may lack the outer bars, follow a line of text, and hold bars that are escaped', () => {
    expect(splitTables('plans\na | b\n- | :-:\nx \\| y | z')).toEqual([
      { is: 'text', text: 'plans' },
      { is: 'table', table: { head: ['a', 'b'], align: [undefined, 'center'], rows: [['x | y', 'z']] } },
    ])
  })

  it('have rows as wide as the head', () => {
    const [part] = splitTables('|a|b|\n|-|-|\n|1|\n|1|2|3|')
    expect(part).toMatchObject({
      table: {
        rows: [
          ['1', ''],
          ['1', '2'],
        ],
      },
    })
  })

  it.each([
    ['a fence', `\`\`\`\n${TABLE}\n\`\`\``],
    ['a longer fence around a shorter', `\`\`\`\`\n\`\`\`\n${TABLE}\n\`\`\`\``],
    ['indented code', TABLE.replaceAll(/^/gm, '    ')],
    ['a list', `- ${TABLE}`],
    ['another number of dashes than cells', '| a | b |\n|---|\n| 1 | 2 |'],
    ['bars without dashes', '| a | b |\n| 1 | 2 |'],
    ['a heading under dashes', 'a\n---\nb'],
    ['nothing', ''],
  ])('%s is none', (_, text) => {
    expect(splitTables(text).filter(({ is }) => is === 'table')).toEqual([])
  })

  it('lose nothing around them, whatever stands there', () => {
    const text = `# Title\n${TABLE}\n> quote\n${TABLE}\nafter the table`
    const parts = splitTables(text)
    expect(parts.map(({ is }) => is)).toEqual(['text', 'table', 'text', 'table'])
    expect(parts[3]).toMatchObject({
      table: {
        rows: [
          ['Basic', '9'],
          ['Pro', '29'],
          ['after the table', ''],
        ],
      },
    })
  })

  it('take their time from the text, not from its square', () => {
    const rows = Array.from({ length: 5_000 }, (_, row) => `|${row}|${'|'.repeat(row % 3)}`).join('\n')
    const [part] = splitTables(`|a|b|\n|-|-|\n${rows}`)
    expect(part?.is === 'table' && part.table.rows.length).toBe(5_000)
  })
})

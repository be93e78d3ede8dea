/** A stretch of Markdown, or a table that was taken out of it. */
export type MarkdownPart =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'table'; readonly table: MarkdownTable }

export type Alignment = 'left' | 'right' | 'center' | undefined

/** Cells are Markdown of one line. Rows are as wide as the head: what is beyond was never shown as a cell. */
export interface MarkdownTable {
  readonly head: readonly string[]
  readonly align: readonly Alignment[]
  readonly rows: readonly (readonly string[])[]
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/
/** A list, a quote, a heading or indented code: a row that begins like one belongs to it. */
const OTHER_BLOCK = /^(?: {4}|\t| {0,3}(?:[-+*]\s|\d{1,9}[.)]\s|>|#{1,6}\s|<))/
const DELIMITER = /^:?-+:?$/

/** A line's cells; `\\|` is a bar that stands in one. */
function cellsOf(line: string): readonly string[] {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'))
}

const alignmentOf = (cell: string): Alignment => {
  const [first, last] = [cell.startsWith(':'), cell.endsWith(':')]
  if (first && last) return 'center'
  return last ? 'right' : first ? 'left' : undefined
}

/** The alignments that the second line of a table states; undefined for a line that is none. */
function alignmentsOf(line: string | undefined): readonly Alignment[] | undefined {
  if (line === undefined || !line.includes('|') || !line.includes('-')) return undefined
  const cells = cellsOf(line)
  return cells.every((cell) => DELIMITER.test(cell)) ? cells.map(alignmentOf) : undefined
}

/**
 * Takes tables as GitHub writes them (a head, a line of dashes with as many cells, rows) out of Markdown. What
 * stands in fenced or indented code, in lists and in quotes stays text.
 */
export function splitTables(markdown: string): readonly MarkdownPart[] {
  const lines = markdown.split('\n')
  const parts: MarkdownPart[] = []
  let text: string[] = []
  let fence: string | undefined
  const flush = () => {
    if (text.some((line) => line.trim() !== '')) parts.push({ is: 'text', text: text.join('\n') })
    text = []
  }
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string
    const mark = FENCE.exec(line)?.[1]
    if (mark !== undefined) {
      if (fence === undefined) fence = mark
      else if (mark.startsWith(fence) && line.trim() === mark) fence = undefined
    }
    const align = alignmentsOf(lines[at + 1])
    const head = fence === undefined && line.includes('|') && !OTHER_BLOCK.test(line) ? cellsOf(line) : []
    if (align === undefined || head.length !== align.length) {
      text.push(line)
      continue
    }
    flush()
    const rows: (readonly string[])[] = []
    at += 2
    for (; at < lines.length; at++) {
      const row = lines[at] as string
      if (row.trim() === '' || FENCE.test(row) || OTHER_BLOCK.test(row)) break
      const cells = cellsOf(row)
      rows.push(head.map((_, column) => cells[column] ?? ''))
    }
    at -= 1
    parts.push({ is: 'table', table: { head, align, rows } })
  }
  flush()
  return parts
}

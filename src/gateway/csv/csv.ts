import type { Trace } from '../../domain/model/trace.ts'
import { CSV_HEADER, csvRows } from '../../domain/query/columns.ts'

/** UTF-8's mark at the start: without it spreadsheets guess another encoding. */
const BOM = '\uFEFF'
/** One write's size, about: small enough that a slow reader holds little back, large enough to be fast. */
const CHUNK_CHARS = 65_536

const NEEDS_QUOTES = /[",\r\n]/
const quoted = (cell: string): string => (NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

const record = (written: readonly string[]): string => `${written.join(',')}\r\n`

/** One record as RFC 4180 has it. */
export const csvRecord = (cells: readonly string[]): string => record(cells.map(quoted))

export interface CsvChunk {
  readonly text: string
  /** What this chunk ends, for progress. */
  readonly traces: number
  readonly rows: number
}

/** The export as text, in chunks: mark and header, then each turn's rows. Reads a batch only when asked on. */
export async function* csvChunks(
  batches: AsyncIterable<readonly Trace[]>,
  source: string,
): AsyncGenerator<CsvChunk> {
  let text = BOM + csvRecord(CSV_HEADER)
  let traces = 0
  let rows = 0
  const cut = (): CsvChunk => {
    const chunk = { text, traces, rows }
    text = ''
    traces = 0
    rows = 0
    return chunk
  }
  for await (const batch of batches) {
    for (const trace of batch) {
      for (const cells of csvRows(trace, source, quoted)) {
        text += record(cells)
        rows += 1
      }
      traces += 1
      if (text.length >= CHUNK_CHARS) yield cut()
    }
    if (text !== '') yield cut()
  }
  if (text !== '') yield cut()
}

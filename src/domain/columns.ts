import { formatIsoTime } from './iso-time.ts'
import type { AttributeValue } from './span.ts'
import type { Measured, Trace, TraceSummary } from './trace.ts'
import { endOf } from './units.ts'

/** One of the two CSV rows of a turn. */
export type MessageType = 'input' | 'ai'

/**
 * Where a CSV column is filled: on whichever row is the turn's last, on both alike, or on each with a text
 * of its own.
 */
export type ColumnPlace = 'last' | 'both' | 'each'

interface CsvCell {
  readonly header: string
  readonly place: ColumnPlace
  /** The cell's text before the formula guard; `''` = unknown. */
  readonly read: (trace: Trace, row: MessageType, source: string) => string
}

interface TableCell {
  readonly label: string
  readonly align: 'start' | 'end'
  /** Plain value for the page's views and for sorting; null = unknown. */
  readonly read: (trace: TraceSummary) => string | number | null
  /** Shown until a reader chooses columns. */
  readonly byDefault: boolean
}

/** A column of the trace table, of the CSV export, or of both. */
export interface Column {
  readonly id: string
  /** A number in every cell: right-aligned, and exempt from the formula guard. */
  readonly numeric: boolean
  readonly csv?: CsvCell
  readonly table?: TableCell
}

const text = (value: string | undefined | null): string => value ?? ''
const plain = (value: Measured | undefined): string =>
  value === undefined || value === null || !Number.isFinite(value) ? '' : plainNumber(value)
const orNull = <Value>(value: Value | undefined | null): Value | null => value ?? null

/** JSON, and nothing where there is nothing to say. */
const json = (value: AttributeValue | undefined): string => (value === undefined ? '' : JSON.stringify(value))

/** Digits without an exponent, for spreadsheets: at most 12 places after the point. */
function plainNumber(value: number): string {
  const shortest = String(value)
  if (!shortest.includes('e')) return shortest
  if (Math.abs(value) >= 1) return BigInt(Math.round(value)).toString()
  return value.toFixed(12).replace(/\.?0+$/, '')
}

const csv = (header: string, place: ColumnPlace, read: CsvCell['read']): CsvCell => ({ header, place, read })
const table = (
  label: string,
  align: TableCell['align'],
  byDefault: boolean,
  read: TableCell['read'],
): TableCell => ({ label, align, byDefault, read })

/**
 * Every column, once, in order. The order is the export's; the table shows those with a `table` part in
 * this order until a reader moves them.
 */
export const COLUMNS: readonly Column[] = [
  {
    id: 'traceId',
    numeric: false,
    csv: csv('Trace ID', 'both', (trace) => trace.traceId),
    table: table('Trace', 'start', false, (trace) => trace.traceId),
  },
  {
    id: 'time',
    numeric: false,
    csv: csv('Timestamp', 'each', (trace, row) =>
      formatIsoTime(row === 'input' ? trace.startTime : endOf(trace.startTime, trace.duration)),
    ),
    table: table('Time', 'start', true, (trace) => trace.startTime),
  },
  { id: 'messageType', numeric: false, csv: csv('Message Type', 'each', (_, row) => row) },
  {
    id: 'message',
    numeric: false,
    csv: csv('Message Content', 'each', (trace, row) => text(row === 'input' ? trace.input : trace.output)),
  },
  {
    id: 'chatbot',
    numeric: false,
    csv: csv('Chatbot', 'both', (trace) => trace.chatbot.name || trace.chatbot.id),
    table: table('Chatbot', 'start', true, (trace) => trace.chatbot.name || trace.chatbot.id),
  },
  {
    id: 'version',
    numeric: false,
    csv: csv('Chatbot Version', 'both', (trace) => text(trace.chatbot.version)),
    table: table('Version', 'start', false, (trace) => orNull(trace.chatbot.version)),
  },
  {
    id: 'session',
    numeric: false,
    csv: csv('Session ID', 'both', (trace) => text(trace.session?.id)),
    table: table('Session', 'start', true, (trace) => orNull(trace.session?.id)),
  },
  {
    id: 'participantId',
    numeric: false,
    csv: csv('Participant ID', 'both', (trace) => text(trace.participant?.id)),
    table: table('Participant ID', 'start', false, (trace) => orNull(trace.participant?.id)),
  },
  {
    id: 'participant',
    numeric: false,
    csv: csv('Participant Name', 'both', (trace) => text(trace.participant?.name)),
    table: table('Participant', 'start', true, (trace) =>
      orNull(trace.participant?.name ?? trace.participant?.id),
    ),
  },
  { id: 'input', numeric: false, table: table('Input', 'start', true, (trace) => orNull(trace.input)) },
  { id: 'output', numeric: false, table: table('Output', 'start', true, (trace) => orNull(trace.output)) },
  {
    id: 'status',
    numeric: false,
    csv: csv('Status', 'both', (trace) => trace.status),
    table: table('Status', 'start', true, (trace) => trace.status),
  },
  {
    id: 'error',
    numeric: false,
    csv: csv('Error', 'last', (trace) => text(trace.error)),
    table: table('Error', 'start', false, (trace) => orNull(trace.error)),
  },
  {
    id: 'duration',
    numeric: true,
    csv: csv('Duration (ms)', 'last', (trace) => plain(trace.duration / 1000)),
    table: table('Duration', 'end', true, (trace) => trace.duration),
  },
  {
    id: 'llmTurns',
    numeric: true,
    csv: csv('LLM Turns', 'last', (trace) => plain(trace.metrics.llmTurns)),
    table: table('LLM', 'end', true, (trace) => orNull(trace.metrics.llmTurns)),
  },
  {
    id: 'toolCalls',
    numeric: true,
    csv: csv('Tool Calls', 'last', (trace) => plain(trace.metrics.toolCalls)),
    table: table('Tools', 'end', false, (trace) => orNull(trace.metrics.toolCalls)),
  },
  {
    id: 'tokens',
    numeric: true,
    csv: csv('Total Tokens', 'last', (trace) => plain(trace.metrics.totalTokens)),
    table: table('Tokens', 'end', true, (trace) => orNull(trace.metrics.totalTokens)),
  },
  {
    id: 'inputTokens',
    numeric: true,
    csv: csv('Input Tokens', 'last', (trace) => plain(trace.metrics.inputTokens)),
    table: table('Input tokens', 'end', false, (trace) => orNull(trace.metrics.inputTokens)),
  },
  {
    id: 'outputTokens',
    numeric: true,
    csv: csv('Output Tokens', 'last', (trace) => plain(trace.metrics.outputTokens)),
    table: table('Output tokens', 'end', false, (trace) => orNull(trace.metrics.outputTokens)),
  },
  {
    id: 'cost',
    numeric: true,
    csv: csv('Cost (USD)', 'last', (trace) => plain(trace.metrics.cost)),
    table: table('Cost', 'end', false, (trace) => orNull(trace.metrics.cost)),
  },
  {
    id: 'tags',
    numeric: false,
    csv: csv('Tags', 'both', (trace) => trace.tags.join('; ')),
    table: table('Tags', 'start', false, (trace) => trace.tags.join('; ') || null),
  },
  {
    id: 'environment',
    numeric: false,
    csv: csv('Environment', 'both', (trace) => text(trace.environment)),
    table: table('Environment', 'start', false, (trace) => orNull(trace.environment)),
  },
  {
    id: 'channel',
    numeric: false,
    table: table('Channel', 'start', false, (trace) => orNull(trace.channel)),
  },
  {
    id: 'services',
    numeric: false,
    table: table('Services', 'start', false, (trace) => trace.services.join('; ') || null),
  },
  {
    id: 'spans',
    numeric: true,
    table: table('Spans', 'end', false, (trace) => orNull(trace.spanCount)),
  },
  {
    id: 'feedback',
    numeric: false,
    csv: csv('Feedback', 'both', ({ feedback }) => (feedback.length === 0 ? '' : JSON.stringify(feedback))),
    table: table('Feedback', 'start', false, (trace) => feedbackLine(trace)),
  },
  { id: 'source', numeric: false, csv: csv('Source', 'both', (_trace, _row, source) => source) },
  {
    id: 'participantData',
    numeric: false,
    csv: csv('Participant Data', 'each', ({ participantData: data }, row) =>
      json(row === 'input' ? data?.before : data?.after),
    ),
  },
  {
    id: 'sessionData',
    numeric: false,
    csv: csv('Session Data', 'both', (trace) => json(trace.sessionData)),
  },
]

function feedbackLine({ feedback }: TraceSummary): string | null {
  const words = feedback.map(({ name, value }) => (value === undefined ? name : `${name}: ${value}`))
  return words.join('; ') || null
}

type CsvColumn = Column & { readonly csv: CsvCell }
type TableColumn = Column & { readonly table: TableCell }

/** The export's columns, in its order. */
export const CSV_COLUMNS: readonly CsvColumn[] = COLUMNS.filter(
  (one): one is CsvColumn => one.csv !== undefined,
)
/** The table's columns, in the order in which it offers them. */
export const TABLE_COLUMNS: readonly TableColumn[] = COLUMNS.filter(
  (one): one is TableColumn => one.table !== undefined,
)
export const CSV_HEADER: readonly string[] = CSV_COLUMNS.map((column) => column.csv.header)

/**
 * What a spreadsheet may read as the beginning of a formula: a sign, as ASCII, full-width or small, also behind
 * blanks, quotes and what cannot be seen, which programs trim or drop; and a tab or a line break by itself.
 */
const FORMULA_START = /^(?:[\t\r\n]|[\p{Z}\p{Cc}\p{Cf}\p{DI}"'`´‘’‚“”„«»＂＇]*[=+\-@＝＋－＠﹦﹢﹣﹫])/u

/** Whether a cell begins with an ASCII letter or digit, as nearly all do: those need no closer look. */
const beginsPlainly = (cell: string): boolean => {
  const code = cell.charCodeAt(0)
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57)
}

/** Takes the meaning of a formula from a cell: one that would begin as such begins with a single quote. */
export const guardCell = (cell: string): string =>
  !beginsPlainly(cell) && FORMULA_START.test(cell) ? `'${cell}` : cell

/** Whether a turn has something to say at its end: an output, an error or data after it. */
const hasAnswer = ({ output, error, participantData }: Trace): boolean =>
  Boolean(output) || Boolean(error) || participantData?.after !== undefined

const INPUT_ALONE: readonly MessageType[] = ['input']
const INPUT_AND_ANSWER: readonly MessageType[] = ['input', 'ai']

/**
 * A turn's rows of the export: the input's, then the answer's where there is one. Cells are guarded, then
 * written by `write` (as they are by default); numbers need neither. What is to be summed stands on the last
 * row only.
 */
export function csvRows(
  trace: Trace,
  source: string,
  write: (cell: string) => string = (cell) => cell,
): string[][] {
  const types = hasAnswer(trace) ? INPUT_AND_ANSWER : INPUT_ALONE
  const rows = types.map((): string[] => [])
  const end = rows.length - 1
  for (const { numeric, csv } of CSV_COLUMNS) {
    let cell = ''
    for (let index = 0; index <= end; index++) {
      if (csv.place === 'last' && index < end) {
        rows[index]?.push('')
        continue
      }
      // What both rows say alike is read once.
      if (index === 0 || csv.place !== 'both') {
        cell = csv.read(trace, types[index] ?? 'input', source)
        if (!numeric && cell !== '') cell = write(guardCell(cell))
      }
      rows[index]?.push(cell)
    }
  }
  return rows
}

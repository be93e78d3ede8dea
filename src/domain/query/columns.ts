import { formatIsoTime } from '../model/iso-time.ts'
import type { AttributeValue } from '../model/span.ts'
import type { Measured, Trace, TraceSummary } from '../model/trace.ts'
import { endOf } from '../model/units.ts'
import type { SortField } from './trace-query.ts'

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
  /** Its name in the choice of columns and for screen readers. */
  readonly label: string
  /** The head's text where it is shorter than the label. */
  readonly head?: string
  /** The field that a source sorts by. */
  readonly sort?: SortField
  /** Shown until a reader chooses columns. */
  readonly byDefault: boolean
  /** Its value, for cells that need no drawing of their own; null = unknown. */
  readonly read: (trace: TraceSummary) => string | number | null
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
  read: TableCell['read'],
  more: Partial<Omit<TableCell, 'label' | 'read'>> = {},
): TableCell => ({ label, read, byDefault: false, ...more })

/** Every column, once. The order is the export's; the table has its own, `TABLE_ORDER`. */
export const COLUMNS = [
  {
    id: 'traceId',
    numeric: false,
    csv: csv('Trace ID', 'both', (trace) => trace.traceId),
    table: table('Trace id', (trace) => trace.traceId),
  },
  {
    id: 'time',
    numeric: false,
    csv: csv('Timestamp', 'each', (trace, row) =>
      formatIsoTime(row === 'input' ? trace.startTime : endOf(trace.startTime, trace.duration)),
    ),
    table: table('Time', (trace) => trace.startTime, { byDefault: true, sort: 'startTime' }),
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
    table: table('Chatbot', (trace) => trace.chatbot.name || trace.chatbot.id, { byDefault: true }),
  },
  {
    id: 'version',
    numeric: false,
    csv: csv('Chatbot Version', 'both', (trace) => text(trace.chatbot.version)),
    table: table('Version', (trace) => orNull(trace.chatbot.version)),
  },
  {
    id: 'session',
    numeric: false,
    csv: csv('Session ID', 'both', (trace) => text(trace.session?.id)),
    table: table('Session', (trace) => orNull(trace.session?.id), { byDefault: true }),
  },
  {
    id: 'participantId',
    numeric: false,
    csv: csv('Participant ID', 'both', (trace) => text(trace.participant?.id)),
    table: table('Participant id', (trace) => orNull(trace.participant?.id)),
  },
  {
    id: 'participant',
    numeric: false,
    csv: csv('Participant Name', 'both', (trace) => text(trace.participant?.name)),
    table: table('Participant', (trace) => orNull(trace.participant?.name ?? trace.participant?.id), {
      byDefault: true,
    }),
  },
  {
    id: 'io',
    numeric: false,
    table: table('Input → Output', (trace) => orNull(trace.input ?? trace.output), { byDefault: true }),
  },
  { id: 'input', numeric: false, table: table('Input', (trace) => orNull(trace.input)) },
  { id: 'output', numeric: false, table: table('Output', (trace) => orNull(trace.output)) },
  {
    id: 'status',
    numeric: false,
    csv: csv('Status', 'both', (trace) => trace.status),
    table: table('Status', (trace) => trace.status, { byDefault: true }),
  },
  {
    id: 'error',
    numeric: false,
    csv: csv('Error', 'last', (trace) => text(trace.error)),
    table: table('Error', (trace) => orNull(trace.error)),
  },
  {
    id: 'duration',
    numeric: true,
    csv: csv('Duration (ms)', 'last', (trace) => plain(trace.duration / 1000)),
    table: table('Duration', (trace) => trace.duration, { byDefault: true, sort: 'duration' }),
  },
  {
    id: 'llmTurns',
    numeric: true,
    csv: csv('LLM Turns', 'last', (trace) => plain(trace.metrics.llmTurns)),
    table: table('LLM turns', (trace) => orNull(trace.metrics.llmTurns), { head: 'LLM', byDefault: true }),
  },
  {
    id: 'toolCalls',
    numeric: true,
    csv: csv('Tool Calls', 'last', (trace) => plain(trace.metrics.toolCalls)),
    table: table('Tool calls', (trace) => orNull(trace.metrics.toolCalls), { head: 'Tools' }),
  },
  {
    id: 'tokens',
    numeric: true,
    csv: csv('Total Tokens', 'last', (trace) => plain(trace.metrics.totalTokens)),
    table: table('Tokens', (trace) => orNull(trace.metrics.totalTokens), { byDefault: true, sort: 'tokens' }),
  },
  {
    id: 'inputTokens',
    numeric: true,
    csv: csv('Input Tokens', 'last', (trace) => plain(trace.metrics.inputTokens)),
    table: table('Input tokens', (trace) => orNull(trace.metrics.inputTokens), { head: 'Tok. in' }),
  },
  {
    id: 'outputTokens',
    numeric: true,
    csv: csv('Output Tokens', 'last', (trace) => plain(trace.metrics.outputTokens)),
    table: table('Output tokens', (trace) => orNull(trace.metrics.outputTokens), { head: 'Tok. out' }),
  },
  {
    id: 'cachedTokens',
    numeric: true,
    table: table('Cached tokens', (trace) => orNull(trace.metrics.cachedTokens), { head: 'Cached' }),
  },
  {
    id: 'reasoningTokens',
    numeric: true,
    table: table('Reasoning tokens', (trace) => orNull(trace.metrics.reasoningTokens), { head: 'Reasoning' }),
  },
  {
    id: 'timeToFirstToken',
    numeric: true,
    table: table('Time to first token', (trace) => orNull(trace.metrics.timeToFirstToken), {
      head: 'First token',
    }),
  },
  {
    id: 'cost',
    numeric: true,
    csv: csv('Cost (USD)', 'last', (trace) => plain(trace.metrics.cost)),
    table: table('Cost', (trace) => orNull(trace.metrics.cost), { byDefault: true, sort: 'cost' }),
  },
  {
    id: 'tags',
    numeric: false,
    csv: csv('Tags', 'both', (trace) => trace.tags.join('; ')),
    table: table('Tags', (trace) => trace.tags.join(', ') || null),
  },
  { id: 'kind', numeric: false, table: table('Kind', (trace) => trace.kind) },
  {
    id: 'environment',
    numeric: false,
    csv: csv('Environment', 'both', (trace) => text(trace.environment)),
    table: table('Environment', (trace) => orNull(trace.environment)),
  },
  {
    id: 'channel',
    numeric: false,
    table: table('Channel', (trace) => orNull(trace.channel)),
  },
  {
    id: 'services',
    numeric: false,
    table: table('Services', (trace) => trace.services.join(', ') || null),
  },
  {
    id: 'spans',
    numeric: true,
    table: table('Spans', (trace) => orNull(trace.spanCount)),
  },
  {
    id: 'failedSpans',
    numeric: true,
    table: table('Failed spans', (trace) => orNull(trace.errorCount), { head: 'Failed' }),
  },
  {
    id: 'turns',
    numeric: true,
    table: table('Turns in a call', (trace) => orNull(trace.turns), { head: 'Turns' }),
  },
  {
    id: 'feedback',
    numeric: false,
    csv: csv('Feedback', 'both', ({ feedback }) => (feedback.length === 0 ? '' : JSON.stringify(feedback))),
    table: table('Feedback', (trace) => feedbackLine(trace)),
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
] as const satisfies readonly Column[]

function feedbackLine({ feedback }: TraceSummary): string | null {
  const words = feedback.map(({ name, value }) => (value === undefined ? name : `${name}: ${value}`))
  return words.join('; ') || null
}

type CsvColumn = Column & { readonly csv: CsvCell }
type TableColumn = Column & { readonly id: TableColumnId; readonly table: TableCell }

/** The id of a column that the table has. */
export type TableColumnId = Extract<(typeof COLUMNS)[number], { readonly table: TableCell }>['id']

/** The export's columns, in its order. */
const CSV_COLUMNS: readonly CsvColumn[] = (COLUMNS as readonly Column[]).filter(
  (one): one is CsvColumn => one.csv !== undefined,
)

const TABLE_ORDER = [
  'status',
  'time',
  'chatbot',
  'session',
  'participant',
  'io',
  'duration',
  'llmTurns',
  'tokens',
  'cost',
  'version',
  'participantId',
  'input',
  'output',
  'error',
  'toolCalls',
  'inputTokens',
  'outputTokens',
  'cachedTokens',
  'reasoningTokens',
  'timeToFirstToken',
  'spans',
  'failedSpans',
  'turns',
  'feedback',
  'tags',
  'kind',
  'environment',
  'channel',
  'services',
  'traceId',
] as const satisfies readonly TableColumnId[]

/** The table's columns, in the order in which it offers them: the default ones first. */
export const TABLE_COLUMNS: readonly TableColumn[] = (COLUMNS as readonly Column[])
  .filter((one): one is TableColumn => one.table !== undefined)
  .sort((a, b) => TABLE_ORDER.indexOf(a.id) - TABLE_ORDER.indexOf(b.id))
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

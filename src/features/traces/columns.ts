import type { TraceSummary } from '../../domain/trace.ts'
import type { SortField } from '../../domain/trace-query.ts'

/** One column of the trace table: what it is called, how wide, whether it can sort. */
export interface TraceColumn {
  readonly id: string
  readonly label: string
  /** The head's text where it is shorter than the label. */
  readonly head?: string
  /** px. The column without one takes what is left. */
  readonly width?: number
  readonly minWidth: number
  readonly numeric?: true
  readonly sort?: SortField
  /** Stays when the window is narrow. */
  readonly primary?: true
  /** Plain text of the cell, for columns that need no drawing of their own. */
  readonly text?: (trace: TraceSummary) => string | undefined
}

/** Every column, in the order in which they are offered. */
export const COLUMNS = [
  { id: 'status', label: 'Status', width: 36, minWidth: 36, primary: true },
  { id: 'time', label: 'Time', width: 62, minWidth: 62, sort: 'startTime', primary: true },
  { id: 'chatbot', label: 'Chatbot', width: 126, minWidth: 60, primary: true },
  { id: 'session', label: 'Session', width: 84, minWidth: 50 },
  { id: 'participant', label: 'Participant', width: 106, minWidth: 60, primary: true },
  { id: 'io', label: 'Input → Output', minWidth: 260, primary: true },
  {
    id: 'duration',
    label: 'Duration',
    width: 100,
    minWidth: 72,
    numeric: true,
    sort: 'duration',
    primary: true,
  },
  { id: 'llmTurns', label: 'LLM turns', head: 'LLM', width: 34, minWidth: 34, numeric: true },
  { id: 'tokens', label: 'Tokens', width: 68, minWidth: 50, numeric: true, sort: 'tokens', primary: true },
  { id: 'cost', label: 'Cost', width: 72, minWidth: 56, numeric: true, sort: 'cost' },
  { id: 'version', label: 'Version', width: 80, minWidth: 50, text: ({ chatbot }) => chatbot.version },
  { id: 'input', label: 'Input', width: 240, minWidth: 80, text: ({ input }) => input },
  { id: 'output', label: 'Output', width: 240, minWidth: 80, text: ({ output }) => output },
  { id: 'error', label: 'Error', width: 220, minWidth: 80, text: ({ error }) => error },
  { id: 'toolCalls', label: 'Tool calls', head: 'Tools', width: 44, minWidth: 40, numeric: true },
  { id: 'inputTokens', label: 'Input tokens', head: 'Tok. in', width: 58, minWidth: 50, numeric: true },
  { id: 'outputTokens', label: 'Output tokens', head: 'Tok. out', width: 58, minWidth: 50, numeric: true },
  { id: 'cachedTokens', label: 'Cached tokens', head: 'Cached', width: 58, minWidth: 50, numeric: true },
  {
    id: 'reasoningTokens',
    label: 'Reasoning tokens',
    head: 'Reasoning',
    width: 66,
    minWidth: 50,
    numeric: true,
  },
  {
    id: 'timeToFirstToken',
    label: 'Time to first token',
    head: 'First token',
    width: 72,
    minWidth: 60,
    numeric: true,
  },
  { id: 'spans', label: 'Spans', width: 50, minWidth: 40, numeric: true },
  { id: 'failedSpans', label: 'Failed spans', head: 'Failed', width: 50, minWidth: 40, numeric: true },
  { id: 'turns', label: 'Turns in a call', head: 'Turns', width: 46, minWidth: 40, numeric: true },
  { id: 'feedback', label: 'Feedback', width: 110, minWidth: 60 },
  { id: 'tags', label: 'Tags', width: 130, minWidth: 60, text: ({ tags }) => tags.join(', ') || undefined },
  { id: 'kind', label: 'Kind', width: 96, minWidth: 50, text: ({ kind }) => kind },
  {
    id: 'environment',
    label: 'Environment',
    width: 96,
    minWidth: 50,
    text: ({ environment }) => environment,
  },
  { id: 'channel', label: 'Channel', width: 86, minWidth: 50, text: ({ channel }) => channel },
  {
    id: 'services',
    label: 'Services',
    width: 130,
    minWidth: 60,
    text: ({ services }) => services.join(', ') || undefined,
  },
  { id: 'traceId', label: 'Trace id', width: 130, minWidth: 60, text: ({ traceId }) => traceId },
] as const satisfies readonly TraceColumn[]

export type ColumnId = (typeof COLUMNS)[number]['id']

/** A column by its id. */
export const COLUMN_BY_ID: ReadonlyMap<string, TraceColumn> = new Map(
  COLUMNS.map((column) => [column.id, column]),
)

export const DEFAULT_COLUMNS: readonly ColumnId[] = [
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
]

/** Room for the day beside the time. */
const DAY_WIDTH = 48

/** The columns to show: the address's, else the reader's, else the default; unknown ids are left out. */
export function shownColumns(
  asked: readonly string[] | undefined,
  preferred: readonly string[] | undefined,
): readonly string[] {
  for (const ids of [asked, preferred]) {
    const known = ids?.filter((id) => COLUMN_BY_ID.has(id)) ?? []
    if (known.length > 0) return known
  }
  return DEFAULT_COLUMNS
}

/** What is left of the shown columns in a narrow window: those that matter most, or all that were asked for. */
export const narrowColumns = (ids: readonly string[]): readonly string[] =>
  ids === DEFAULT_COLUMNS ? ids.filter((id) => COLUMN_BY_ID.get(id)?.primary) : ids

/** A column's width in px: the reader's, else its own; undefined = what is left. */
export function columnWidth(
  id: string,
  chosen: Readonly<Record<string, number>>,
  withDays: boolean,
): number | undefined {
  const column = COLUMN_BY_ID.get(id)
  const own = column?.width
  const day = id === 'time' && withDays ? DAY_WIDTH : 0
  const wanted = chosen[id] ?? (own === undefined ? undefined : own + day)
  return wanted === undefined ? undefined : Math.max(wanted, column?.minWidth ?? 40)
}

/** The ids with one taken in (at its place in the list of all) or out. Never empty. */
export function toggledColumn(ids: readonly string[], id: string): readonly string[] {
  if (ids.includes(id)) return ids.length > 1 ? ids.filter((other) => other !== id) : ids
  const rank = (one: string) => COLUMNS.findIndex((column) => column.id === one)
  const at = ids.findIndex((other) => rank(other) > rank(id))
  return at < 0 ? [...ids, id] : [...ids.slice(0, at), id, ...ids.slice(at)]
}

/** The ids with one moved before another, or to the end. */
export function columnBefore(
  ids: readonly string[],
  id: string,
  other: string | undefined,
): readonly string[] {
  if (id === other || !ids.includes(id)) return ids
  const rest = ids.filter((one) => one !== id)
  const at = other === undefined ? -1 : rest.indexOf(other)
  return at < 0 ? [...rest, id] : [...rest.slice(0, at), id, ...rest.slice(at)]
}

/** The ids with one moved by a number of places. */
export function movedColumn(ids: readonly string[], id: string, by: number): readonly string[] {
  const from = ids.indexOf(id)
  const to = Math.max(0, Math.min(ids.length - 1, from + by))
  if (from < 0 || to === from) return ids
  const rest = ids.filter((other) => other !== id)
  return [...rest.slice(0, to), id, ...rest.slice(to)]
}

import type { TraceSummary } from '../../../domain/model/trace.ts'
import { TABLE_COLUMNS, type TableColumnId } from '../../../domain/query/columns.ts'
import { NEWEST_FIRST, type Sort, type SortField } from '../../../domain/query/trace-query.ts'
import type { ColumnNeed } from '../../../ui/table/fitting-columns.ts'
import type { ColumnSort, TableColumn } from '../../../ui/table/table-model.ts'
import { type CellContext, cellOf } from './cells.tsx'

interface Room {
  /** px. The column without one takes what is left. */
  readonly size?: number
  /** px */
  readonly minSize: number
  /** Of the default columns: 0 stays longest when the table gets narrow. */
  readonly rank?: number
  /** Share of the table's width that it grows to, so that names are not cut beside blank space. */
  readonly share?: number
}

const ROOM: Readonly<Record<TableColumnId, Room>> = {
  status: { size: 36, minSize: 36, rank: 0 },
  time: { size: 62, minSize: 62, rank: 2 },
  chatbot: { size: 126, minSize: 60, share: 0.11, rank: 4 },
  session: { size: 84, minSize: 50, rank: 7 },
  participant: { size: 106, minSize: 60, share: 0.09, rank: 5 },
  io: { minSize: 170, rank: 1 },
  duration: { size: 100, minSize: 72, rank: 3 },
  llmTurns: { size: 34, minSize: 34, rank: 9 },
  tokens: { size: 68, minSize: 50, rank: 6 },
  cost: { size: 72, minSize: 56, rank: 8 },
  version: { size: 80, minSize: 50 },
  participantId: { size: 106, minSize: 60 },
  input: { size: 240, minSize: 80 },
  output: { size: 240, minSize: 80 },
  error: { size: 220, minSize: 80 },
  toolCalls: { size: 44, minSize: 40 },
  inputTokens: { size: 58, minSize: 50 },
  outputTokens: { size: 58, minSize: 50 },
  cachedTokens: { size: 58, minSize: 50 },
  reasoningTokens: { size: 66, minSize: 50 },
  timeToFirstToken: { size: 72, minSize: 60 },
  spans: { size: 50, minSize: 40 },
  failedSpans: { size: 50, minSize: 40 },
  turns: { size: 46, minSize: 40 },
  feedback: { size: 110, minSize: 60 },
  tags: { size: 130, minSize: 60 },
  kind: { size: 96, minSize: 50 },
  environment: { size: 96, minSize: 50 },
  channel: { size: 86, minSize: 50 },
  services: { size: 130, minSize: 60 },
  traceId: { size: 130, minSize: 60 },
}

/** Room for the day beside the time, px. */
const DAY_SIZE = 48

/** Every column of the trace table, in the order in which they are offered; `room` = px that the table has. */
export const traceColumns = (
  context: CellContext,
  withDays: boolean,
  room: number,
  sortable: (field: SortField) => boolean,
): readonly TableColumn<TraceSummary>[] =>
  TABLE_COLUMNS.map(({ id, numeric, table: { label, head, sort } }) => {
    const { size: declared, minSize, share = 0 } = ROOM[id]
    const size = declared === undefined ? undefined : Math.max(declared, Math.round(room * share))
    return {
      id,
      label,
      ...(head !== undefined && { head }),
      ...(size !== undefined && { size: id === 'time' && withDays ? size + DAY_SIZE : size }),
      minSize,
      numeric,
      sortable: sort !== undefined && sortable(sort),
      cell: (trace) => cellOf(id, trace, context),
    }
  })

const KNOWN: ReadonlySet<string> = new Set(TABLE_COLUMNS.map(({ id }) => id))

export const DEFAULT_COLUMNS: readonly string[] = TABLE_COLUMNS.filter(({ table }) => table.byDefault).map(
  ({ id }) => id,
)

/** The columns to show: the address's, else the reader's, else the default; unknown ids are left out. */
export function shownColumns(
  asked: readonly string[] | undefined,
  preferred: readonly string[] | undefined,
): readonly string[] {
  for (const ids of [asked, preferred]) {
    const known = ids?.filter((id) => KNOWN.has(id)) ?? []
    if (known.length > 0) return known
  }
  return DEFAULT_COLUMNS
}

/** px that input and output want beside others: little in a narrow table, else enough to read some words of both. */
const ioNeed = (room: number): number => Math.max(180, Math.min(320, Math.round(room * 0.4)))

/** What the default columns need of the table's width. `sizes` = px that a reader gave them. */
export const defaultNeeds = (
  sizes: Readonly<Record<string, number>>,
  withDays: boolean,
  room: number,
): readonly ColumnNeed[] =>
  DEFAULT_COLUMNS.map((id, at) => {
    const { size, minSize, rank } = ROOM[id as TableColumnId]
    const least = sizes[id] ?? (id === 'io' ? ioNeed(room) : (size ?? minSize))
    return { id, least: id === 'time' && withDays ? least + DAY_SIZE : least, rank: rank ?? 100 + at }
  })

/** The ids with one moved before another, or to the end. */
export function columnBefore(ids: readonly string[], id: string, other: string | undefined): string[] {
  if (id === other || !ids.includes(id)) return [...ids]
  const rest = ids.filter((one) => one !== id)
  const at = other === undefined ? -1 : rest.indexOf(other)
  return at < 0 ? [...rest, id] : [...rest.slice(0, at), id, ...rest.slice(at)]
}

/** The ids with one moved by a number of places. */
export function movedColumn(ids: readonly string[], id: string, by: number): string[] {
  const from = ids.indexOf(id)
  const to = Math.max(0, Math.min(ids.length - 1, from + by))
  if (from < 0 || to === from) return [...ids]
  const rest = ids.filter((other) => other !== id)
  return [...rest.slice(0, to), id, ...rest.slice(to)]
}

/** The column that stands for a query's sort. */
export const columnSort = ({ field, descending }: Sort): ColumnSort => ({
  id: TABLE_COLUMNS.find(({ table }) => table.sort === field)?.id ?? '',
  descending,
})

/**
 * The query's sort for the one that a column's head was pressed to: newest first where none is, or where it
 * would be the least first and the source cannot.
 */
export function querySort(sort: ColumnSort | undefined, ascending: boolean): Sort {
  const field = TABLE_COLUMNS.find(({ id }) => id === sort?.id)?.table.sort
  if (!sort || field === undefined || !(sort.descending || ascending)) return NEWEST_FIRST
  return { field, descending: sort.descending }
}

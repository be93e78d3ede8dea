import { useMemo } from 'react'
import type { TraceSummary } from '../../../domain/model/trace.ts'
import type { SortField, TraceQuery } from '../../../domain/query/trace-query.ts'
import { readView, type ViewControl } from '../../../state/location.ts'
import { setPreferences, usePreferences } from '../../../state/preferences.ts'
import { useSource } from '../../../state/source-context.tsx'
import { fittingColumns } from '../../../ui/table/fitting-columns.ts'
import { type ModelColumn, type TableModel, useTableModel } from '../../../ui/table/table-model.ts'
import { sameDay } from '../../../ui/text/format.ts'
import type { CellContext } from './cells.tsx'
import {
  columnSort,
  DEFAULT_COLUMNS,
  defaultNeeds,
  querySort,
  shownColumns,
  traceColumns,
} from './columns.ts'
import { durationScale } from './duration-scale.ts'

/** How many rows say how long the bars are. */
const SCALED_BY = 50

export interface TraceColumns {
  readonly model: TableModel
  /** Those of the visible columns that there is room for. */
  readonly columns: readonly ModelColumn[]
  /** Back to the default ones. */
  readonly reset: () => void
}

/**
 * The trace table's columns: which are shown stands in the address and in the preferences, their sizes in the
 * preferences, their sort in the query.
 */
export function useTraceColumns(
  { view, change }: ViewControl,
  {
    rows,
    now,
    room,
    hrefOf,
    onQuery,
  }: {
    readonly rows: readonly TraceSummary[]
    readonly now: number
    /** px that the table has. */
    readonly room: number
    readonly hrefOf: CellContext['hrefOf']
    readonly onQuery: (query: TraceQuery) => void
  },
): TraceColumns {
  const { sorts, ascending } = useSource().source.info.capabilities
  const { utc, columns: preferred, columnWidths } = usePreferences()
  const { query } = view
  const withDays = useMemo(
    () => rows.some(({ startTime }) => !sameDay(startTime, now, utc)),
    [rows, now, utc],
  )
  // Of the first rows alone: bars must not change their lengths while one scrolls.
  const longest = useMemo(
    () => durationScale(rows.slice(0, SCALED_BY).map(({ duration }) => duration)),
    [rows],
  )
  const definitions = useMemo(
    () =>
      traceColumns({ utc, now, hrefOf, longest }, withDays, room, (field: SortField) =>
        sorts.includes(field),
      ),
    [utc, now, hrefOf, longest, withDays, room, sorts],
  )
  // The address as it is by now: the page is drawn a moment after it changes, and a box that is ticked cannot wait.
  const { search } = window.location
  const asked = useMemo(() => readView(search).columns, [search])
  const shown = useMemo(() => shownColumns(asked, preferred), [asked, preferred])
  const sort = useMemo(() => columnSort(query.sort), [query.sort])
  const onShown = (ids: readonly string[] | undefined) => {
    change({ columns: ids }, { replace: true })
    setPreferences({ columns: ids })
  }
  const model = useTableModel(definitions, {
    shown,
    sizes: columnWidths,
    sort,
    onShown,
    onSizes: (sizes) => setPreferences({ columnWidths: sizes }),
    onSort: (next) => onQuery({ ...query, sort: querySort(next, ascending) }),
  })
  const visible = model.getVisibleLeafColumns()
  const columns = useMemo(() => {
    // Columns that a reader chose stay: the table then scrolls sideways.
    if (shown !== DEFAULT_COLUMNS) return visible
    const fitting = fittingColumns(defaultNeeds(columnWidths, withDays, room), room)
    return visible.filter(({ id }) => fitting.has(id))
  }, [visible, shown, columnWidths, withDays, room])
  return { model, columns, reset: () => onShown(undefined) }
}

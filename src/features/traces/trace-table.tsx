import {
  columnOrderingFeature,
  columnResizingFeature,
  columnSizingFeature,
  createColumnHelper,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, memo, type Ref, useEffect, useImperativeHandle, useMemo, useRef } from 'react'
import type { TraceSummary } from '../../domain/trace.ts'
import type { Sort } from '../../domain/trace-query.ts'
import type { TraceId } from '../../domain/units.ts'
import { type CellContext, cellOf } from './cells.tsx'
import { COLUMN_BY_ID, COLUMNS, columnWidth } from './columns.ts'
import { HeadCell } from './head-cell.tsx'
import { TableSkeleton } from './table-skeleton.tsx'

const ROW = 28
/** Rows drawn beyond the window on either side. */
const OVERSCAN = 12
/** How far from the end of what is loaded the next page is asked for, in rows. */
const AHEAD = 40

const features = tableFeatures({ columnSizingFeature, columnResizingFeature, columnOrderingFeature })
const helper = createColumnHelper<typeof features, TraceSummary>()
const columns = helper.columns(
  COLUMNS.map((column) =>
    helper.display({
      id: column.id,
      header: column.label,
      minSize: column.minWidth,
      size: 'width' in column ? column.width : column.minWidth,
    }),
  ),
)

/** What a page can ask of the table. */
export interface TableHandle {
  readonly scrollToRow: (index: number) => void
  readonly scrollToTop: () => void
  readonly scrollTop: () => number
  readonly focus: () => void
}

export interface TraceTableProps {
  readonly ref: Ref<TableHandle>
  readonly traces: readonly TraceSummary[]
  /** Rows there are in all, where known. */
  readonly total: number | undefined
  readonly shown: readonly string[]
  readonly widths: Readonly<Record<string, number>>
  readonly withDays: boolean
  readonly onWidth: (id: string, width: number | undefined) => void
  readonly sort: Sort
  /** Which columns can sort now, and whether both ways. */
  readonly sortable: (field: Sort['field']) => boolean
  readonly onSort: (field: Sort['field']) => void
  readonly context: CellContext
  readonly selected: TraceId | undefined
  readonly onSelect: (trace: TraceSummary) => void
  readonly onOpen: (trace: TraceSummary) => void
  readonly onKey: (event: KeyboardEvent) => void
  readonly initialOffset: number
  /** More rows can be had by scrolling. */
  readonly hasMore: boolean
  readonly onMore: () => void
  readonly loading: boolean
}

/** A native table whose rows are drawn only where one looks; its scroll box has the focus and the keys. */
export function TraceTable(props: TraceTableProps) {
  const { traces, shown, widths, withDays, selected, context, hasMore, onMore, loading } = props
  const box = useRef<HTMLDivElement>(null)
  const sizing = useMemo(
    () =>
      Object.fromEntries(
        shown.flatMap((id) => {
          const width = columnWidth(id, widths, withDays)
          return width === undefined ? [] : [[id, width]]
        }),
      ),
    [shown, widths, withDays],
  )
  const table = useTable({
    features,
    columns,
    data: traces as TraceSummary[],
    getRowId: (trace) => trace.traceId,
    state: { columnSizing: sizing, columnOrder: shown as string[] },
    onColumnSizingChange: (updater) => {
      const next = typeof updater === 'function' ? updater(sizing) : updater
      for (const [id, width] of Object.entries(next)) if (width !== sizing[id]) props.onWidth(id, width)
    },
    columnResizeMode: 'onChange',
  })
  const rows = table.getRowModel().rows
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: OVERSCAN,
    initialOffset: props.initialOffset,
    getItemKey: (index) => rows[index]?.id ?? index,
  })

  useImperativeHandle(
    props.ref,
    () => ({
      scrollToRow: (index) => {
        const element = box.current
        if (!element) return
        // The head stays over the first row's height.
        const top = index * ROW
        const room = element.clientHeight - 2 * ROW
        element.scrollTop = Math.max(top - room, Math.min(element.scrollTop, top))
      },
      scrollToTop: () => box.current?.scrollTo({ top: 0 }),
      scrollTop: () => box.current?.scrollTop ?? 0,
      focus: () => box.current?.focus({ preventScroll: true }),
    }),
    [],
  )

  const items = virtual.getVirtualItems()
  const lastDrawn = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && rows.length > 0 && lastDrawn >= rows.length - AHEAD) onMore()
  }, [hasMore, lastDrawn, rows.length, onMore])

  const above = items[0]?.start ?? 0
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  const least = shown.reduce((sum, id) => sum + (sizing[id] ?? COLUMN_BY_ID.get(id)?.minWidth ?? 40), 0)

  return (
    <section
      ref={box}
      aria-label="Traces"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      onKeyDown={props.onKey}
      className="relative min-h-0 min-w-0 overflow-auto -outline-offset-2 [overflow-anchor:none]"
    >
      <table
        aria-rowcount={props.total === undefined ? -1 : props.total + 1}
        aria-busy={loading}
        className="w-full table-fixed border-separate border-spacing-0 text-data"
        style={{ minWidth: least }}
      >
        <colgroup>
          {shown.map((id) => (
            <col key={id} style={{ width: sizing[id] }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {(table.getHeaderGroups()[0]?.headers ?? [])
              .filter(({ column }) => shown.includes(column.id))
              .map((header) => (
                <HeadCell
                  key={header.id}
                  id={header.column.id}
                  sort={props.sort}
                  sortable={props.sortable}
                  onSort={props.onSort}
                  width={sizing[header.column.id]}
                  onWidth={props.onWidth}
                  onDrag={header.getResizeHandler()}
                  resizing={header.column.getIsResizing()}
                />
              ))}
          </tr>
        </thead>
        <tbody className="[&_td:first-child]:pl-gutter [&_td:last-child]:pr-gutter">
          {above > 0 && <Spacer height={above} span={shown.length} />}
          {items.map(({ index, key }) => {
            const trace = rows[index]?.original
            if (!trace) return null
            return (
              <TraceRow
                key={key}
                trace={trace}
                index={index}
                shown={shown}
                context={context}
                selected={trace.traceId === selected}
                onSelect={props.onSelect}
                onOpen={props.onOpen}
              />
            )
          })}
          {below > 0 && <Spacer height={below} span={shown.length} />}
          {loading && <TableSkeleton shown={shown} rows={rows.length === 0 ? 30 : 3} />}
        </tbody>
      </table>
    </section>
  )
}

const Spacer = ({ height, span }: { readonly height: number; readonly span: number }) => (
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row is not focusable
  <tr aria-hidden="true">
    <td colSpan={span} className="p-0" style={{ height }} />
  </tr>
)

interface TraceRowProps extends Pick<TraceTableProps, 'shown' | 'context' | 'onSelect' | 'onOpen'> {
  readonly trace: TraceSummary
  readonly index: number
  readonly selected: boolean
}

const TraceRow = memo(function TraceRow({
  trace,
  index,
  shown,
  context,
  selected,
  onSelect,
  onOpen,
}: TraceRowProps) {
  return (
    <tr
      aria-rowindex={index + 2}
      aria-current={selected || undefined}
      data-trace={trace.traceId}
      onClick={(event) => {
        if (!(event.target instanceof Element && event.target.closest('a'))) onSelect(trace)
      }}
      onDoubleClick={() => onOpen(trace)}
      className={`cursor-default ${selected ? '[&>td]:bg-surface-selected [&>td:first-child]:shadow-[inset_2px_0_0_var(--accent)]' : 'hover:[&>td]:bg-surface-2'}`}
    >
      {shown.map((id) => (
        <td
          key={id}
          className={`h-row-table overflow-hidden border-b border-border-1 px-1.5 text-ellipsis whitespace-nowrap ${COLUMN_BY_ID.get(id)?.numeric ? 'text-right' : ''}`}
        >
          {cellOf(id, trace, context)}
        </td>
      ))}
    </tr>
  )
})

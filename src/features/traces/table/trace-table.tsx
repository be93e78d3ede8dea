import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  memo,
  type Ref,
  type RefObject,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
} from 'react'
import type { TraceSummary } from '../../../domain/model/trace.ts'
import type { TraceId } from '../../../domain/model/units.ts'
import type { Gap } from '../../../domain/port/trace-source.ts'
import { Icon } from '../../../ui/icons/icons.tsx'
import {
  aboutColumn,
  drawCell,
  leastWidth,
  type ModelColumn,
  sizeOf,
  type TableModel,
} from '../../../ui/table/table-model.ts'
import { printable } from '../../../ui/text/printable-text.ts'
import { useWidth } from '../../../ui/use-width.ts'
import { entryAt, gapMarks, placeOf } from './gap-marks.ts'
import { TableHead } from './table-head.tsx'
import { TableSkeleton } from './table-skeleton.tsx'

const ROW = 28
/** Rows drawn beyond the window on either side. */
const OVERSCAN = 12
/** How far from the end of what is loaded the next page is asked for, in rows. */
const AHEAD = 40

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
  /** Where rows are missing among them. */
  readonly gaps: readonly Gap[]
  /** Rows there are in all, where known. */
  readonly total: number | undefined
  readonly model: TableModel
  /** Those of its visible columns that there is room for. */
  readonly columns: readonly ModelColumn[]
  readonly selected: TraceId | undefined
  readonly onSelect: (trace: TraceSummary) => void
  readonly onOpen: (trace: TraceSummary) => void
  readonly onKey: (event: KeyboardEvent) => void
  /** How wide the table may be, px. */
  readonly onRoom: (px: number) => void
  readonly initialOffset: number
  /** More rows can be had by scrolling. */
  readonly hasMore: boolean
  readonly onMore: () => void
  readonly loading: boolean
}

/** Where a table was left, and what may still have to be loaded before it can be gone to again. */
function useOwedOffset(box: RefObject<HTMLElement | null>, offset: number, drawn: unknown) {
  const owed = useRef(offset)
  // Rows that come later make room for the place; the first move of the reader's own calls it off.
  useLayoutEffect(() => {
    const element = box.current
    if (!element || owed.current === 0) return
    element.scrollTop = owed.current
    if (element.scrollTop >= owed.current - 1) owed.current = 0
  }, [box, drawn])
  return useCallback(() => {
    owed.current = 0
  }, [])
}

/** A native table whose rows are drawn only where one looks; its scroll box has the focus and the keys. */
export function TraceTable(props: TraceTableProps) {
  const { traces, gaps, model, columns, selected, hasMore, onMore, loading } = props
  const box = useRef<HTMLDivElement>(null)
  const marks = useMemo(() => gapMarks(traces, gaps), [traces, gaps])
  const virtual = useVirtualizer({
    count: traces.length + marks.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: OVERSCAN,
    initialOffset: props.initialOffset,
    getItemKey: (place) => {
      const entry = entryAt(marks, place)
      return typeof entry === 'number' ? (traces[entry]?.traceId ?? place) : `gap ${entry.gap.from}`
    },
  })

  const { onRoom } = props
  const room = useWidth(box)
  useLayoutEffect(() => onRoom(room), [onRoom, room])
  const callOff = useOwedOffset(box, props.initialOffset, traces.length)

  useImperativeHandle(
    props.ref,
    () => ({
      scrollToRow: (index) => {
        const element = box.current
        if (!element) return
        callOff()
        // The head stays over the first row's height.
        const top = placeOf(marks, index) * ROW
        const room = element.clientHeight - 2 * ROW
        element.scrollTop = Math.max(top - room, Math.min(element.scrollTop, top))
      },
      scrollToTop: () => {
        callOff()
        box.current?.scrollTo({ top: 0 })
      },
      scrollTop: () => box.current?.scrollTop ?? 0,
      focus: () => box.current?.focus({ preventScroll: true }),
    }),
    [callOff, marks],
  )

  const sizes = useMemo(() => columns.map((column) => sizeOf(model, column)), [model, columns])
  const least = useMemo(() => leastWidth(model, columns), [model, columns])
  const items = virtual.getVirtualItems()
  const lastDrawn = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && traces.length > 0 && lastDrawn >= traces.length - AHEAD) onMore()
  }, [hasMore, lastDrawn, traces.length, onMore])

  const above = items[0]?.start ?? 0
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)

  return (
    <section
      ref={box}
      aria-label="Traces"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      onKeyDown={(event) => {
        callOff()
        props.onKey(event)
      }}
      onWheel={callOff}
      onPointerDown={callOff}
      className="relative min-h-0 min-w-0 overflow-auto -outline-offset-2 [overflow-anchor:none]"
    >
      <table
        aria-rowcount={props.total === undefined ? -1 : props.total + 1}
        aria-busy={loading}
        className="w-full table-fixed border-separate border-spacing-0 text-data"
        style={{ minWidth: least }}
      >
        <colgroup>
          {columns.map(({ id }, at) => (
            <col key={id} style={{ width: sizes[at] }} />
          ))}
        </colgroup>
        <TableHead model={model} columns={columns} />
        <tbody className="[&_td:first-child]:pl-gutter [&_td:last-child]:pr-gutter">
          {above > 0 && <Spacer height={above} span={columns.length} />}
          {items.map(({ index: place, key }) => {
            const index = entryAt(marks, place)
            if (typeof index !== 'number') return <GapRow key={key} gap={index.gap} span={columns.length} />
            const trace = traces[index]
            if (!trace) return null
            return (
              <TraceRow
                key={key}
                trace={trace}
                index={index}
                columns={columns}
                selected={trace.traceId === selected}
                onSelect={props.onSelect}
                onOpen={props.onOpen}
              />
            )
          })}
          {below > 0 && <Spacer height={below} span={columns.length} />}
          {loading && <TableSkeleton columns={columns} rows={traces.length === 0 ? 30 : 3} />}
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

/** Between the rows that it concerns: here some are missing, and why. */
const GapRow = ({ gap, span }: { readonly gap: Gap; readonly span: number }) => (
  <tr data-gap>
    <td
      colSpan={span}
      title={printable(gap.fact)}
      className="h-row-table overflow-hidden border-b border-border-1 bg-warn-tint px-1.5 text-ellipsis whitespace-nowrap text-text-2"
    >
      <span className="sticky left-gutter">
        <Icon name="warn" className="mr-1.5 inline text-warn" />
        <b className="text-text-1">Traces are missing here:</b> {printable(gap.fact)}
      </span>
    </td>
  </tr>
)

interface TraceRowProps extends Pick<TraceTableProps, 'columns' | 'onSelect' | 'onOpen'> {
  readonly trace: TraceSummary
  readonly index: number
  readonly selected: boolean
}

const TraceRow = memo(function TraceRow({
  trace,
  index,
  columns,
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
      {columns.map((column) => (
        <td
          key={column.id}
          className={`h-row-table overflow-hidden border-b border-border-1 px-1.5 text-ellipsis whitespace-nowrap ${aboutColumn(column).numeric ? 'text-right' : ''}`}
        >
          {drawCell(column, trace)}
        </td>
      ))}
    </tr>
  )
})

import { type KeyboardEvent, Suspense, useCallback, useRef, useState } from 'react'
import { useNavigate } from 'react-router-dom'
import type { TraceSummary } from '../../domain/model/trace.ts'
import type { TraceId } from '../../domain/model/units.ts'
import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { FilterBar } from '../../filters/filter-bar.tsx'
import { useNow } from '../../state/clock.ts'
import { useAnnounce } from '../../state/live.ts'
import { paths, useView } from '../../state/location.ts'
import { usePreferences } from '../../state/preferences.ts'
import { useReturnLink } from '../../state/return-link.ts'
import { useShortcuts } from '../../state/shortcuts.ts'
import { useSource } from '../../state/source-context.tsx'
import { lateComponent } from '../../ui/late-code.ts'
import { useWide } from '../../ui/media-query.ts'
import { Histogram } from './histogram/histogram.tsx'
import { useBrush } from './histogram/use-brush.ts'
import { useTurnsOverTime } from './histogram/use-turns-over-time.ts'
import { FootBar } from './list/foot-bar.tsx'
import { MoreFailure } from './list/more-failure.tsx'
import { useNewTurns } from './list/new-turns.ts'
import { NoRows, noRowsReason } from './list/no-rows.tsx'
import { SampleLabel } from './list/sample-label.tsx'
import { useTraceCounts } from './list/use-trace-counts.ts'
import { useTraceList } from './list/use-trace-list.ts'
import { usePeekPrefetch, WithSidePanel } from './peek/side-panel.tsx'
import { useFoundPeek } from './peek/use-found-peek.ts'
import { usePeek } from './peek/use-peek.ts'
import { ColumnButton } from './table/column-button.tsx'
import { type TableHandle, TraceTable } from './table/trace-table.tsx'
import { useRowSelection } from './table/use-row-selection.ts'
import { useTableScroll } from './table/use-table-scroll.ts'
import { useTraceColumns } from './table/use-trace-columns.ts'

const ListProblems = lateComponent(async () => (await import('./list/list-problems.tsx')).ListProblems)

/** What a screen reader says of the selected row. */
const spokenRow = ({ status, chatbot, input }: TraceSummary, position: number): string =>
  `Row ${position + 1}: ${status}, ${chatbot.name}${input === undefined ? '' : `, ${input.slice(0, 120)}`}`

/** The trace table: filters, turns over time, rows, peek, counts. */
export function TracesPage() {
  const { info } = useSource().source
  const control = useView()
  const { view, change } = control
  const { query } = view
  const { utc } = usePreferences()
  const wide = useWide()
  const now = useNow()
  const navigate = useNavigate()
  useReturnLink('traces', info.id)

  const readable = view.problems.length === 0
  const list = useTraceList(query, readable)
  const { rows, refresh, flows, loadMore } = list
  // Rows come first: what is counted over all turns would make them wait.
  const listed = readable && !list.loading
  const { counts, total } = useTraceCounts(query, list, listed)
  usePeekPrefetch()

  const table = useRef<TableHandle>(null)
  const { initialOffset, save } = useTableScroll(table)
  const setQuery = useCallback(
    (next: TraceQuery, how?: { readonly replace?: boolean }) => {
      change({ query: next }, how)
      table.current?.scrollToTop()
    },
    [change],
  )
  const { drawn, onBrush } = useBrush(query, setQuery)
  const overTime = useTurnsOverTime(query, rows, listed, drawn)
  const showNew = useCallback(() => {
    void refresh().then(() => table.current?.scrollToTop())
  }, [refresh])
  const announcement = useNewTurns(query, list, showNew)
  useAnnounce(announcement)

  const peekControl = usePeek(control)
  const { peek, select, settle } = peekControl
  const hrefOf = useCallback((trace: { traceId: TraceId }) => paths.trace(info.id, trace.traceId), [info.id])
  const openTrace = useCallback(
    (trace: { traceId: TraceId }) => {
      settle()
      save()
      navigate(hrefOf(trace))
    },
    [settle, save, navigate, hrefOf],
  )
  const selection = useRowSelection(peekControl, list, table, openTrace)
  const { position, selected, step } = selection
  const selectRow = useCallback((trace: TraceSummary) => select(trace.traceId), [select])
  useFoundPeek(
    table,
    initialOffset === 0 ? peek : undefined,
    position,
    rows.length,
    flows ? loadMore : undefined,
  )
  useShortcuts([
    {
      keys: ['n'],
      label: 'Show new turns',
      group: 'Traces',
      run: () => (announcement.fresh > 0 ? showNew() : false),
    },
  ])
  const onTableKey = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key] as 1 | -1 | undefined
    if (by === undefined || event.target !== event.currentTarget) return
    event.preventDefault()
    step(by)
  }

  const [room, setRoom] = useState(() => window.innerWidth)
  const { model, columns, reset } = useTraceColumns(control, { rows, now, room, hrefOf, onQuery: setQuery })
  const [recipes, setRecipes] = useState(true)
  const isSample = info.sample === true
  const side = peek !== undefined ? 'peek' : isSample && recipes ? 'recipes' : undefined
  const reason = noRowsReason(control, list)

  return (
    <main className="flex min-h-0 flex-1 flex-col">
      <title>{`Traces · ${info.label} · Turnscope`}</title>
      <h1 className="sr-only">Traces of {info.label}</h1>
      <p role="status" className="sr-only">
        {selected && spokenRow(selected, position)}
      </p>
      <FilterBar
        query={query}
        onChange={setQuery}
        label="Filter traces"
        tools={<ColumnButton model={model} onReset={reset} />}
        utc={utc}
        now={now}
      />
      <Histogram
        reply={overTime.reply}
        query={query}
        utc={utc}
        of={overTime.of}
        onBrush={(stretch) => onBrush(stretch, overTime.reply)}
      />
      {isSample && (
        <SampleLabel
          onRecipes={() => {
            select(undefined)
            setRecipes(true)
          }}
          open={side === 'recipes'}
        />
      )}
      <WithSidePanel
        shows={side}
        peek={peek}
        selection={selection}
        wide={wide}
        now={now}
        onRecipesClose={() => setRecipes(false)}
      >
        {reason !== undefined ? (
          <NoRows reason={reason} control={control} list={list} now={now} onQuery={setQuery} />
        ) : (
          <TraceTable
            ref={table}
            traces={rows}
            gaps={list.gaps}
            total={total}
            model={model}
            columns={columns}
            selected={peek}
            onSelect={selectRow}
            onOpen={openTrace}
            onKey={onTableKey}
            onRoom={setRoom}
            initialOffset={initialOffset}
            hasMore={flows}
            onMore={loadMore}
            loading={list.loading || list.loadingMore}
          />
        )}
      </WithSidePanel>
      <Suspense>{list.problems.length > 0 && <ListProblems problems={list.problems} />}</Suspense>
      {Boolean(list.moreError) && (
        <MoreFailure error={list.moreError} trying={list.loadingMore} onRetry={loadMore} />
      )}
      <FootBar
        query={query}
        counts={counts}
        loading={list.loading}
        scanned={list.scanned}
        onFurther={list.further ? loadMore : undefined}
        looking={list.loadingMore && list.scanned !== undefined}
        onQuery={setQuery}
        utc={utc}
        now={now}
      />
    </main>
  )
}

import { lazy, Suspense, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useLocation, useNavigate } from 'react-router-dom'
import type { TraceSummary } from '../../domain/trace.ts'
import { EVERYTHING, NEWEST_FIRST, type Sort, type TraceQuery } from '../../domain/trace-query.ts'
import type { TraceId } from '../../domain/units.ts'
import { FilterBar } from '../../filters/filter-bar.tsx'
import { hiddenKinds, isNarrowed, showsAllKinds, widened, withoutTime } from '../../filters/filter-chips.ts'
import { withBounds } from '../../filters/time-presets.ts'
import { UnreadableAddress } from '../../filters/unreadable-address.tsx'
import { useNow } from '../../state/clock.ts'
import { useRememberedList } from '../../state/last-list.ts'
import { useAnnounce } from '../../state/live.ts'
import { paths, useView } from '../../state/location.ts'
import { setPreferences, usePreferences } from '../../state/preferences.ts'
import { useCount } from '../../state/queries.ts'
import { useShortcuts } from '../../state/shortcuts.ts'
import { useSource } from '../../state/source-context.tsx'
import { sameDay } from '../../ui/format.ts'
import { useWide } from '../../ui/media-query.ts'
import { SplitPane } from '../../ui/split-pane.tsx'
import type { CellContext } from './cells.tsx'
import { ColumnButton } from './column-button.tsx'
import { columnBefore, narrowColumns, shownColumns } from './columns.ts'
import { durationScale } from './duration-scale.ts'
import { EmptyStore, ListFailure, NoMatch } from './empty-states.tsx'
import { FootBar } from './foot-bar.tsx'
import { Histogram } from './histogram.tsx'
import { MoreFailure } from './more-failure.tsx'
import { newestStart, useNewTurns } from './new-turns.ts'
import { RecipesPanel } from './recipes-panel.tsx'
import { SampleLabel } from './sample-label.tsx'
import { nextSort } from './sort-cycle.ts'
import { type TableHandle, TraceTable } from './trace-table.tsx'
import { useFoundPeek } from './use-found-peek.ts'
import { usePeek } from './use-peek.ts'
import { useTraceList } from './use-trace-list.ts'
import { useTurnsOverTime } from './use-turns-over-time.ts'

/** How many rows say how long the bars are. */
const SCALED_BY = 50
const loadPeek = async () => ({ default: (await import('./peek-panel.tsx')).PeekPanel })
const PeekPanel = lazy(loadPeek)

const PEEK = { beside: 392, below: 300 }

/** Where each visited list was scrolled to, by history entry: Back finds it again. */
const scrolled = new Map<string, number>()

/** What a screen reader says of the selected row. */
const spokenRow = ({ status, chatbot, input }: TraceSummary, position: number): string =>
  `Row ${position + 1}: ${status}, ${chatbot.name}${input === undefined ? '' : `, ${input.slice(0, 120)}`}`

/** The trace table: filters, turns over time, rows, peek, counts. */
export function TracesPage() {
  const { source } = useSource()
  const { info } = source
  const { capabilities } = info
  const counts = capabilities.costs.count === 'exact'
  const control = useView()
  const { view, change } = control
  const { peek, current, select, settle } = usePeek(control)
  const { utc, columns: preferred, columnWidths, panes } = usePreferences()
  const { key } = useLocation()
  const navigate = useNavigate()
  const wide = useWide()
  useRememberedList('traces', info.id)
  const now = useNow()
  const { query } = view
  const readable = view.problems.length === 0

  const list = useTraceList(query, readable)
  const { rows, refresh } = list
  // Rows come first: what is counted over all turns would make them wait.
  const listed = readable && !list.loading
  const overTime = useTurnsOverTime(query, rows, listed)
  const matching = useCount(query, listed && counts)
  const narrowed = isNarrowed(query)
  const all = useCount(
    useMemo(() => widened(query), [query]),
    listed && counts && narrowed,
  )
  const hidden = useCount(
    useMemo(() => hiddenKinds(query), [query]),
    listed && counts && !showsAllKinds(query),
  )

  const table = useRef<TableHandle>(null)
  const [recipes, setRecipes] = useState(true)
  // Fetched once the first rows stand: the first peek opens at once.
  const hasRows = rows.length > 0
  useEffect(() => {
    if (hasRows) void loadPeek()
  }, [hasRows])

  // Remembered when the page goes, under the entry that it then stands at.
  const entry = useRef(key)
  entry.current = key
  const [initialOffset] = useState(() => scrolled.get(key) ?? 0)
  // In the layout phase: the table's handle is gone later on.
  useLayoutEffect(() => {
    const handle = table
    return () => {
      const top = handle.current?.scrollTop()
      if (top !== undefined) scrolled.set(entry.current, top)
    }
  }, [])

  const setQuery = useCallback(
    (next: TraceQuery, how?: { readonly replace?: boolean }) => {
      change({ query: next }, how)
      table.current?.scrollToTop()
    },
    [change],
  )

  const since = useMemo(() => {
    if (list.loading || list.error) return undefined
    return newestStart(rows) ?? (((Date.now() - 60_000) * 1000) as TraceSummary['startTime'])
  }, [list.loading, list.error, rows])
  const showNew = useCallback(() => {
    void refresh().then(() => table.current?.scrollToTop())
  }, [refresh])
  const announcement = useNewTurns(query, since, list.error !== null, showNew)
  useAnnounce(announcement)
  // An empty table has nothing that could move.
  useEffect(() => {
    if (announcement.fresh > 0 && rows.length === 0) announcement.show()
  }, [announcement, rows.length])

  const places = useMemo(() => new Map(rows.map(({ traceId }, index) => [traceId, index])), [rows])
  const position = peek === undefined ? -1 : (places.get(peek) ?? -1)
  const selected = rows[position]
  const hrefOf = useCallback((trace: { traceId: TraceId }) => paths.trace(info.id, trace.traceId), [info.id])
  const selectRow = useCallback((trace: TraceSummary) => select(trace.traceId), [select])
  const openTrace = useCallback(
    (trace: { traceId: TraceId }) => {
      settle()
      // The entry that was just settled has a key that no render has seen yet.
      const settled: unknown = window.history.state?.key
      scrolled.set(typeof settled === 'string' ? settled : 'default', table.current?.scrollTop() ?? 0)
      navigate(hrefOf(trace))
    },
    [settle, navigate, hrefOf],
  )
  const { flows, loadMore } = list
  useFoundPeek(
    table,
    initialOffset === 0 ? peek : undefined,
    position,
    rows.length,
    flows ? loadMore : undefined,
  )
  const canStep = (by: 1 | -1) => rows[position + by] !== undefined || (by > 0 && flows)
  // A held key comes more often than the page is drawn: the step is from where it stands by now.
  const step = (by: 1 | -1) => {
    const from = current()
    const at = (from === undefined ? -1 : (places.get(from) ?? -1)) + by
    const target = rows[at]
    if (target) {
      select(target.traceId)
      table.current?.scrollToRow(at)
    } else if (by > 0 && flows) loadMore()
    return target !== undefined
  }
  const open = () => {
    const trace = current()
    if (trace === undefined) return false
    openTrace({ traceId: trace })
    return true
  }
  const close = () => {
    if (current() === undefined) return false
    select(undefined)
    table.current?.focus()
    return true
  }

  useShortcuts([
    { keys: ['j'], label: 'Next trace', group: 'Traces', run: () => step(1) },
    { keys: ['k'], label: 'Previous trace', group: 'Traces', run: () => step(-1) },
    {
      keys: ['Enter'],
      label: 'Open the selected trace',
      group: 'Traces',
      run: open,
    },
    { keys: ['Escape'], label: 'Close the peek', group: 'Traces', run: close },
    {
      keys: ['n'],
      label: 'Show new turns',
      group: 'Traces',
      run: () => (announcement.fresh > 0 ? showNew() : false),
    },
  ])

  const chosen = shownColumns(view.columns, preferred)
  const shown = useMemo(() => (wide ? chosen : narrowColumns(chosen)), [wide, chosen])
  const withDays = useMemo(
    () => rows.some(({ startTime }) => !sameDay(startTime, now, utc)),
    [rows, now, utc],
  )
  // Of the first rows alone: bars must not change their lengths while one scrolls.
  const scale = useMemo(() => durationScale(rows.slice(0, SCALED_BY).map(({ duration }) => duration)), [rows])
  const context = useMemo<CellContext>(() => ({ utc, now, hrefOf, ...scale }), [utc, now, hrefOf, scale])
  const sortable = useCallback((field: Sort['field']) => capabilities.sorts.includes(field), [capabilities])
  const setColumns = (ids: readonly string[] | undefined) => {
    setPreferences({ columns: ids })
    change({ columns: ids }, { replace: true })
  }

  const isSample = info.sample === true
  const nothing = !list.loading && !list.error && rows.length === 0
  const direction = wide ? 'beside' : 'below'
  const side = peek !== undefined ? 'peek' : isSample && recipes ? 'recipes' : undefined

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
        tools={<ColumnButton shown={chosen} onChange={setColumns} />}
        utc={utc}
        now={now}
      />
      <Histogram
        reply={overTime.reply}
        query={query}
        utc={utc}
        of={overTime.of}
        onBrush={(stretch) =>
          setQuery(stretch ? withBounds(query, stretch.from, stretch.to) : withoutTime(query), {
            replace: query.from !== undefined,
          })
        }
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
      <SplitPane
        label={side === 'recipes' ? 'Recipes' : 'Peek'}
        direction={direction}
        size={panes[`peek-${direction}`] ?? PEEK[direction]}
        initial={PEEK[direction]}
        min={wide ? 300 : 160}
        max={wide ? 720 : 560}
        onResize={(size) => setPreferences({ panes: { ...panes, [`peek-${direction}`]: size } })}
        className="flex-1 border-t border-border-1"
        pane={
          side === 'peek' && peek !== undefined ? (
            <Suspense>
              <PeekPanel
                id={peek}
                summary={selected}
                href={paths.trace(info.id, peek)}
                onNext={canStep(1) ? () => step(1) : undefined}
                onPrevious={canStep(-1) ? () => step(-1) : undefined}
                onClose={close}
                now={now}
              />
            </Suspense>
          ) : side === 'recipes' ? (
            <RecipesPanel onClose={() => setRecipes(false)} />
          ) : undefined
        }
      >
        {!readable ? (
          <div className="overflow-auto">
            <UnreadableAddress problems={view.problems} onDrop={() => change({ query: EVERYTHING })} />
          </div>
        ) : list.error ? (
          <div className="overflow-auto">
            <ListFailure
              error={list.error}
              onRetry={list.retry}
              onClear={() => setQuery({ ...widened(query), sort: NEWEST_FIRST })}
            />
          </div>
        ) : nothing ? (
          <div className="overflow-auto">
            {narrowed ? (
              <NoMatch
                query={query}
                utc={utc}
                now={now}
                further={list.further ? list.loadMore : undefined}
                onQuery={setQuery}
              />
            ) : (
              <EmptyStore />
            )}
          </div>
        ) : (
          <TraceTable
            ref={table}
            traces={rows}
            total={matching.data?.complete ? matching.data.count : undefined}
            shown={shown}
            widths={columnWidths}
            withDays={withDays}
            onWidth={(id, width) => {
              const { [id]: _old, ...others } = columnWidths
              setPreferences({ columnWidths: width === undefined ? others : { ...others, [id]: width } })
            }}
            onColumn={(id, before) => setColumns(columnBefore(chosen, id, before))}
            sort={query.sort}
            sortable={sortable}
            onSort={(field) =>
              setQuery({ ...query, sort: nextSort(query.sort, field, capabilities.ascending) })
            }
            context={context}
            selected={peek}
            onSelect={selectRow}
            onOpen={openTrace}
            onKey={(event) => {
              const by = { ArrowDown: 1, ArrowUp: -1 }[event.key] as 1 | -1 | undefined
              if (by === undefined || event.target !== event.currentTarget) return
              event.preventDefault()
              step(by)
            }}
            initialOffset={initialOffset}
            hasMore={list.flows}
            onMore={list.loadMore}
            loading={list.loading || list.loadingMore}
          />
        )}
      </SplitPane>
      {Boolean(list.moreError) && (
        <MoreFailure error={list.moreError} trying={list.loadingMore} onRetry={list.loadMore} />
      )}
      <FootBar
        query={query}
        counts={{
          matching: counts ? matching.data?.count : list.loading ? undefined : rows.length,
          more: counts ? matching.data?.complete === false : list.flows || list.further,
          total: narrowed ? all.data?.count : undefined,
          hidden: hidden.data?.count,
        }}
        loading={list.loading}
        scanned={list.scanned}
        onFurther={list.further ? list.loadMore : undefined}
        looking={list.loadingMore && list.scanned !== undefined}
        onQuery={setQuery}
        utc={utc}
        now={now}
      />
    </main>
  )
}

import { useCallback, useMemo } from 'react'
import { useNavigate } from 'react-router-dom'
import { formatQuery } from '../../domain/query/query-params.ts'
import { EVERYTHING, type TraceQuery } from '../../domain/query/trace-query.ts'
import { FilterBar } from '../../filters/filter-bar.tsx'
import { isNarrowed, widened } from '../../filters/filter-chips.ts'
import { ListFailure } from '../../filters/list-failure.tsx'
import { UnreadableAddress } from '../../filters/unreadable-address.tsx'
import { useNow } from '../../state/clock.ts'
import { cancelCsvExport, dismissCsvExport, startCsvExport, useCsvExport } from '../../state/csv-export.ts'
import { paths, useView } from '../../state/location.ts'
import { usePreferences } from '../../state/preferences.ts'
import { useSessions } from '../../state/queries.ts'
import { useReturnLink } from '../../state/return-link.ts'
import { useScrollRestoration } from '../../state/scroll-restoration.ts'
import { useSource } from '../../state/source-context.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ExportProgress } from '../../ui/export-progress.tsx'
import { Icon } from '../../ui/icons/icons.tsx'
import { Notice } from '../../ui/notice.tsx'
import { type ListPlace, ListTable } from '../../ui/table/list-table.tsx'
import { formatCount } from '../../ui/text/format.ts'
import { LATEST_FIRST, sessionColumns } from './session-columns.tsx'

/** Every session with what it adds up to, the one with the newest turn first. */
export function SessionsPage() {
  const { source } = useSource()
  const { utc, singleKeys } = usePreferences()
  const navigate = useNavigate()
  const place = useScrollRestoration<ListPlace>('sessions')
  useReturnLink('sessions', source.info.id)
  const exported = useCsvExport()
  const { view, change } = useView()
  const { query } = view
  const readable = view.problems.length === 0
  const now = useNow()
  const { data, error, isPending, isFetching, hasNextPage, fetchNextPage, refetch } = useSessions(
    query,
    readable,
  )
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data])
  const scanned = data?.pages.at(-1)?.scanned
  const columns = useMemo(() => sessionColumns(source.info.id, utc, query), [source.info.id, utc, query])
  const more = useCallback(() => {
    if (hasNextPage && !isFetching) fetchNextPage()
  }, [hasNextPage, isFetching, fetchNextPage])
  const setQuery = (next: TraceQuery, how?: { readonly replace?: boolean }) => change({ query: next }, how)
  const failure = error && rows.length === 0
  if (!readable)
    return (
      <main className="min-h-0 flex-1 overflow-auto">
        <UnreadableAddress problems={view.problems} onDrop={() => change({ query: EVERYTHING })} />
      </main>
    )
  return (
    <main className="flex min-h-0 flex-1 flex-col">
      <title>{`Sessions · ${source.info.label} · Turnscope`}</title>
      <h1 className="sr-only">Sessions</h1>
      <FilterBar
        query={query}
        onChange={setQuery}
        label="Filter sessions"
        tools={<ButtonLink to={paths.traces(source.info.id, query)}>View traces</ButtonLink>}
        utc={utc}
        now={now}
      />
      {(failure || (!isPending && rows.length === 0)) && (
        <div className="min-h-0 flex-1 overflow-auto">
          {failure && (
            <ListFailure error={error} onRetry={() => refetch()} onClear={() => setQuery(widened(query))} />
          )}
          {!failure && !isPending && rows.length === 0 && (
            <Notice
              title={isNarrowed(query) ? 'No session matches' : 'No sessions'}
              actions={
                isNarrowed(query) && (
                  <Button onClick={() => setQuery(widened(query))}>Clear all filters</Button>
                )
              }
            >
              {!isNarrowed(query) &&
                'Turns without a session ID are listed under Traces. If your session ID is in another attribute, name it in TURNSCOPE_KEYS_SESSION.'}
            </Notice>
          )}
        </div>
      )}
      {!failure && (isPending || rows.length > 0) && (
        <ListTable
          key={formatQuery(query).toString()}
          label="Sessions"
          columns={columns}
          sort={LATEST_FIRST}
          rows={rows}
          rowKey={({ id }) => id}
          loading={isPending}
          onEnd={more}
          onOpen={({ id }) => navigate(paths.session(source.info.id, id))}
          spoken={({ id, turns, errors }) =>
            `${id}, ${turns} ${turns === 1 ? 'turn' : 'turns'}, ${errors} ${errors === 1 ? 'error' : 'errors'}`
          }
          place={place}
          singleKeys={singleKeys}
        />
      )}
      <footer className="flex h-bar-foot flex-none items-center gap-3 border-t border-border-1 bg-surface-0 px-gutter text-data text-text-2">
        <span role="status">
          <b className="text-text-1">{formatCount(rows.length)}</b>{' '}
          {hasNextPage ? 'loaded' : rows.length === 1 ? 'session' : 'sessions'}
          {scanned && !scanned.complete && `, from the latest ${formatCount(scanned.traces)} traces`}
        </span>
        {isFetching && !isPending && <span className="text-text-3">Loading</span>}
        {hasNextPage && !isFetching && (
          <Button variant="ghost" onClick={more}>
            {scanned ? 'Search further back' : 'Load more'}
          </Button>
        )}
        <span className="flex-1" />
        {exported && <ExportProgress {...exported} onCancel={cancelCsvExport} onDismiss={dismissCsvExport} />}
        <Button
          onClick={() => startCsvExport(source.info.id, query)}
          disabled={exported?.state === 'running'}
        >
          <Icon name="download" size="small" />
          Export CSV
        </Button>
      </footer>
    </main>
  )
}

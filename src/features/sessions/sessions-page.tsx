import { useCallback, useMemo } from 'react'
import { useNavigate } from 'react-router-dom'
import { adviceFor } from '../../state/advice.ts'
import { cancelCsvExport, dismissCsvExport, startCsvExport, useCsvExport } from '../../state/csv-export.ts'
import { useKeptPlace } from '../../state/kept-place.ts'
import { useRememberedList } from '../../state/last-list.ts'
import { paths, useView } from '../../state/location.ts'
import { usePreferences } from '../../state/preferences.ts'
import { useSessions } from '../../state/queries.ts'
import { useSource } from '../../state/source-context.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ExportProgress } from '../../ui/export-progress.tsx'
import { formatCount } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { type ListPlace, ListTable } from '../../ui/list-table.tsx'
import { Notice } from '../../ui/notice.tsx'
import { sessionColumns } from './session-columns.tsx'

/** Every session with what it adds up to, the one with the newest turn first. */
export function SessionsPage() {
  const { source } = useSource()
  const { utc, singleKeys } = usePreferences()
  const navigate = useNavigate()
  const place = useKeptPlace<ListPlace>('sessions')
  useRememberedList('sessions', source.info.id)
  const exported = useCsvExport()
  const { view, change } = useView()
  const { data, error, isPending, isFetching, hasNextPage, fetchNextPage, refetch } = useSessions(view.query)
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data])
  const scanned = data?.pages.at(-1)?.scanned
  const columns = useMemo(() => sessionColumns(source.info.id, utc), [source.info.id, utc])
  const more = useCallback(() => {
    if (hasNextPage && !isFetching) fetchNextPage()
  }, [hasNextPage, isFetching, fetchNextPage])
  const narrowed = view.query.conditions.length > 0 || view.query.text !== undefined
  const failure = error && rows.length === 0 ? adviceFor(error) : undefined
  return (
    <main className="flex min-h-0 flex-1 flex-col">
      <header className="flex h-11 flex-none items-center gap-2.5 px-gutter">
        <h1 className="text-title font-semibold">Sessions</h1>
        {narrowed && (
          <Button
            variant="ghost"
            onClick={() => change({ query: { conditions: [], sort: view.query.sort } })}
          >
            Clear filters
          </Button>
        )}
        <span className="flex-1" />
        <ButtonLink to={paths.traces(source.info.id, view.query)}>View traces</ButtonLink>
      </header>
      {failure && (
        <Notice
          alert
          title={failure.title}
          detail={failure.detail}
          actions={<Button onClick={() => refetch()}>Try again</Button>}
        >
          {failure.advice}
        </Notice>
      )}
      {!failure && !isPending && rows.length === 0 && (
        <Notice title="No sessions">
          Turns without a session id stand in the table of traces. Name the attribute that holds yours with
          TURNSCOPE_KEYS_SESSION.
        </Notice>
      )}
      {!failure && (isPending || rows.length > 0) && (
        <ListTable
          label="Sessions"
          columns={columns}
          rows={rows}
          rowKey={({ id }) => id}
          loading={isPending}
          onEnd={more}
          onOpen={({ id }) => navigate(paths.session(source.info.id, id))}
          spoken={({ id, turns, errors }) => `${id}, ${turns} turns, ${errors} errors`}
          place={place}
          singleKeys={singleKeys}
        />
      )}
      <footer className="flex h-bar-foot flex-none items-center gap-3 border-t border-border-1 bg-surface-0 px-gutter text-data text-text-2">
        <span role="status">
          <b className="text-text-1">{formatCount(rows.length)}</b>
          {hasNextPage ? ' sessions so far' : ' sessions'}
          {scanned && !scanned.complete && `, in the latest ${formatCount(scanned.traces)} traces`}
        </span>
        {isFetching && !isPending && <span className="text-text-3">loading</span>}
        {hasNextPage && !isFetching && (
          <Button variant="ghost" onClick={more}>
            {scanned ? 'Look further back' : 'More'}
          </Button>
        )}
        <span className="flex-1" />
        {exported ? (
          <ExportProgress {...exported} onCancel={cancelCsvExport} onDismiss={dismissCsvExport} />
        ) : (
          <Button onClick={() => startCsvExport(source.info.id, view.query)}>
            <Icon name="download" size="small" />
            Export CSV
          </Button>
        )}
      </footer>
    </main>
  )
}

import { useCallback, useMemo } from 'react'
import type { SessionSummary } from '../../domain/trace.ts'
import { adviceFor } from '../../state/advice.ts'
import { paths, useView } from '../../state/location.ts'
import { usePreferences } from '../../state/preferences.ts'
import { useSessions } from '../../state/queries.ts'
import { useSource } from '../../state/source-context.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { clockTime, dayText, formatCount, fullTime } from '../../ui/format.ts'
import { Link } from '../../ui/link.tsx'
import { type ListColumn, ListTable } from '../../ui/list-table.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Cost, Count, Duration } from '../../ui/quantity.tsx'
import { sessionQuery } from './session-query.ts'

const named = (items: readonly { readonly id: string; readonly name?: string }[]): string =>
  items.length === 0 ? '—' : items.map(({ id, name }) => name ?? id).join(', ')

function columnsFor(source: string, utc: boolean): readonly ListColumn<SessionSummary>[] {
  const time = (us: number) => (
    <time dateTime={new Date(us / 1000).toISOString()} title={fullTime(us, utc)}>
      {dayText(us, utc, new Date().getFullYear())}, {clockTime(us, utc)}
    </time>
  )
  return [
    {
      id: 'session',
      head: 'Session',
      cell: ({ id }) => (
        <Link to={paths.session(source, id)} className="font-mono text-code text-accent" title={id}>
          <bdi>{id}</bdi>
        </Link>
      ),
    },
    { id: 'chatbot', head: 'Chatbot', cell: ({ chatbots }) => <bdi>{named(chatbots)}</bdi> },
    { id: 'participant', head: 'Participant', cell: ({ participants }) => <bdi>{named(participants)}</bdi> },
    {
      id: 'channel',
      head: 'Channel',
      secondary: true,
      width: '104px',
      cell: ({ channels }) => channels?.join(', ') || '—',
    },
    { id: 'end', head: 'Last turn', width: '136px', sorted: 'descending', cell: ({ end }) => time(end) },
    { id: 'start', head: 'First turn', width: '136px', secondary: true, cell: ({ start }) => time(start) },
    {
      id: 'length',
      head: 'Length',
      numeric: true,
      secondary: true,
      width: '80px',
      cell: ({ start, end }) => <Duration value={end - start} />,
    },
    {
      id: 'turns',
      head: 'Turns',
      numeric: true,
      width: '64px',
      cell: ({ id, turns }) => (
        <Link to={paths.traces(source, sessionQuery(id))} className="text-accent" title="View its traces">
          {formatCount(turns)}
        </Link>
      ),
    },
    {
      id: 'errors',
      head: 'Errors',
      numeric: true,
      width: '64px',
      cell: ({ errors }) =>
        errors > 0 ? (
          <span className="text-error">✗ {formatCount(errors)}</span>
        ) : (
          <span className="text-text-3">0</span>
        ),
    },
    {
      id: 'tokens',
      head: 'Tokens',
      numeric: true,
      width: '80px',
      cell: ({ totalTokens }) => <Count value={totalTokens} why="not measured" />,
    },
    {
      id: 'cost',
      head: 'Cost',
      numeric: true,
      width: '80px',
      cell: ({ cost }) => <Cost value={cost} why="not measured" />,
    },
    {
      id: 'feedback',
      head: 'Feedback',
      secondary: true,
      cell: ({ feedback }) =>
        feedback.map(({ name, value }) => (value === undefined ? name : `${name} ${value}`)).join(', ') ||
        '—',
    },
  ]
}

/** Every session with what it adds up to, the one with the newest turn first. */
export function SessionsPage() {
  const { source } = useSource()
  const { utc } = usePreferences()
  const { view, change } = useView()
  const { data, error, isPending, isFetching, hasNextPage, fetchNextPage, refetch } = useSessions(view.query)
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data])
  const scanned = data?.pages.at(-1)?.scanned
  const columns = useMemo(() => columnsFor(source.info.id, utc), [source.info.id, utc])
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
            Look further back
          </Button>
        )}
      </footer>
    </main>
  )
}

import { useMemo } from 'react'
import { useNavigate } from 'react-router-dom'
import type { ChatbotSummary } from '../../domain/model/trace.ts'
import { formatQuery } from '../../domain/query/query-params.ts'
import { EVERYTHING, type TraceQuery } from '../../domain/query/trace-query.ts'
import { FilterBar } from '../../filters/filter-bar.tsx'
import { isNarrowed, widened } from '../../filters/filter-chips.ts'
import { ListFailure } from '../../filters/list-failure.tsx'
import { narrowedTo } from '../../filters/narrowed-to.ts'
import { UnreadableAddress } from '../../filters/unreadable-address.tsx'
import { useNow } from '../../state/clock.ts'
import { cancelCsvExport, dismissCsvExport, startCsvExport, useCsvExport } from '../../state/csv-export.ts'
import { paths, useView } from '../../state/location.ts'
import { usePreferences } from '../../state/preferences.ts'
import { useChatbots } from '../../state/queries.ts'
import { useReturnLink } from '../../state/return-link.ts'
import { useScrollRestoration } from '../../state/scroll-restoration.ts'
import { useSource } from '../../state/source-context.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ExportProgress } from '../../ui/export-progress.tsx'
import { Icon } from '../../ui/icons/icons.tsx'
import { Link } from '../../ui/link.tsx'
import { Notice } from '../../ui/notice.tsx'
import { type ListPlace, ListTable } from '../../ui/table/list-table.tsx'
import type { ColumnSort, TableColumn } from '../../ui/table/table-model.ts'
import { clockTime, dayText, formatCount, fullTime, shareText } from '../../ui/text/format.ts'
import { printable } from '../../ui/text/printable-text.ts'
import { Cost, Count, Duration } from '../../ui/text/quantity.tsx'
import { withoutChatbot as without } from './chatbot-figures.ts'

const BUSIEST_FIRST: ColumnSort = { id: 'turns', descending: true }

/** `alike`: names that several chatbots bear; those are told apart by their ids. */
const columnsFor = (
  source: string,
  utc: boolean,
  alike: ReadonlySet<string>,
  query: TraceQuery,
): readonly TableColumn<ChatbotSummary>[] => [
  {
    id: 'chatbot',
    rank: 0,
    label: 'Chatbot',
    cell: ({ id, name }) => (
      <>
        <Link to={paths.chatbot(source, id, without(query))} className="text-accent" title={id}>
          <bdi>{printable(name)}</bdi>
        </Link>
        {alike.has(name) && <bdi className="pl-2 font-mono text-code text-text-3">{printable(id)}</bdi>}
      </>
    ),
  },
  {
    id: 'versions',
    rank: 8,
    label: 'Versions',
    cell: ({ versions }) => (
      <bdi title={versions.join(', ')}>{versions.length === 0 ? '—' : printable(versions.join(', '))}</bdi>
    ),
  },
  {
    id: 'turns',
    rank: 1,
    label: 'Turns',
    numeric: true,
    size: 88,
    cell: ({ id, turns }) => (
      <Link
        to={paths.traces(source, narrowedTo('chatbot', id, query))}
        className="text-accent"
        title="View chatbot traces"
      >
        {formatCount(turns)}
      </Link>
    ),
  },
  {
    id: 'errors',
    rank: 2,
    label: 'Errors',
    numeric: true,
    size: 120,
    cell: ({ turns, errors }) =>
      errors === 0 ? (
        <span className="text-text-3">0</span>
      ) : (
        <span className="text-error">
          ✗ {formatCount(errors)} <span className="text-text-3">{shareText(errors, turns)}</span>
        </span>
      ),
  },
  {
    id: 'p50',
    rank: 5,
    label: 'p50 duration',
    numeric: true,
    size: 96,
    cell: ({ p50 }) => <Duration value={p50} />,
  },
  { id: 'p95', rank: 3, label: 'p95', numeric: true, size: 88, cell: ({ p95 }) => <Duration value={p95} /> },
  {
    id: 'tokens',
    rank: 6,
    label: 'Tokens',
    numeric: true,
    size: 96,
    cell: ({ totalTokens }) => <Count value={totalTokens} why="not reported" />,
  },
  {
    id: 'cost',
    rank: 7,
    label: 'Cost',
    numeric: true,
    size: 88,
    cell: ({ cost }) => <Cost value={cost} why="not reported" />,
  },
  {
    id: 'seen',
    rank: 4,
    label: 'Last turn',
    size: 136,
    cell: ({ lastSeen }) => (
      <time dateTime={new Date(lastSeen / 1000).toISOString()} title={fullTime(lastSeen, utc)}>
        {dayText(lastSeen, utc, new Date().getFullYear())}, {clockTime(lastSeen, utc)}
      </time>
    ),
  },
]

/** Every chatbot with its traffic, the busiest first. */
export function ChatbotsPage() {
  const { source } = useSource()
  const { utc, singleKeys } = usePreferences()
  const { view, change } = useView()
  const { query } = view
  const readable = view.problems.length === 0
  const now = useNow()
  const navigate = useNavigate()
  const place = useScrollRestoration<ListPlace>('chatbots')
  useReturnLink('chatbots', source.info.id)
  const exported = useCsvExport()
  const { data, error, isPending, refetch } = useChatbots(query, readable)
  const rows = useMemo(() => [...(data?.items ?? [])].sort((a, b) => b.turns - a.turns), [data])
  const columns = useMemo(() => {
    const names = rows.map(({ name }) => name)
    const alike = new Set(names.filter((name, at) => names.indexOf(name) !== at))
    return columnsFor(source.info.id, utc, alike, query)
  }, [source.info.id, utc, rows, query])
  const setQuery = (next: TraceQuery, how?: { readonly replace?: boolean }) => change({ query: next }, how)
  const failure = error && !data
  if (!readable)
    return (
      <main className="min-h-0 flex-1 overflow-auto">
        <UnreadableAddress problems={view.problems} onDrop={() => change({ query: EVERYTHING })} />
      </main>
    )
  return (
    <main className="flex min-h-0 flex-1 flex-col">
      <title>{`Chatbots · ${source.info.label} · Turnscope`}</title>
      <h1 className="sr-only">Chatbots</h1>
      <FilterBar
        query={query}
        onChange={setQuery}
        label="Filter chatbots"
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
              title={isNarrowed(query) ? 'No chatbot matches' : 'No chatbots yet'}
              actions={
                isNarrowed(query) && (
                  <Button onClick={() => setQuery(widened(query))}>Clear all filters</Button>
                )
              }
            >
              {!isNarrowed(query) && 'No turns have arrived.'}
            </Notice>
          )}
        </div>
      )}
      {!failure && (isPending || rows.length > 0) && (
        <ListTable
          key={formatQuery(query).toString()}
          label="Chatbots"
          columns={columns}
          sort={BUSIEST_FIRST}
          rows={rows}
          rowKey={({ id }) => id}
          loading={isPending}
          onOpen={({ id }) => navigate(paths.chatbot(source.info.id, id, without(query)))}
          spoken={({ name, turns, errors }) =>
            `${name}, ${turns} ${turns === 1 ? 'turn' : 'turns'}, ${errors} ${errors === 1 ? 'error' : 'errors'}`
          }
          place={place}
          singleKeys={singleKeys}
        />
      )}
      <footer className="flex h-bar-foot flex-none items-center gap-3 border-t border-border-1 bg-surface-0 px-gutter text-data text-text-2">
        <span role="status">
          <b className="text-text-1">{formatCount(rows.length)}</b>{' '}
          {rows.length === 1 ? 'chatbot' : 'chatbots'}
          {data?.scanned?.complete === false &&
            `, from the latest ${formatCount(data.scanned.traces)} traces`}
        </span>
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

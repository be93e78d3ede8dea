import { type ReactNode, Suspense, useMemo } from 'react'
import { useParams } from 'react-router-dom'
import { EVERYTHING, type TraceQuery } from '../../domain/query/trace-query.ts'
import { FilterBar } from '../../filters/filter-bar.tsx'
import { isNarrowed, widened } from '../../filters/filter-chips.ts'
import { ListFailure } from '../../filters/list-failure.tsx'
import { narrowedTo } from '../../filters/narrowed-to.ts'
import { UnreadableAddress } from '../../filters/unreadable-address.tsx'
import { adviceFor } from '../../state/advice.ts'
import { useNow } from '../../state/clock.ts'
import { startCsvExport } from '../../state/csv-export.ts'
import { paths, useView } from '../../state/location.ts'
import { usePreferences } from '../../state/preferences.ts'
import { useChatbots, useHistogram, useSuggestions } from '../../state/queries.ts'
import { returnLink } from '../../state/return-link.ts'
import { useSource } from '../../state/source-context.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Crumb } from '../../ui/crumb.tsx'
import { Icon } from '../../ui/icons/icons.tsx'
import { lateComponent } from '../../ui/late-code.ts'
import { Link } from '../../ui/link.tsx'
import { Notice } from '../../ui/notice.tsx'
import { dayText, formatCount, shareText, shortTime } from '../../ui/text/format.ts'
import { printable } from '../../ui/text/printable-text.ts'
import { Cost, Count, Duration } from '../../ui/text/quantity.tsx'
import { withoutChatbot } from './chatbot-figures.ts'
import { LatestSessions } from './latest-sessions.tsx'
import { VersionRows } from './version-rows.tsx'

const TimePlot = lateComponent(async () => (await import('../../ui/time-plot.tsx')).TimePlot)

const BUCKETS = 60
const CHATBOT = ['chatbot'] as const

function Panel({
  title,
  note,
  children,
}: {
  readonly title: string
  readonly note?: string
  readonly children: ReactNode
}) {
  return (
    <section aria-label={title} className="min-w-0 border-b border-border-1 px-gutter pt-2.5 pb-3">
      <h2 className="mb-1.5 flex items-baseline gap-2.5 text-prose font-semibold">
        {title}
        {note && <span className="text-label font-normal text-text-3">{note}</span>}
      </h2>
      {children}
    </section>
  )
}

const minute = (us: number, utc: boolean) => `${dayText(us, utc)}, ${shortTime(us, utc)}`

function Traffic({ query }: { readonly query: TraceQuery }) {
  const { utc } = usePreferences()
  const { data } = useHistogram(query, BUCKETS)
  const drawn = useMemo(() => {
    if (!data) return undefined
    const times = data.ok.map((_, at) => (data.from + at * data.bucket) / 1e6)
    const all = data.ok.map((count, at) => count + (data.error[at] ?? 0))
    return {
      times,
      series: [
        { label: 'turns', token: 'mark-2', values: all },
        { label: 'errors', token: 'error', values: data.error },
      ],
    }
  }, [data])
  const busiest = drawn ? Math.max(0, ...(drawn.series[0]?.values ?? [])) : 0
  return (
    <Panel
      title="Turns and errors"
      note={data ? `${minute(data.from, utc)} – ${minute(data.to, utc)} · peak ${formatCount(busiest)}` : ''}
    >
      <Suspense fallback={<div className="h-[140px]" />}>
        {drawn ? (
          <TimePlot times={drawn.times} series={drawn.series} utc={utc} />
        ) : (
          <div className="h-[140px]" />
        )}
      </Suspense>
    </Panel>
  )
}

function TopErrors({ within, source }: { readonly within: TraceQuery; readonly source: string }) {
  const query = useMemo(() => narrowedTo('status', 'error', within), [within])
  const { data, isPending, error } = useSuggestions('error', '', query)
  return (
    <Panel title="Top errors">
      {data?.items.length === 0 && <p className="text-data text-text-3">No errors.</p>}
      {isPending && !error && <p className="text-data text-text-3">…</p>}
      {error && <p className="text-data text-text-3">{adviceFor(error).title}</p>}
      <ol className="text-data">
        {data?.items.slice(0, 10).map(({ value, count }) => (
          <li key={value} className="flex h-row-table items-center gap-2">
            <span className="w-12 text-right">{count === undefined ? '' : formatCount(count)}</span>
            <Link
              to={paths.traces(source, narrowedTo('error', value, within))}
              className="cut text-error"
              title={value}
            >
              {value}
            </Link>
          </li>
        ))}
      </ol>
    </Panel>
  )
}

function Figure({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="min-w-0 bg-surface-1 px-gutter py-2">
      <dt className="text-label text-text-3">{name}</dt>
      <dd className="text-title font-semibold whitespace-nowrap">{children}</dd>
    </div>
  )
}

/** One chatbot: its figures, versions, traffic and failures, and the ways to its traces and sessions. */
export function ChatbotPage() {
  const { chatbotId = '' } = useParams()
  const { source } = useSource()
  const { view, change } = useView()
  const { utc } = usePreferences()
  const now = useNow()
  const query = useMemo(() => narrowedTo('chatbot', chatbotId, view.query), [chatbotId, view.query])
  const { data, error, isPending, refetch } = useChatbots(query, view.problems.length === 0)
  const chatbot = data?.items.find(({ id }) => id === chatbotId) ?? data?.items[0]
  const id = source.info.id
  const failure = error && !data
  if (view.problems.length > 0)
    return (
      <main className="min-h-0 flex-1 overflow-auto">
        <UnreadableAddress problems={view.problems} onDrop={() => change({ query: EVERYTHING })} />
      </main>
    )
  return (
    <main className="min-h-0 flex-1 overflow-auto">
      <title>{`${printable(chatbot?.name ?? chatbotId)} · Chatbot · Turnscope`}</title>
      <header className="flex min-h-11 flex-wrap items-center gap-x-2.5 gap-y-1 px-gutter py-1.5">
        <Crumb to={returnLink('chatbots', id) ?? paths.chatbots(id)}>Chatbots</Crumb>
        <h1 className="cut text-title font-semibold" title={chatbotId}>
          <span className="sr-only">Chatbot </span>
          <bdi>{printable(chatbot?.name ?? chatbotId)}</bdi>
        </h1>
        <span className="flex-1" />
        <ButtonLink to={paths.sessions(id, query)}>View sessions</ButtonLink>
        <ButtonLink to={paths.traces(id, query)}>View chatbot traces</ButtonLink>
        <Button onClick={() => startCsvExport(source.info.id, query)}>
          <Icon name="download" size="small" />
          Export CSV
        </Button>
      </header>
      <FilterBar
        query={withoutChatbot(view.query)}
        onChange={(next, how) => change({ query: next }, how)}
        label="Filter the chatbot’s traces"
        without={CHATBOT}
        utc={utc}
        now={now}
      />
      {failure && (
        <ListFailure
          error={error}
          onRetry={() => refetch()}
          onClear={() => change({ query: widened(view.query) })}
        />
      )}
      {!failure && !isPending && !chatbot && (
        <Notice
          title={isNarrowed(view.query) ? 'No turns of this chatbot match' : 'Chatbot not found'}
          actions={
            isNarrowed(view.query) && (
              <Button onClick={() => change({ query: widened(view.query) })}>Clear all filters</Button>
            )
          }
        >
          {!isNarrowed(view.query) && 'It may be in another source.'}
        </Notice>
      )}
      {chatbot && (
        <>
          <dl className="grid grid-cols-3 gap-px border-y border-border-1 bg-border-1 wide:grid-cols-6">
            <Figure name="Turns">{formatCount(chatbot.turns)}</Figure>
            <Figure name="Errors">
              <span className={chatbot.errors > 0 ? 'text-error' : ''}>{formatCount(chatbot.errors)}</span>{' '}
              <small className="text-label font-normal text-text-3">
                {shareText(chatbot.errors, chatbot.turns)}
              </small>
            </Figure>
            <Figure name="p50 duration">
              <Duration value={chatbot.p50} />
            </Figure>
            <Figure name="p95 duration">
              <Duration value={chatbot.p95} />
            </Figure>
            <Figure name="Total tokens">
              <Count value={chatbot.totalTokens} why="not reported" />
            </Figure>
            <Figure name="Cost">
              <Cost value={chatbot.cost} why="not reported" />
            </Figure>
          </dl>
          <Traffic query={query} />
          <div className="grid wide:grid-cols-2">
            <Panel
              title="Versions"
              note={
                chatbot.versions.length === 1
                  ? '1 version'
                  : `${formatCount(chatbot.versions.length)} versions`
              }
            >
              <VersionRows within={query} versions={chatbot.versions} source={id} />
            </Panel>
            <TopErrors within={query} source={id} />
          </div>
          <Panel title="Latest sessions">
            <LatestSessions query={query} source={id} />
          </Panel>
        </>
      )}
    </main>
  )
}

import { useMemo } from 'react'
import { microsFromMillis } from '../../domain/model/units.ts'
import { EVERYTHING } from '../../domain/query/trace-query.ts'
import { FilterBar } from '../../filters/filter-bar.tsx'
import { isNarrowed, widened } from '../../filters/filter-chips.ts'
import { ListFailure } from '../../filters/list-failure.tsx'
import { UnreadableAddress } from '../../filters/unreadable-address.tsx'
import { useNow } from '../../state/clock.ts'
import { paths, useView } from '../../state/location.ts'
import { usePreferences } from '../../state/preferences.ts'
import { useSource } from '../../state/source-context.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { formatCount } from '../../ui/text/format.ts'
import { ActionsPanel } from './actions-panel.tsx'
import { useAggregates } from './aggregates.ts'
import { ErrorsPanel } from './errors-panel.tsx'
import { Figures } from './figures.tsx'
import { FlowsPanel } from './flows-panel.tsx'
import { soleCount } from './merged-rows.ts'
import { ModelsPanel } from './models-panel.tsx'
import { periodBefore, turnsOfView } from './period.ts'
import { SlowTurns } from './slow-turns.tsx'
import { StoresPanel } from './stores-panel.tsx'
import { TimeParts } from './time-parts.tsx'
import { UsagePanel } from './usage-panel.tsx'

/** The questions that tracing is to answer, each with its figures and the ways to its turns. */
export function InsightsPage() {
  const { source } = useSource()
  const { utc } = usePreferences()
  const { view, change } = useView()
  const now = useNow()
  const readable = view.problems.length === 0
  // As of when the question was asked: figures that moved apart while one reads would not fit each other.
  const query = useMemo(() => turnsOfView(view.query, microsFromMillis(Date.now())), [view.query])
  const before = useMemo(() => periodBefore(query), [query])
  const counted = useAggregates([{ query, measure: 'count' }], readable)
  const turns = soleCount(counted.replies?.[0])
  if (!readable)
    return (
      <main className="min-h-0 flex-1 overflow-auto">
        <UnreadableAddress problems={view.problems} onDrop={() => change({ query: EVERYTHING })} />
      </main>
    )
  const failure = counted.replies === undefined ? counted.error : null
  const looked =
    counted.scanned === undefined ? 'all there are' : `of the latest ${formatCount(counted.scanned)} traces`
  return (
    <main className="min-h-0 flex-1 overflow-auto">
      <title>{`Insights · ${source.info.label} · Turnscope`}</title>
      <h1 className="sr-only">Insights</h1>
      <FilterBar
        query={view.query}
        onChange={(next, how) => change({ query: next }, how)}
        label="Filter turns"
        tools={<ButtonLink to={paths.traces(source.info.id, query)}>View traces</ButtonLink>}
        utc={utc}
        now={now}
      />
      <p role="status" className="px-gutter pb-2 text-label text-text-2">
        {counted.replies && `${formatCount(turns)} ${turns === 1 ? 'turn' : 'turns'}, ${looked}`}
      </p>
      {failure && (
        <ListFailure
          error={failure}
          onRetry={counted.retry}
          onClear={() => change({ query: widened(view.query) })}
        />
      )}
      {counted.replies && turns === 0 && (
        <Notice
          title={isNarrowed(view.query) ? 'No turns match' : 'No turns yet'}
          actions={
            isNarrowed(view.query) && (
              <Button onClick={() => change({ query: widened(view.query) })}>Clear all filters</Button>
            )
          }
        >
          {!isNarrowed(view.query) && 'No turns have arrived.'}
        </Notice>
      )}
      {!failure && (turns > 0 || counted.replies === undefined) && (
        <>
          <Figures query={query} before={before} />
          <div className="grid gap-x-px bg-border-1 wide:grid-cols-2">
            <TimeParts query={query} />
            <SlowTurns query={query} />
            <FlowsPanel query={query} />
            <ModelsPanel query={query} />
            <ActionsPanel query={query} />
            <StoresPanel query={query} />
            <UsagePanel query={query} />
            <ErrorsPanel query={query} />
          </div>
        </>
      )}
    </main>
  )
}

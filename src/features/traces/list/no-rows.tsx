import { Suspense } from 'react'
import { EVERYTHING, NEWEST_FIRST, type TraceQuery } from '../../../domain/query/trace-query.ts'
import { isNarrowed, widened } from '../../../filters/filter-chips.ts'
import { ListFailure } from '../../../filters/list-failure.tsx'
import { UnreadableAddress } from '../../../filters/unreadable-address.tsx'
import type { ViewControl } from '../../../state/location.ts'
import { usePreferences } from '../../../state/preferences.ts'
import { lateComponent } from '../../../ui/late-code.ts'
import type { TraceList } from './use-trace-list.ts'

// Most lists have rows. A failure's words are at hand: its code could not be fetched from a server that is away.
const loadEmpty = () => import('./empty-states.tsx')
const NoMatch = lateComponent(async () => (await loadEmpty()).NoMatch)
const EmptyStore = lateComponent(async () => (await loadEmpty()).EmptyStore)

/** Why the table is not shown; undefined where it is. */
export type NoRowsReason = 'unreadable' | 'failed' | 'no-match' | 'empty'

export function noRowsReason({ view }: ViewControl, list: TraceList): NoRowsReason | undefined {
  if (view.problems.length > 0) return 'unreadable'
  if (list.error) return 'failed'
  if (list.loading || list.rows.length > 0 || list.gaps.length > 0) return undefined
  // Where the look back ended early, there may be some all the same.
  return isNarrowed(view.query) || list.further ? 'no-match' : 'empty'
}

/** What stands in place of the table, and what can be done about it. */
export function NoRows({
  reason,
  control,
  list,
  now,
  onQuery,
}: {
  readonly reason: NoRowsReason
  readonly control: ViewControl
  readonly list: TraceList
  readonly now: number
  readonly onQuery: (query: TraceQuery) => void
}) {
  const { utc } = usePreferences()
  const { view, change } = control
  const { query } = view
  return (
    <div className="overflow-auto">
      {reason === 'unreadable' && (
        <UnreadableAddress problems={view.problems} onDrop={() => change({ query: EVERYTHING })} />
      )}
      {reason === 'failed' && (
        <ListFailure
          error={list.error}
          onRetry={list.retry}
          onClear={() => onQuery({ ...widened(query), sort: NEWEST_FIRST })}
        />
      )}
      <Suspense>
        {reason === 'no-match' && (
          <NoMatch
            query={query}
            utc={utc}
            now={now}
            further={list.further ? list.loadMore : undefined}
            onQuery={onQuery}
          />
        )}
        {reason === 'empty' && <EmptyStore />}
      </Suspense>
    </div>
  )
}

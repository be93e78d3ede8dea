import { useMemo } from 'react'
import type { TraceQuery } from '../../../domain/query/trace-query.ts'
import { hiddenKinds, isNarrowed, showsAllKinds, widened } from '../../../filters/filter-chips.ts'
import { useCount } from '../../../state/queries.ts'
import { useSource } from '../../../state/source-context.tsx'
import type { FootCounts } from './foot-bar.tsx'
import type { TraceList } from './use-trace-list.ts'

/**
 * How many traces match, how many there are without the filters, and how many the kinds that are not shown
 * have. Asked once `listed`: what is counted over all turns would make the rows wait.
 */
export function useTraceCounts(
  query: TraceQuery,
  list: TraceList,
  listed: boolean,
): {
  readonly counts: FootCounts
  /** Rows there are in all, where known. */
  readonly total: number | undefined
} {
  const counted = useSource().source.info.capabilities.costs.count === 'exact'
  const narrowed = isNarrowed(query)
  const enabled = listed && counted
  const matching = useCount(query, enabled).data
  const all = useCount(
    useMemo(() => widened(query), [query]),
    enabled && narrowed,
  )
  const hidden = useCount(
    useMemo(() => hiddenKinds(query), [query]),
    enabled && !showsAllKinds(query),
  )
  return {
    counts: {
      matching: counted ? matching?.count : list.loading ? undefined : list.rows.length,
      more: counted ? matching?.complete === false : list.flows || list.further,
      total: narrowed ? all.data?.count : undefined,
      hidden: hidden.data?.count,
    },
    total: matching?.complete ? matching.count : undefined,
  }
}

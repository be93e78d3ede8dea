import {
  type AggregateReply,
  type AggregateRequest,
  isOfSpans,
} from '../../domain/aggregate/aggregate-request.ts'
import { evaluateAggregate } from '../../domain/aggregate/evaluate-aggregate.ts'
import { NO_FACETS } from '../../domain/model/trace.ts'
import type { Answer } from '../../domain/port/trace-source.ts'
import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { type Budget, boundsOf } from './bounded-walk.ts'
import type { SharedWalks } from './shared-walks.ts'
import type { SpanWalks } from './span-walks.ts'

/** An aggregate over the newest traces of a query; over fewer of them where their spans must be read. */
export async function aggregateByWalking(
  walks: { readonly rows: SharedWalks; readonly spans: SpanWalks },
  query: TraceQuery,
  request: AggregateRequest,
  budget: Budget,
  signal: AbortSignal,
): Promise<Answer<AggregateReply>> {
  // A list of traces does not say their flows.
  if (isOfSpans(request) || request.by.includes('flow')) {
    const { walk, turns, unread } = await walks.spans.walk(query, budget, signal)
    const { scanned, problems = [] } = boundsOf(walk)
    const complete = walk.scanned.complete && unread === 0
    const facts =
      unread === 0
        ? problems
        : [...problems, `the spans of ${unread} of the traces found were not read in time`]
    return {
      value: { ...evaluateAggregate(turns, query, request), complete },
      ...(scanned && { scanned: { ...scanned, complete } }),
      ...(facts.length > 0 && { problems: facts }),
    }
  }
  const walk = await walks.rows.walk(query, budget, signal)
  const turns = walk.summaries.map((summary) => ({ row: { summary, facets: NO_FACETS }, spans: [] }))
  const { complete } = walk.scanned
  return { value: { ...evaluateAggregate(turns, query, request), complete }, ...boundsOf(walk) }
}

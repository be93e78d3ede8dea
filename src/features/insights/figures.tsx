import type { ReactNode } from 'react'
import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { paths } from '../../state/location.ts'
import { useSource } from '../../state/source-context.tsx'
import { Link } from '../../ui/link.tsx'
import { durationText, formatCost, formatCount, shareText } from '../../ui/text/format.ts'
import { Cost, Count, Duration } from '../../ui/text/quantity.tsx'
import { type AsksAggregate, useAggregates } from './aggregates.ts'
import { soleCount, soleValue } from './merged-rows.ts'
import { slowerThan } from './period.ts'
import { within } from './within.ts'

const figuresOf = (query: TraceQuery): readonly AsksAggregate[] => [
  { query, measure: 'count' },
  { query, measure: 'errorRate' },
  { query, measure: 'errors' },
  { query, measure: 'p50', of: 'duration' },
  { query, measure: 'p95', of: 'duration' },
  { query, measure: 'sum', of: 'totalTokens' },
  { query, measure: 'sum', of: 'cost' },
]

function Figure({
  name,
  to,
  note,
  children,
}: {
  readonly name: string
  readonly to?: string | undefined
  readonly note?: string | undefined
  readonly children: ReactNode
}) {
  return (
    <div className="min-w-0 bg-surface-1 px-gutter py-2">
      <dt className="text-label text-text-3">{name}</dt>
      <dd className="flex flex-wrap items-baseline gap-x-2 text-title font-semibold whitespace-nowrap">
        {to === undefined ? (
          children
        ) : (
          <Link to={to} className="text-text-1">
            {children}
          </Link>
        )}
        {note && <small className="text-label font-normal text-text-3">{note}</small>}
      </dd>
    </div>
  )
}

/** The key figures, each the way to its turns, beside what they were in the period before. */
export function Figures({
  query,
  before,
}: {
  readonly query: TraceQuery
  readonly before: TraceQuery | undefined
}) {
  const { source } = useSource()
  const now = useAggregates(figuresOf(query)).replies
  const then = useAggregates(before ? figuresOf(before) : [], before !== undefined).replies
  const turns = soleCount(now?.[0])
  const [, rate, errors, p50, p95, tokens, cost] = (now ?? []).map(soleValue)
  const earlier = before && then ? then.map(soleValue) : undefined
  const turnsBefore = earlier ? soleCount(then?.[0]) : 0
  const was = (at: number, text: (value: number) => string): string | undefined => {
    if (!earlier) return undefined
    const value = earlier[at]
    return value == null ? undefined : `before ${text(value)}`
  }
  const covering = (at: number): string | undefined => {
    const count = soleCount(now?.[at])
    return count === turns || count === 0 ? undefined : `of ${formatCount(count)} of the turns`
  }
  const joined = (...notes: (string | undefined)[]) => notes.filter(Boolean).join(', ') || undefined
  const to = (asked: TraceQuery) => paths.traces(source.info.id, asked)
  const percent = (share: number) => shareText(share, 1)
  return (
    <dl
      aria-busy={now === undefined}
      className="grid grid-cols-2 gap-px border-y border-border-1 bg-border-1 min-[641px]:grid-cols-3 wide:grid-cols-6"
    >
      <Figure name="Turns" to={to(query)} note={earlier && `before ${formatCount(turnsBefore)}`}>
        {now && formatCount(turns)}
      </Figure>
      <Figure
        name="Failed"
        to={to(within('status', 'error', query))}
        note={joined(rate == null ? undefined : percent(rate), was(1, percent))}
      >
        {now && (
          <span className={(errors ?? 0) > 0 ? 'text-error' : ''}>
            {turns === 0 ? <Count value={null} why="no turns" /> : formatCount(errors ?? 0)}
          </span>
        )}
      </Figure>
      <Figure
        name="p50 duration"
        to={p50 == null ? undefined : to(slowerThan(p50, query))}
        note={was(3, durationText)}
      >
        {now && <Duration value={p50} why="no turn has ended" />}
      </Figure>
      <Figure
        name="p95 duration"
        to={p95 == null ? undefined : to(slowerThan(p95, query))}
        note={was(4, durationText)}
      >
        {now && <Duration value={p95} why="no turn has ended" />}
      </Figure>
      <Figure name="Tokens" note={joined(covering(5), was(5, formatCount))}>
        {now && <Count value={tokens} why="not reported" />}
      </Figure>
      <Figure name="Cost" note={joined(covering(6), was(6, formatCost))}>
        {now && <Cost value={cost} why="not reported" />}
      </Figure>
    </dl>
  )
}

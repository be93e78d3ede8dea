import { useMemo } from 'react'
import type { Trace } from '../../../domain/model/trace.ts'
import { type FilterField, NEWEST_FIRST, type TraceQuery } from '../../../domain/query/trace-query.ts'
import { paths } from '../../../state/location.ts'
import { useCount } from '../../../state/queries.ts'
import { useSource } from '../../../state/source-context.tsx'
import { Badge } from '../../../ui/badge.tsx'
import { Link } from '../../../ui/link.tsx'
import { formatCount } from '../../../ui/text/format.ts'
import { printable } from '../../../ui/text/printable-text.ts'

const tracesOf = (field: FilterField, value: string): TraceQuery => ({
  conditions: [{ field, operator: 'is', values: [value] }],
  sort: NEWEST_FIRST,
})

function QuickLink({
  field,
  value,
  name,
  counted,
}: {
  readonly field: 'session' | 'chatbot' | 'participant'
  readonly value: string
  readonly name: string
  readonly counted: boolean
}) {
  const { source } = useSource()
  const query = useMemo(() => tracesOf(field, value), [field, value])
  const count = useCount(query, counted)
  return (
    <span className="inline-flex min-w-0 items-center gap-1">
      <Link to={paths.traces(source.info.id, query)} className="cut max-w-[28ch]" title={printable(name)}>
        {field} <bdi>{printable(name)}</bdi>
      </Link>
      {count.data && (
        <span className="text-text-3">
          · {formatCount(count.data.count)}
          {!count.data.complete && '+'}
        </span>
      )}
    </span>
  )
}

const MOST_TAGS = 4

/** Links to the traces of the same session, chatbot and participant, and what the turn is marked with. */
export function QuickLinks({
  trace,
  counted,
}: {
  readonly trace: Trace
  /** Whether to ask how many traces each link leads to. */
  readonly counted: boolean
}) {
  const { source } = useSource()
  // Three walks through a slow backend would cost more than the numbers are worth.
  const cheap = counted && source.info.capabilities.costs.count === 'exact'
  const { session, chatbot, participant, environment, channel, tags } = trace
  const marks = [environment, channel, ...tags].filter((mark) => mark !== undefined && mark !== '')
  return (
    <nav
      aria-label="Quick links"
      className="flex flex-wrap items-center gap-x-4 gap-y-1 px-gutter pb-2.5 text-data whitespace-nowrap"
    >
      <span className="text-text-3">Traces of</span>
      {session && <QuickLink field="session" value={session.id} name={session.id} counted={cheap} />}
      <QuickLink field="chatbot" value={chatbot.id} name={chatbot.name} counted={cheap} />
      {participant && (
        <QuickLink
          field="participant"
          value={participant.id}
          name={participant.name ?? participant.id}
          counted={cheap}
        />
      )}
      <span aria-hidden="true" className="h-3 w-px flex-none bg-border-2" />
      {session && (
        <Link to={paths.session(source.info.id, session.id, { peek: trace.traceId })}>Transcript</Link>
      )}
      <Link to={paths.chatbot(source.info.id, chatbot.id)}>Chatbot</Link>
      {participant && <Link to={paths.participant(source.info.id, participant.id)}>Participant</Link>}
      <span className="flex-1" />
      <span className="hidden min-w-0 gap-4 overflow-hidden wide:flex">
        {marks.slice(0, MOST_TAGS).map((mark) => (
          <Badge key={mark}>
            <bdi className="cut max-w-[24ch]">{printable(mark ?? '')}</bdi>
          </Badge>
        ))}
        {marks.length > MOST_TAGS && (
          <Badge title={marks.slice(MOST_TAGS).join(', ')}>{marks.length - MOST_TAGS} more</Badge>
        )}
      </span>
    </nav>
  )
}

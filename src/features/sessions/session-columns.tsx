import type { Feedback, SessionSummary } from '../../domain/trace.ts'
import type { TraceQuery } from '../../domain/trace-query.ts'
import { narrowedTo } from '../../filters/narrowed-to.ts'
import { paths } from '../../state/location.ts'
import { clockTime, dayText, formatCount, fullTime } from '../../ui/format.ts'
import { Link } from '../../ui/link.tsx'
import type { ListColumn } from '../../ui/list-table.tsx'
import { printable } from '../../ui/printable-text.ts'
import { Cost, Count, Duration, Unknown } from '../../ui/quantity.tsx'

/** Each name once, with how often: `thumbs up 2, resolved no`. */
function feedbackWords(feedback: readonly Feedback[]): string {
  const counts = new Map<string, number>()
  for (const { name, value } of feedback) {
    const words = `${name.replaceAll('_', ' ')}${value === undefined || value === true ? '' : ` ${value}`}`
    counts.set(words, (counts.get(words) ?? 0) + 1)
  }
  return [...counts].map(([words, count]) => (count > 1 ? `${words} ×${count}` : words)).join(', ')
}

const named = (items: readonly { readonly id: string; readonly name?: string }[]): string =>
  items.length === 0 ? '—' : items.map(({ id, name }) => printable(name ?? id)).join(', ')

/** The columns of the list of sessions that a query finds. */
export function sessionColumns(
  source: string,
  utc: boolean,
  query: TraceQuery,
): readonly ListColumn<SessionSummary>[] {
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
          <bdi>{printable(id)}</bdi>
        </Link>
      ),
    },
    {
      id: 'chatbot',
      head: 'Chatbot',
      cell: ({ chatbots }) => <bdi title={named(chatbots)}>{named(chatbots)}</bdi>,
    },
    {
      id: 'participant',
      head: 'Participant',
      cell: ({ participants }) => <bdi title={named(participants)}>{named(participants)}</bdi>,
    },
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
        <Link
          to={paths.traces(source, narrowedTo('session', id, query))}
          className="text-accent"
          title="View its traces"
        >
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
      cell: ({ feedback }) => {
        const words = feedbackWords(feedback)
        return words === '' ? <Unknown why="none was given" /> : <span title={words}>{words}</span>
      },
    },
  ]
}

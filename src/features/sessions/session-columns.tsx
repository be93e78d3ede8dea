import type { Feedback, SessionSummary } from '../../domain/model/trace.ts'
import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { narrowedTo } from '../../filters/narrowed-to.ts'
import { paths } from '../../state/location.ts'
import { Link } from '../../ui/link.tsx'
import type { ColumnSort, TableColumn } from '../../ui/table/table-model.ts'
import { clockTime, dayText, formatCount, fullTime } from '../../ui/text/format.ts'
import { printable } from '../../ui/text/printable-text.ts'
import { Cost, Count, Duration, Unknown } from '../../ui/text/quantity.tsx'

/** The session with the newest turn stands first. */
export const LATEST_FIRST: ColumnSort = { id: 'end', descending: true }

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
): readonly TableColumn<SessionSummary>[] {
  const time = (us: number) => (
    <time dateTime={new Date(us / 1000).toISOString()} title={fullTime(us, utc)}>
      {dayText(us, utc, new Date().getFullYear())}, {clockTime(us, utc)}
    </time>
  )
  return [
    {
      id: 'session',
      rank: 0,
      label: 'Session',
      cell: ({ id }) => (
        <Link to={paths.session(source, id)} className="font-mono text-code text-accent" title={id}>
          <bdi>{printable(id)}</bdi>
        </Link>
      ),
    },
    {
      id: 'chatbot',
      rank: 5,
      label: 'Chatbot',
      cell: ({ chatbots }) => <bdi title={named(chatbots)}>{named(chatbots)}</bdi>,
    },
    {
      id: 'participant',
      rank: 1,
      label: 'Participant',
      cell: ({ participants }) =>
        participants.length === 0
          ? '—'
          : participants.map(({ id, name }, at) => (
              <span key={id}>
                {at > 0 && ', '}
                <Link to={paths.participant(source, id)} title={printable(name ?? id)}>
                  <bdi>{printable(name ?? id)}</bdi>
                </Link>
              </span>
            )),
    },
    {
      id: 'channel',
      rank: 8,
      label: 'Channel',
      size: 104,
      cell: ({ channels }) => channels?.join(', ') || '—',
    },
    { id: 'end', rank: 2, label: 'Last turn', size: 136, cell: ({ end }) => time(end) },
    { id: 'start', rank: 11, label: 'First turn', size: 136, cell: ({ start }) => time(start) },
    {
      id: 'length',
      rank: 9,
      label: 'Length',
      numeric: true,
      size: 80,
      cell: ({ start, end }) => <Duration value={end - start} />,
    },
    {
      id: 'turns',
      rank: 3,
      label: 'Turns',
      numeric: true,
      size: 64,
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
      rank: 4,
      label: 'Errors',
      numeric: true,
      size: 64,
      cell: ({ errors }) =>
        errors > 0 ? (
          <span className="text-error">✗ {formatCount(errors)}</span>
        ) : (
          <span className="text-text-3">0</span>
        ),
    },
    {
      id: 'tokens',
      rank: 6,
      label: 'Tokens',
      numeric: true,
      size: 80,
      cell: ({ totalTokens }) => <Count value={totalTokens} why="not reported" />,
    },
    {
      id: 'cost',
      rank: 7,
      label: 'Cost',
      numeric: true,
      size: 80,
      cell: ({ cost }) => <Cost value={cost} why="not reported" />,
    },
    {
      id: 'feedback',
      rank: 10,
      label: 'Feedback',
      cell: ({ feedback }) => {
        const words = feedbackWords(feedback)
        return words === '' ? <Unknown why="none was given" /> : <span title={words}>{words}</span>
      },
    },
  ]
}

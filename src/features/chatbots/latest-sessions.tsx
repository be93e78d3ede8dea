import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { adviceFor } from '../../state/advice.ts'
import { paths } from '../../state/location.ts'
import { usePreferences } from '../../state/preferences.ts'
import { useSessions } from '../../state/queries.ts'
import { Link } from '../../ui/link.tsx'
import { clockTime, dayText, formatCount, fullTime } from '../../ui/text/format.ts'
import { printable } from '../../ui/text/printable-text.ts'

const SHOWN = 10

/** The sessions with the newest turns; the others are a link away. */
export function LatestSessions({ query, source }: { readonly query: TraceQuery; readonly source: string }) {
  const { utc } = usePreferences()
  const { data, error, hasNextPage } = useSessions(query)
  const all = data?.pages.flatMap((page) => page.items) ?? []
  const rest = all.length - SHOWN
  if (error) return <p className="text-data text-text-3">{adviceFor(error).title}</p>
  if (data && all.length === 0) return <p className="text-data text-text-3">No sessions.</p>
  return (
    <>
      <table className="w-full table-fixed text-data">
        <thead className="text-label text-text-3">
          <tr className="[&>th]:font-normal">
            <th scope="col" className="w-[34%] text-left">
              Session
            </th>
            <th scope="col" className="w-[26%] text-left">
              Participant
            </th>
            <th scope="col" className="text-right">
              Turns
            </th>
            <th scope="col" className="text-right">
              Errors
            </th>
            <th scope="col" className="w-[24%] text-right">
              Last turn
            </th>
          </tr>
        </thead>
        <tbody>
          {all.slice(0, SHOWN).map(({ id, participants, turns, errors, end }) => (
            <tr key={id} className="h-row-table">
              <th scope="row" className="cut text-left font-normal">
                <Link to={paths.session(source, id)} className="font-mono text-code text-accent" title={id}>
                  <bdi>{printable(id)}</bdi>
                </Link>
              </th>
              <td className="cut">
                <bdi>{participants.map(({ id: person, name }) => name ?? person).join(', ') || '—'}</bdi>
              </td>
              <td className="text-right">{formatCount(turns)}</td>
              <td className={`text-right ${errors > 0 ? 'text-error' : 'text-text-3'}`}>
                {errors > 0 ? `✗ ${formatCount(errors)}` : '0'}
              </td>
              <td className="text-right whitespace-nowrap">
                <time dateTime={new Date(end / 1000).toISOString()} title={fullTime(end, utc)}>
                  {dayText(end, utc, new Date().getFullYear())}, {clockTime(end, utc)}
                </time>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rest > 0 && (
        <p className="pt-1 text-label">
          <Link to={paths.sessions(source, query)} className="text-accent">
            {hasNextPage ? 'All sessions' : `${formatCount(rest)} more`}
          </Link>
        </p>
      )}
    </>
  )
}

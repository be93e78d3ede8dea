import type { TraceSummary } from '../../../domain/model/trace.ts'
import { paths } from '../../../state/location.ts'
import { StatusIcon } from '../../../ui/icons/icons.tsx'
import { Link } from '../../../ui/link.tsx'
import { clockTime, dayText, formatCount, fullTime, versionText } from '../../../ui/text/format.ts'
import { printable } from '../../../ui/text/printable-text.ts'
import { Cost, Duration } from '../../../ui/text/quantity.tsx'
import type { ParticipantSession } from './participant-figures.ts'

const said = (text: string | undefined) =>
  text === undefined ? <span className="text-text-3">—</span> : <bdi>{printable(text)}</bdi>

/** The last answer, or in its place why there was none. */
function LastWord({ turn }: { readonly turn: TraceSummary }) {
  if (turn.status === 'error' && turn.error !== undefined)
    return <bdi className="text-error">{printable(turn.error)}</bdi>
  if (turn.status === 'pending' && turn.output === undefined)
    return <span className="text-text-3">running</span>
  return said(turn.output)
}

const HEADS = [
  ['Turns', 'w-14 text-right'],
  ['Errors', 'w-14 text-right'],
  ['Duration', 'w-20 text-right max-[900px]:hidden'],
  ['Cost', 'w-20 text-right max-[900px]:hidden'],
  ['Last turn', 'w-[104px] pr-gutter text-right max-[640px]:w-[84px]'],
] as const

/** A participant's sessions, two lines a row: what was said first and answered last, and what it cost. */
export function SessionRows({
  source,
  sessions,
  utc,
}: {
  readonly source: string
  readonly sessions: readonly ParticipantSession[]
  readonly utc: boolean
}) {
  const year = new Date().getFullYear()
  return (
    <table className="w-full table-fixed text-data">
      <thead className="border-y border-border-1 bg-surface-2 text-label text-text-3">
        <tr className="h-7 [&>th]:font-normal">
          <th scope="col" className="pl-gutter text-left">
            First message → last answer
          </th>
          {HEADS.map(([head, look]) => (
            <th key={head} scope="col" className={look}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {sessions.map(({ id, turns, measures }) => {
          const [first, last] = [turns[0] as TraceSummary, turns.at(-1) as TraceSummary]
          const end = last.startTime + last.duration
          const { name, version } = last.chatbot
          return (
            <tr key={id} className="relative border-b border-border-1 align-top hover:bg-surface-2">
              <th scope="row" className="py-1.5 pl-gutter text-left font-normal">
                <span className="flex gap-2">
                  <StatusIcon status={measures.errors > 0 ? 'error' : last.status} />
                  <span className="min-w-0">
                    {/* The whole row leads to the session; links in it stand above. */}
                    <Link
                      to={paths.session(source, id)}
                      className="cut block text-text-1 after:absolute after:inset-0"
                    >
                      {said(first.input)}
                    </Link>
                    <span className="cut block text-text-2">
                      <span className="text-text-3">→ </span>
                      <LastWord turn={last} />
                    </span>
                    <span className="cut block text-label text-text-3">
                      <bdi>{printable(name)}</bdi>
                      {version !== undefined && ` ${versionText(printable(version))}`}{' '}
                      <span className="font-mono">{printable(id)}</span>
                    </span>
                  </span>
                </span>
              </th>
              <td className="py-1.5 text-right">{formatCount(measures.turns)}</td>
              <td className={`py-1.5 text-right ${measures.errors > 0 ? 'text-error' : 'text-text-3'}`}>
                {measures.errors > 0 ? `✗ ${formatCount(measures.errors)}` : '0'}
              </td>
              <td className="py-1.5 text-right max-[900px]:hidden">
                <Duration value={end - first.startTime} />
              </td>
              <td className="py-1.5 text-right max-[900px]:hidden">
                <Cost value={measures.cost} why="not reported" />
              </td>
              <td className="py-1.5 pr-gutter text-right whitespace-nowrap">
                <time
                  dateTime={new Date(last.startTime / 1000).toISOString()}
                  title={fullTime(last.startTime, utc)}
                >
                  {dayText(last.startTime, utc, year)}
                  <span className="block text-label text-text-3">{clockTime(last.startTime, utc)}</span>
                </time>
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

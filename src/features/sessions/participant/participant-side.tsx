import { type ReactNode, useMemo } from 'react'
import type { TraceSummary } from '../../../domain/model/trace.ts'
import { paths } from '../../../state/location.ts'
import { Icon } from '../../../ui/icons/icons.tsx'
import { Link } from '../../../ui/link.tsx'
import { dayText, formatCost, formatCount, fullTime } from '../../../ui/text/format.ts'
import { printable } from '../../../ui/text/printable-text.ts'
import { Unknown } from '../../../ui/text/quantity.tsx'
import { FeedbackLine } from '../feedback-line.tsx'
import { feedbackOf, type PartialSum, spendingByVersion } from './participant-figures.ts'

/** Lines of a list; the rest is counted. */
const SHOWN = 8

function Panel({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  return (
    <section className="border-b border-border-1 px-gutter py-2.5">
      <h2 className="mb-1 text-prose font-semibold">
        {title} <span className="text-data font-normal text-text-3">{note}</span>
      </h2>
      {children}
    </section>
  )
}

const Rest = ({ of, to }: { readonly of: number; readonly to?: string }) => {
  if (of <= SHOWN) return null
  const words = `${formatCount(of - SHOWN)} more`
  return <p className="text-label text-text-3">{to === undefined ? words : <Link to={to}>{words}</Link>}</p>
}

/** A sum with its ≥ where it is a part, `—` where nobody measured. */
export const Sum = ({
  sum,
  words,
}: {
  readonly sum: PartialSum
  readonly words: (value: number) => string
}) =>
  sum.value === null ? (
    <Unknown why="not reported" />
  ) : (
    <>
      {sum.atLeast && <span title="at least: not all of it was reported">≥</span>}
      {words(sum.value)}
    </>
  )

/** What went wrong with a participant, what it cost by version, and how they rated it. */
export function ParticipantSide({
  source,
  turns,
  complete,
  failed,
  utc,
}: {
  readonly source: string
  /** Oldest first. */
  readonly turns: readonly TraceSummary[]
  readonly complete: boolean
  /** The address of the failed turns. */
  readonly failed: string
  readonly utc: boolean
}) {
  const errors = useMemo(() => turns.filter(({ status }) => status === 'error').reverse(), [turns])
  const spending = useMemo(() => spendingByVersion(turns, complete), [turns, complete])
  const ratings = useMemo(() => feedbackOf(turns), [turns])
  const most = Math.max(0, ...spending.map(({ tokens }) => tokens.value ?? 0))
  const of = `in ${formatCount(turns.length)}${complete ? '' : '+'} ${turns.length === 1 ? 'turn' : 'turns'}`
  const day = (us: number) => (
    <span className="flex-none text-text-3" title={fullTime(us, utc)}>
      {dayText(us, utc, new Date().getFullYear())}
    </span>
  )
  return (
    <>
      <Panel title="Errors" note={`${formatCount(errors.length)} ${of}`}>
        <ul className="text-data">
          {errors.slice(0, SHOWN).map(({ traceId, error, startTime }) => (
            <li key={traceId} className="flex h-6 items-center gap-2">
              <Icon name="error" size="small" className="flex-none text-error" />
              <Link to={paths.trace(source, traceId)} className="cut min-w-0 flex-1 text-error">
                <bdi>{printable(error ?? 'failed without a message')}</bdi>
              </Link>
              {day(startTime)}
            </li>
          ))}
        </ul>
        <Rest of={errors.length} to={failed} />
      </Panel>
      {spending.length > 0 && (
        <Panel title="Cost" note="by version">
          <table className="w-full text-data">
            <tbody>
              {spending.slice(0, SHOWN).map(({ version, tokens, cost }) => (
                <tr key={version} className="h-6">
                  <th scope="row" className="cut max-w-[16ch] text-left font-normal">
                    <bdi>{printable(version)}</bdi>
                  </th>
                  <td className="text-right whitespace-nowrap">
                    <Sum sum={tokens} words={formatCount} /> <span className="text-text-3">tokens</span>
                  </td>
                  <td className="w-[26%] px-2">
                    {most > 0 && (
                      <span
                        aria-hidden="true"
                        className="block h-1 bg-mark-2"
                        style={{ width: `${((tokens.value ?? 0) / most) * 100}%` }}
                      />
                    )}
                  </td>
                  <td className="text-right">
                    <Sum sum={cost} words={formatCost} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <Rest of={spending.length} />
        </Panel>
      )}
      {ratings.length > 0 && (
        <Panel title="Feedback" note={`${formatCount(ratings.length)} ${of}`}>
          <ul>
            {ratings.slice(0, SHOWN).map(({ turn, feedback }, at) => (
              <li key={at} className="flex items-baseline gap-2">
                <Link to={paths.trace(source, turn.traceId)} className="min-w-0 flex-1 text-text-1">
                  <FeedbackLine feedback={feedback} />
                </Link>
                {day(turn.startTime)}
              </li>
            ))}
          </ul>
          <Rest of={ratings.length} />
        </Panel>
      )}
    </>
  )
}

import type { ReactNode } from 'react'
import type { Feedback } from '../../../domain/model/trace.ts'
import { usePreferences } from '../../../state/preferences.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Icon } from '../../../ui/icons/icons.tsx'
import { fullTime } from '../../../ui/text/format.ts'
import { printable } from '../../../ui/text/printable-text.ts'
import { SectionHead } from '../section.tsx'

type Verdict = 'up' | 'down' | undefined

const NEGATIVE = /^(?:thumbs?[-_ ]?down|negative|bad|dislike|no|false|-1)$/i
const POSITIVE = /^(?:thumbs?[-_ ]?up|positive|good|like|yes|true)$/i

/** Whether feedback says yes or no; undefined where it is a score or a word of its own. */
export const verdictOf = ({ name, value }: Feedback): Verdict => {
  // Thumbs are recorded as numbers too: 1 is up, 0 and -1 are down.
  if (typeof value === 'number' && /thumb/i.test(name)) return value > 0 ? 'up' : 'down'
  const words = value === undefined ? name : String(value)
  if (/thumb/i.test(name) && (words === 'up' || words === 'down')) return words
  if (NEGATIVE.test(words)) return 'down'
  if (POSITIVE.test(words)) return 'up'
  return undefined
}

const LOOK = {
  up: { icon: 'thumb-up', tone: 'text-ok' },
  down: { icon: 'thumb-down', tone: 'text-error' },
} as const

/** Who gave it, and when, where that is known. */
const givenLine = ({ author, time }: Feedback, utc: boolean): string =>
  [author === undefined ? '' : printable(author), time === undefined ? '' : fullTime(time, utc)]
    .filter((part) => part !== '')
    .join(' · ')

function One({ feedback }: { readonly feedback: Feedback }) {
  const verdict = verdictOf(feedback)
  const { name, value, comment } = feedback
  const given = givenLine(feedback, usePreferences().utc)
  return (
    <li className="text-data">
      <span className="flex items-center gap-1.5">
        {verdict ? (
          <>
            <span className={LOOK[verdict].tone}>
              <Icon name={LOOK[verdict].icon} />
            </span>
            <b>{printable(name)}</b>
            {value !== undefined && <bdi className="text-text-3">{printable(String(value))}</bdi>}
          </>
        ) : (
          <>
            <Badge>{printable(name)}</Badge>
            {value !== undefined && <bdi>{printable(String(value))}</bdi>}
          </>
        )}
      </span>
      {given !== '' && <span className="text-text-3">{given}</span>}
      {comment !== undefined && <bdi className="block wrap-anywhere text-text-1">“{printable(comment)}”</bdi>}
    </li>
  )
}

/** Feedback and scores of the turn, and what gives more. */
export function TurnFeedback({
  feedback,
  children,
}: {
  readonly feedback: readonly Feedback[]
  readonly children?: ReactNode
}) {
  return (
    <>
      <SectionHead title="Feedback" />
      <ul className="grid gap-1.5">
        {feedback.map((one, at) => (
          <One key={`${one.name} ${at}`} feedback={one} />
        ))}
      </ul>
      {children}
    </>
  )
}

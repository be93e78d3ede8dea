import type { Feedback } from '../../domain/model/trace.ts'
import { Icon } from '../../ui/icons/icons.tsx'

const GOOD = /^(thumbs[_ ]?up|positive|good|like|true|1)$/i
const BAD = /^(thumbs[_ ]?down|negative|bad|dislike|false|0|-1)$/i

type Mood = 'good' | 'bad' | 'plain'

/** Whether a rating says good or bad, where it says either. */
export const moodOf = ({ name, value }: Feedback): Mood => {
  const said = [name, ...(value === undefined ? [] : [String(value)])]
  if (said.some((word) => BAD.test(word))) return 'bad'
  return said.some((word) => GOOD.test(word)) ? 'good' : 'plain'
}

const LOOK = {
  good: { icon: 'thumb-up', tone: 'text-ok' },
  bad: { icon: 'thumb-down', tone: 'text-error' },
  plain: { icon: 'feedback', tone: 'text-text-3' },
} as const

/** `thumbs_up` as `Thumbs up`. */
const words = (name: string): string => {
  const spaced = name.replaceAll('_', ' ')
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

/** One piece of feedback: a glyph, its name and value, the comment in quotes. */
export function FeedbackLine({ feedback }: { readonly feedback: Feedback }) {
  const { icon, tone } = LOOK[moodOf(feedback)]
  const { name, value, comment } = feedback
  return (
    <p className="mt-1.5 flex items-baseline gap-1.5 text-data text-text-2">
      <span className={tone}>
        <Icon name={icon} size="small" />
      </span>
      <span className="wrap-anywhere">
        {words(name)}
        {value !== undefined && value !== true && <b> {String(value)}</b>}
        {comment && <span className="text-text-3"> “{comment}”</span>}
      </span>
    </p>
  )
}

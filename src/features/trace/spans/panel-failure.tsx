import { adviceFor, signInHref } from '../../../state/advice.ts'
import { Countdown } from '../../../ui/countdown.tsx'
import { Icon } from '../../../ui/icons/icons.tsx'
import { printable } from '../../../ui/text/printable-text.ts'
import { failureKind, usePollUntilArrived } from '../poll-until-arrived.ts'

/** Stands in the panel's place: one quiet line that says what the matter is; the rest of the page is untouched. */
export function PanelFailure({
  error,
  what,
  onAgain,
}: {
  readonly error: Error
  /** What is missing: `Spans`. */
  readonly what: string
  readonly onAgain: () => unknown
}) {
  usePollUntilArrived(error, onAgain)
  const { line, detail, remedy, retryAfterMs } = adviceFor(error)
  return (
    <p role="status" className="flex items-center gap-2 px-gutter py-2.5 text-data text-text-2">
      <Icon name={failureKind(error) === 'not-yet' ? 'pending' : 'warn'} className="text-text-3" />
      <span className="cut" title={printable(detail)}>
        {what}: {line}.
        {retryAfterMs !== undefined && (
          <Countdown ms={retryAfterMs} since={error} over=" It may be asked again now.">
            {(seconds) => ` Again in ${seconds} s.`}
          </Countdown>
        )}{' '}
        <span className="text-text-3">{printable(detail)}</span>
      </span>
      {remedy === 'sign-in' ? (
        <a href={signInHref()}>Sign in</a>
      ) : (
        <button type="button" className="text-accent hover:underline" onClick={() => onAgain()}>
          Ask again
        </button>
      )}
    </p>
  )
}

import { adviceFor, signInHref } from '../../../state/advice.ts'
import { Button, buttonClass } from '../../../ui/button.tsx'
import { Countdown } from '../../../ui/countdown.tsx'
import { Icon } from '../../../ui/icons/icons.tsx'
import { printable } from '../../../ui/text/printable-text.ts'

/** Below the rows that are there: the next ones could not be read, why, and the way to try again. */
export function MoreFailure({
  error,
  trying,
  onRetry,
}: {
  readonly error: unknown
  readonly trying: boolean
  readonly onRetry: () => void
}) {
  const { title, advice, detail, remedy, retryAfterMs } = adviceFor(error)
  return (
    <div
      role="alert"
      className="flex min-h-row-table flex-none flex-wrap items-center gap-x-2 gap-y-1 border-t border-border-1 bg-error-tint px-gutter py-1 text-data"
    >
      <Icon name="error" className="text-error" />
      <b>More traces could not be loaded: {title.charAt(0).toLowerCase() + title.slice(1)}.</b>
      <span className="text-text-2">
        {advice}
        {retryAfterMs !== undefined && (
          <Countdown ms={retryAfterMs} since={error} over=" It may be asked again now.">
            {(seconds) => ` It may be asked again in ${seconds} s.`}
          </Countdown>
        )}
      </span>
      <span className="cut min-w-0 flex-1 text-text-2" title={printable(detail)}>
        {printable(detail)}
      </span>
      {remedy === 'sign-in' ? (
        <a href={signInHref()} className={buttonClass()}>
          Sign in
        </a>
      ) : (
        <Button onClick={onRetry} disabled={trying}>
          {trying ? 'Trying again' : 'Try again'}
        </Button>
      )}
    </div>
  )
}

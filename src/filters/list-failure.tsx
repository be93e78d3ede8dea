import { adviceFor, signInHref } from '../state/advice.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { Countdown } from '../ui/countdown.tsx'
import { Notice } from '../ui/notice.tsx'

/** The list could not be read: what happened, and what one can do. */
export function ListFailure({
  error,
  onRetry,
  onClear,
}: {
  readonly error: unknown
  readonly onRetry: () => void
  readonly onClear: () => void
}) {
  const { title, advice, detail, remedy, retryAfterMs } = adviceFor(error)
  return (
    <Notice
      alert
      title={title}
      detail={detail}
      actions={
        <>
          {remedy === 'sign-in' && (
            <a href={signInHref()} className={buttonClass('primary')}>
              Sign in
            </a>
          )}
          {remedy === 'edit' && (
            <Button variant="primary" onClick={onClear}>
              Clear all filters
            </Button>
          )}
          {remedy !== 'none' && <Button onClick={onRetry}>Try again</Button>}
        </>
      }
    >
      {advice}
      {retryAfterMs !== undefined && (
        <Countdown ms={retryAfterMs} since={error} over=" It may be asked again now.">
          {(seconds) => ` It may be asked again in ${seconds} s.`}
        </Countdown>
      )}
    </Notice>
  )
}

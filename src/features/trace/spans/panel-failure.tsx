import { signInHref } from '../../../state/advice.ts'
import { Icon } from '../../../ui/icons.tsx'
import { printable } from '../../../ui/printable-text.ts'
import { failureKind, useAwaited } from '../awaited.ts'

/** One quiet line a failure: what the matter is, so that no two look alike. */
const LINES: { readonly [kind: string]: string } = {
  'not-found': 'none were found in the source that should have them',
  'not-yet': 'not arrived yet; asking again by itself',
  unauthorized: 'the source wants valid credentials',
  forbidden: 'our credentials may not read them',
  'rate-limited': 'the source limits how often it can be asked',
  timeout: 'the source did not answer in time',
  unreachable: 'the source cannot be reached',
  'bad-reply': 'the source answered something that is not readable',
  unsupported: 'the source cannot give them',
  'bad-request': 'the source did not understand the question',
}

/** The words for a failure of the span panel. */
const panelLine = (error: Error, what: string): string =>
  `${what}: ${LINES[failureKind(error) ?? ''] ?? 'could not be shown'}.`

/** Stands in the panel's place, one line; the rest of the page is untouched. */
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
  useAwaited(error, onAgain)
  const kind = failureKind(error)
  const pause = 'retryAfterMs' in error && typeof error.retryAfterMs === 'number' ? error.retryAfterMs : null
  return (
    <p role="status" className="flex items-center gap-2 px-gutter py-2.5 text-data text-text-2">
      <Icon name={kind === 'not-yet' ? 'pending' : 'warn'} className="text-text-3" />
      <span className="cut" title={printable(error.message)}>
        {panelLine(error, what)}
        {pause !== null && ` Again in ${Math.ceil(pause / 1000)} s.`}{' '}
        <span className="text-text-3">{printable(error.message)}</span>
      </span>
      {kind === 'unauthorized' ? (
        <a href={signInHref()}>Sign in</a>
      ) : (
        <button type="button" className="text-accent hover:underline" onClick={() => onAgain()}>
          Ask again
        </button>
      )}
    </p>
  )
}

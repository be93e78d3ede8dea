import { type Trouble, useTrouble } from '../state/health.ts'
import { Icon } from '../ui/icons/icons.tsx'

const wordsOf = (trouble: Trouble): string =>
  trouble.is === 'away'
    ? 'The server does not answer; trying again.'
    : `${trouble.reason.charAt(0).toUpperCase()}${trouble.reason.slice(1)}.`

/** Below the app bar, while the server does not answer or its store cannot take or give: what is wrong, in one line. */
export function TroubleBar() {
  const trouble = useTrouble()
  return (
    <div role="status" aria-label="Server">
      {trouble && (
        <p className="flex items-center gap-2 border-b border-border-1 bg-warn-tint px-gutter py-1 text-data text-text-1">
          <Icon name="warn" size="small" />
          {wordsOf(trouble)}
        </p>
      )}
    </div>
  )
}

import { useTrouble } from '../state/health.ts'
import { Icon } from '../ui/icons/icons.tsx'

/** Below the app bar, as long as the store cannot take or answer: what is wrong, in one line. */
export function TroubleBar() {
  const trouble = useTrouble()
  return (
    <div role="status" aria-label="Store">
      {trouble && (
        <p className="flex items-center gap-2 border-b border-border-1 bg-warn-tint px-gutter py-1 text-data text-text-1">
          <Icon name="warn" size="small" />
          {`${trouble.charAt(0).toUpperCase()}${trouble.slice(1)}.`}
        </p>
      )}
    </div>
  )
}

import { usePreferences } from '../state/preferences.ts'
import { Button } from '../ui/button.tsx'
import { useCopy } from '../ui/copy-button.tsx'
import { Icon } from '../ui/icons/icons.tsx'

const TRACES = /^\/[^/]+\/traces\/?$/

/** The address of what is seen now: with the columns that a reader chose, where the address leaves them out. */
export function sharedAddress(address: string, columns: readonly string[] | undefined): string {
  const url = new URL(address)
  if (columns && TRACES.test(url.pathname) && !url.searchParams.has('cols')) {
    url.search += `${url.search === '' ? '?' : '&'}cols=${columns.join(',')}`
  }
  return url.href
}

/** Copies a link to what is seen now, on every page. */
export function ShareButton() {
  const { columns } = usePreferences()
  const { state, copy } = useCopy()
  const words = { idle: 'Share', copied: 'Link copied', refused: 'Copy the address bar' }[state]
  return (
    <Button
      variant="ghost"
      aria-label="Share"
      title="Copy a link to this view"
      onClick={() => copy(sharedAddress(window.location.href, columns))}
    >
      <Icon name={state === 'copied' ? 'ok' : 'link'} size="small" />
      <span role="status" className={state === 'idle' ? 'hidden wide:inline' : ''}>
        {words}
      </span>
    </Button>
  )
}

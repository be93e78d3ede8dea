import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'

/** An address with a filter that cannot be read. */
export function UnreadableAddress({
  problems,
  onDrop,
}: {
  readonly problems: readonly string[]
  readonly onDrop: () => void
}) {
  return (
    <Notice
      alert
      title="Part of this link could not be read"
      detail={problems.join('\n')}
      actions={
        <Button variant="primary" onClick={onDrop}>
          Ignore and continue
        </Button>
      }
    >
      Without that part the list would not be the one that was shared, so nothing is shown.
    </Notice>
  )
}

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
      title="Part of this address cannot be read"
      detail={problems.join('\n')}
      actions={
        <Button variant="primary" onClick={onDrop}>
          Go on without it
        </Button>
      }
    >
      Leaving it out would show other traces than the address means, so nothing is shown.
    </Notice>
  )
}

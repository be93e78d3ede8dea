import { Button } from './button.tsx'
import { Icon } from './icons/icons.tsx'
import { formatCount } from './text/format.ts'

const WORDS = {
  running: 'Exporting CSV',
  done: 'Exported',
  failed: 'Export failed',
  cancelled: 'Export cancelled',
}

export interface ExportProgressProps {
  readonly state: keyof typeof WORDS
  readonly traces: number
  readonly rows: number
  readonly total?: number
  readonly message?: string
  /** Why the file does not hold everything. */
  readonly gaps?: readonly string[]
  readonly onCancel: () => void
  readonly onDismiss: () => void
}

/** An export under way or ended: a bar where the whole is known, the counts, Cancel. */
export function ExportProgressLine({
  state,
  traces,
  rows,
  total,
  message,
  gaps = [],
  onCancel,
  onDismiss,
}: ExportProgressProps) {
  const share = total ? Math.min(1, traces / total) : undefined
  return (
    <span className="flex items-center gap-3 text-data whitespace-nowrap text-text-2">
      <span className={state === 'failed' ? 'flex items-center gap-1 text-error' : ''} title={message}>
        {state === 'failed' && <Icon name="error" size="small" />}
        {WORDS[state]}
        {state === 'failed' && message && `: ${message}`}
      </span>
      {gaps.length > 0 && (
        <span className="cut max-w-[40ch] text-error" title={gaps.join('\n')}>
          Not everything: {gaps[0]}
          {gaps.length > 1 && ` (and ${gaps.length - 1} more)`}
        </span>
      )}
      {state === 'running' && share !== undefined && (
        <span
          role="progressbar"
          aria-label="Export"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(share * 100)}
          className="relative h-1 w-[120px] overflow-hidden bg-surface-3"
        >
          <span className="absolute inset-y-0 left-0 bg-accent" style={{ width: `${share * 100}%` }} />
        </span>
      )}
      <span>
        <b className="text-text-1">{formatCount(traces)}</b>
        {total !== undefined && ` of ${formatCount(total)}`} {(total ?? traces) === 1 ? 'trace' : 'traces'},{' '}
        {formatCount(rows)} {rows === 1 ? 'row' : 'rows'}
      </span>
      {state === 'running' ? (
        <Button onClick={onCancel}>Cancel</Button>
      ) : (
        <Button variant="ghost" aria-label="Dismiss" onClick={onDismiss}>
          <Icon name="close" size="small" />
        </Button>
      )}
      <span role="status" className="sr-only">
        {state === 'running' ? '' : gaps.length > 0 ? `${WORDS[state]}, not everything` : WORDS[state]}
      </span>
    </span>
  )
}

import { formatCount } from '../../../ui/text/format.ts'
import type { TraceLogsState } from './logs/use-trace-logs.ts'

/** What the left of the panel lists. */
export type PanelList = 'spans' | 'logs'

const CHOICE = 'h-bar-tool border-b-2 px-0.5 text-prose'

/** The panel's heading; where the trace has log records, the way to them and back. */
export function PanelLists({
  shown,
  logs,
  onShow,
}: {
  readonly shown: PanelList
  readonly logs: TraceLogsState | undefined
  readonly onShow: (list: PanelList) => void
}) {
  if (!logs) return <h2 className="text-prose font-semibold">Spans</h2>
  const choices = [
    { id: 'spans', label: 'Spans', count: undefined },
    { id: 'logs', label: 'Logs', count: logs.error ? undefined : logs.logs.length },
  ] as const
  return (
    <h2 className="flex gap-3">
      {choices.map(({ id, label, count }) => (
        <button
          key={id}
          type="button"
          aria-pressed={shown === id}
          className={`${CHOICE} ${shown === id ? 'border-accent font-semibold text-text-1' : 'border-transparent text-text-2 hover:text-text-1'}`}
          onClick={() => onShow(id)}
        >
          {label}{' '}
          {count !== undefined && (
            <span className="text-data font-normal text-text-3">{formatCount(count)}</span>
          )}
        </button>
      ))}
    </h2>
  )
}

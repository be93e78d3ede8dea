import type { TraceSummary } from '../../domain/trace.ts'
import { durationText } from '../../ui/format.ts'

/** More than this many are drawn as the latest ones, and said so. */
const MOST = 60
const HEIGHT = 48

/** One bar a turn, failed ones red with a cross below; a press goes to the turn. */
export function DurationBars({
  turns,
  longest,
  onPick,
}: {
  readonly turns: readonly TraceSummary[]
  /** µs */
  readonly longest: number
  readonly onPick: (at: number) => void
}) {
  const skipped = Math.max(0, turns.length - MOST)
  const shown = turns.slice(skipped)
  return (
    <>
      <div className="flex items-end gap-px" style={{ height: HEIGHT + 14 }}>
        {shown.map((turn, at) => {
          const number = skipped + at + 1
          const failed = turn.status === 'error'
          return (
            <button
              key={turn.traceId}
              type="button"
              tabIndex={-1}
              title={`Turn ${number}: ${durationText(turn.duration)}${failed ? ', failed' : ''}`}
              aria-label={`Turn ${number}, ${durationText(turn.duration)}`}
              onClick={() => onPick(skipped + at)}
              className="flex max-w-[28px] min-w-[2px] flex-1 flex-col items-center justify-end hover:bg-surface-2"
            >
              <span
                className={`w-full ${failed ? 'bg-error' : 'bg-mark-2'}`}
                style={{ height: longest > 0 ? Math.max(1, (turn.duration / longest) * HEIGHT) : 1 }}
              />
              <span className="h-[14px] text-key text-text-3">
                {shown.length <= 15 ? number : ''}
                {failed && shown.length <= 15 && '✗'}
              </span>
            </button>
          )
        })}
      </div>
      <p className="text-label text-text-3">
        {skipped > 0 && `the last ${MOST} of ${turns.length}; `}
        {longest > 0 && `longest ${durationText(longest)}`}
      </p>
    </>
  )
}

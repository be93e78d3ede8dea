import type { TraceSummary } from '../../domain/model/trace.ts'
import { durationText, formatCount } from '../../ui/text/format.ts'
import { axisOf } from './duration-axis.ts'

/** More than this many are drawn as the latest ones, and said so. */
const MOST = 60
const HEIGHT = 52
/** So many have their numbers below. */
const NUMBERED = 12

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
  const { unit, ticks } = axisOf(longest)
  return (
    <>
      <div className="mt-2 grid grid-cols-[24px_minmax(0,1fr)] text-key text-text-3">
        <div aria-hidden="true" className="relative" style={{ height: HEIGHT }}>
          <span className="absolute -top-[5px] left-0 leading-none">{unit}</span>
          {ticks.map(({ at, label }) => (
            <span
              key={label}
              className="absolute right-1.5 translate-y-1/2 leading-none"
              style={{ bottom: at * HEIGHT }}
            >
              {label}
            </span>
          ))}
        </div>
        <div className="relative">
          <div aria-hidden="true" className="absolute inset-x-0 top-0" style={{ height: HEIGHT }}>
            {ticks.map(({ at, label }) => (
              <span
                key={label}
                className="absolute inset-x-0 h-px bg-grid"
                style={{ bottom: Math.round(at * HEIGHT) }}
              />
            ))}
          </div>
          <ol aria-label="Turns by duration" className="relative flex">
            {shown.map((turn, at) => {
              const number = skipped + at + 1
              const failed = turn.status === 'error'
              const said = `Turn ${number}: ${turn.status === 'pending' ? 'running' : durationText(turn.duration)}${failed ? ', failed' : ''}`
              return (
                <li key={turn.traceId} className="min-w-0 flex-1">
                  <button
                    type="button"
                    // The transcript itself is the way by keyboard: sixty stops would be in it.
                    tabIndex={-1}
                    title={said}
                    aria-label={said}
                    onClick={() => onPick(skipped + at)}
                    className="flex w-full flex-col items-center hover:bg-surface-3"
                  >
                    <span className="flex w-full items-end justify-center px-px" style={{ height: HEIGHT }}>
                      <span
                        className={`w-full max-w-[20px] ${failed ? 'bg-error' : 'bg-mark-2'}`}
                        style={{
                          height: longest > 0 ? Math.max(1, (turn.duration / longest) * HEIGHT) : 1,
                        }}
                      />
                    </span>
                    {shown.length <= NUMBERED && (
                      <span className="whitespace-nowrap">
                        {number}
                        {failed && ' ✗'}
                      </span>
                    )}
                  </button>
                </li>
              )
            })}
          </ol>
        </div>
      </div>
      {shown.length > NUMBERED && (
        <p className="pt-1 pl-6 text-label text-text-3">
          turns {formatCount(skipped + 1)} to {formatCount(turns.length)}
          {skipped > 0 && `, the last ${MOST}`}
          {shown.some(({ status }) => status === 'error') && '; failed ones red'}
        </p>
      )}
    </>
  )
}

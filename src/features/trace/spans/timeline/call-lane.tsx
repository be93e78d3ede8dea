import type { Micros } from '../../../../domain/model/units.ts'
import type { CallMoment, CallMomentKind } from '../../../../semantics/trace/call-moments.ts'
import { durationText } from '../../../../ui/text/format.ts'
import { printable } from '../../../../ui/text/printable-text.ts'
import { momentDetail, momentName } from '../../turn/call-moment-words.ts'
import type { TimeAxis } from './time-axis.ts'

const TONES: { readonly [Kind in CallMomentKind]: string } = {
  'barge-in': 'text-warn',
  silence: 'text-text-2',
  keypad: 'text-accent',
  rejected: 'text-warn',
  'hang-up': 'text-text-1',
  disconnect: 'text-text-1',
}

/** Names of moments closer than this would run into each other: a share of the width. */
const ROOM_FOR_NAME = 0.12

/** What happened in a call beside its turns, on the same axis of time as the spans. */
export function CallLane({
  moments,
  axis,
  start,
  onSelect,
}: {
  readonly moments: readonly CallMoment[]
  readonly axis: TimeAxis
  readonly start: Micros
  readonly onSelect: (moment: CallMoment) => void
}) {
  const shown = moments
    .map((moment) => ({ moment, time: moment.time - start }))
    .filter(({ time }) => time >= axis.from && time <= axis.to)
    .map(({ moment, time }) => ({ moment, time, x: axis.toX(time) }))
  return (
    <div className="lane stack">
      <span>Beside the turns</span>
      <span className="overflow-hidden">
        {shown.map(({ moment, time, x }, at) => {
          const name = momentName(moment)
          const whole = [name, `at +${durationText(time)}`, momentDetail(moment)]
            .filter((part) => part !== '')
            .join(', ')
          const next = shown[at + 1]?.x ?? 1
          const atEnd = x > 1 - ROOM_FOR_NAME
          return (
            <button
              key={`${moment.spanId} ${moment.kind} ${at}`}
              type="button"
              className={`moment ${TONES[moment.kind]}`}
              title={printable(whole)}
              aria-label={printable(whole)}
              style={{ left: `${x * 100}%`, maxWidth: `${Math.max(0.012, next - x) * 100}%` }}
              onClick={() => onSelect(moment)}
            >
              <i aria-hidden="true" className={moment.outcome === 'ignored' ? 'hollow' : ''} />
              {!atEnd && next - x > ROOM_FOR_NAME && <span className="cut">{name}</span>}
            </button>
          )
        })}
      </span>
    </div>
  )
}

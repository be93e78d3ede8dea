import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from 'react'
import { movedEdge, snapped, spanned } from './brush-moves.ts'
import type { Stretch } from './histogram-frame.ts'

type Side = 'from' | 'to'

const KEY_SETTLES_AFTER = 300

/**
 * A brush over a time axis. Dragging draws one, its handles move its edges, a click takes one bucket; each
 * handle is a slider for the keyboard: arrows move by a bucket, with Shift by ten, Home and End to the
 * axis's ends, Delete clears.
 */
export function Brush({
  axis,
  step,
  brush,
  words,
  onMove,
  onSettle,
  onPoint,
}: {
  readonly axis: Stretch
  /** A bucket's length, µs. */
  readonly step: number
  readonly brush: Stretch | undefined
  readonly words: (stretch: Stretch) => string
  /** While it is being moved. */
  readonly onMove: (stretch: Stretch | undefined) => void
  /** Once it stands; `undefined` = cleared. */
  readonly onSettle: (stretch: Stretch | undefined) => void
  /** Where the pointer is, 0 to 1. */
  readonly onPoint: (at: number | undefined) => void
}) {
  const area = useRef<HTMLDivElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const drag = useRef<{ readonly anchor: number; last: Stretch } | undefined>(undefined)
  const length = axis.to - axis.from

  const timeAt = (event: PointerEvent): number => {
    const box = area.current?.getBoundingClientRect()
    if (!box) return axis.from
    return axis.from + Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * length
  }
  const begin = (event: PointerEvent, anchor: number) => {
    if (event.button !== 0) return
    event.preventDefault()
    area.current?.setPointerCapture(event.pointerId)
    const here = timeAt(event)
    drag.current = { anchor, last: snapped(spanned(anchor, here), axis, step) }
    onMove(drag.current.last)
  }
  const follow = (event: PointerEvent) => {
    const now = timeAt(event)
    onPoint((now - axis.from) / length)
    if (!drag.current) return
    drag.current.last = snapped(spanned(drag.current.anchor, now), axis, step)
    onMove(drag.current.last)
  }
  const end = () => {
    if (drag.current) onSettle(drag.current.last)
    drag.current = undefined
  }

  const onKeyDown = (side: Side) => (event: KeyboardEvent) => {
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.stopPropagation()
      clearTimeout(timer.current)
      onSettle(undefined)
      return
    }
    const next = movedEdge(brush ?? axis, side, event.key, event.shiftKey, axis, step)
    if (!next) return
    event.preventDefault()
    onMove(next)
    // A held key settles once.
    clearTimeout(timer.current)
    timer.current = setTimeout(() => onSettle(next), KEY_SETTLES_AFTER)
  }

  const percent = (time: number) => Math.max(0, Math.min(100, ((time - axis.from) / length) * 100))
  const shown = brush ?? axis
  const left = percent(shown.from)
  const right = percent(shown.to)

  return (
    <div
      ref={area}
      className="absolute inset-0 -bottom-px cursor-crosshair touch-none"
      onPointerDown={(event) => begin(event, timeAt(event))}
      onPointerMove={follow}
      onPointerUp={end}
      onPointerCancel={end}
      onPointerLeave={() => onPoint(undefined)}
    >
      {brush && (
        <div
          aria-hidden="true"
          className="pointer-events-none absolute inset-y-0 border-x border-accent bg-accent/9"
          style={{ left: `${left}%`, right: `${100 - right}%` }}
        />
      )}
      {(['from', 'to'] as const).map((side) => (
        <div
          key={side}
          role="slider"
          tabIndex={0}
          aria-label={side === 'from' ? 'Start of the brushed time' : 'End of the brushed time'}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(side === 'from' ? left : right)}
          aria-valuetext={brush ? words(brush) : 'all'}
          onKeyDown={onKeyDown(side)}
          onPointerDown={(event) => {
            event.stopPropagation()
            begin(event, side === 'from' ? shown.to : shown.from)
            event.currentTarget.focus()
          }}
          className={`group absolute inset-y-0 w-[9px] -translate-x-1/2 focus-visible:outline-none ${brush ? 'cursor-ew-resize' : 'pointer-events-none'}`}
          style={{ left: `${side === 'from' ? left : right}%` }}
        >
          <span
            className={`absolute top-1/2 left-0.5 -mt-[7px] h-[14px] w-[5px] rounded-[2px] border border-accent bg-surface-1 group-focus-visible:outline-2 group-focus-visible:outline-accent ${brush ? '' : 'opacity-0 group-focus-visible:opacity-100'}`}
          />
        </div>
      ))}
    </div>
  )
}

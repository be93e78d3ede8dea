import { micros } from '../../../domain/model/units.ts'
import type { Stretch } from './histogram-frame.ts'

/** The stretch between two moments in either order. */
export const spanned = (a: number, b: number): Stretch => ({
  from: micros(Math.min(a, b)),
  to: micros(Math.max(a, b)),
})

const within = (time: number, { from, to }: Stretch) => Math.max(from, Math.min(to, time))

/** The stretch widened to whole buckets of the axis, one at least. */
export function snapped({ from, to }: Stretch, axis: Stretch, step: number): Stretch {
  const first = Math.floor((from - axis.from) / step)
  const last = Math.max(first + 1, Math.ceil((to - axis.from) / step))
  return {
    from: micros(within(axis.from + first * step, axis)),
    to: micros(within(axis.from + last * step, axis)),
  }
}

const COARSE = 10
const MOVES: Record<string, number> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -COARSE,
  PageUp: COARSE,
}

/** The stretch after a key on one of its edges; undefined for a key that moves nothing. */
export function movedEdge(
  brush: Stretch,
  side: 'from' | 'to',
  key: string,
  shift: boolean,
  axis: Stretch,
  step: number,
): Stretch | undefined {
  const by = MOVES[key]
  const wanted =
    key === 'Home'
      ? axis.from
      : key === 'End'
        ? axis.to
        : by === undefined
          ? undefined
          : brush[side] + by * (shift ? COARSE : 1) * step
  if (wanted === undefined) return undefined
  const edge =
    side === 'from'
      ? Math.min(within(wanted, axis), brush.to - step)
      : Math.max(within(wanted, axis), brush.from + step)
  return side === 'from' ? { from: micros(edge), to: brush.to } : { from: brush.from, to: micros(edge) }
}

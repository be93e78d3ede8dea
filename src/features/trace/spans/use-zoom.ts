import type { SpanTree } from '../../../domain/tree/span-tree.ts'
import type { ViewControl } from '../../../state/location.ts'
import type { Stretch } from './timeline/time-axis.ts'

/** Room beside a span that is zoomed to, as a share of its length. */
const MARGIN = 0.05

export interface Zoom {
  /** The stretch of the trace that is shown, µs after its start; undefined = all of it. */
  readonly shown: Stretch | undefined
  readonly set: (stretch: Stretch | undefined) => void
  readonly toRow: (row: number) => void
  readonly out: () => void
  /** Shows all of the time where a row lies outside of what is shown. */
  readonly include: (row: number) => void
}

/** The stretch of time that the waterfall shows: it stands in the address. */
export function useZoom({ view, change }: ViewControl, tree: SpanTree): Zoom {
  const shown = view.zoom
  const set = (zoom: Stretch | undefined) => change({ zoom }, { replace: true })
  const stretchOf = (row: number) => ({ from: tree.start[row] ?? 0, to: tree.end[row] ?? 0 })
  return {
    shown,
    set,
    toRow: (row) => {
      const { from, to } = stretchOf(row)
      const margin = Math.max(1, (to - from) * MARGIN)
      set({ from: Math.max(0, from - margin), to: to + margin })
    },
    out: () => set(undefined),
    include: (row) => {
      const { from, to } = stretchOf(row)
      if (shown && (to < shown.from || from > shown.to)) set(undefined)
    },
  }
}

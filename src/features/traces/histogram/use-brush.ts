import { useCallback, useState } from 'react'
import type { HistogramReply } from '../../../domain/port/trace-source.ts'
import type { TraceQuery } from '../../../domain/query/trace-query.ts'
import { withoutTime } from '../../../filters/filter-chips.ts'
import { withBounds } from '../../../filters/time-presets.ts'
import { axisOf, type Stretch } from './histogram-frame.ts'

/** What a reader brushed, on which axis, and the time that was asked for before. */
export interface DrawnBrush {
  readonly brush: Stretch
  readonly axis: Stretch
  readonly before: Pick<TraceQuery, 'from' | 'to' | 'last'>
}

const timeOf = ({ from, to, last }: TraceQuery): DrawnBrush['before'] => ({
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
  ...(last !== undefined && { last }),
})

/** The drawn brush where the query still asks for what it says. */
export const standing = (drawn: DrawnBrush | undefined, { from, to }: TraceQuery): DrawnBrush | undefined =>
  drawn && drawn.brush.from === from && drawn.brush.to === to ? drawn : undefined

/** The brush after one was drawn over a histogram: drawn again, the axis and the time before stay what they were. */
export function drawnOver(
  drawn: DrawnBrush | undefined,
  brush: Stretch,
  query: TraceQuery,
  reply: HistogramReply | undefined,
): DrawnBrush | undefined {
  const before = standing(drawn, query)
  if (before) return { ...before, brush }
  return reply && { brush, axis: axisOf(reply), before: timeOf(query) }
}

/** The query without the brush: over the time that was asked for before it was drawn, else over all time. */
export const unbrushed = (drawn: DrawnBrush | undefined, query: TraceQuery): TraceQuery => ({
  ...withoutTime(query),
  ...standing(drawn, query)?.before,
})

/** Remembers where a brush was drawn: the histogram keeps its axis, and clearing goes back to the time before. */
export function useBrush(
  query: TraceQuery,
  onQuery: (query: TraceQuery, how: { readonly replace: boolean }) => void,
): {
  readonly drawn: DrawnBrush | undefined
  readonly onBrush: (brush: Stretch | undefined, reply: HistogramReply | undefined) => void
} {
  const [held, setHeld] = useState<DrawnBrush>()
  const drawn = standing(held, query)
  const onBrush = useCallback(
    (brush: Stretch | undefined, reply: HistogramReply | undefined) => {
      setHeld(brush && drawnOver(drawn, brush, query, reply))
      onQuery(brush ? withBounds(query, brush.from, brush.to) : unbrushed(drawn, query), {
        replace: drawn !== undefined,
      })
    },
    [drawn, query, onQuery],
  )
  return { drawn, onBrush }
}

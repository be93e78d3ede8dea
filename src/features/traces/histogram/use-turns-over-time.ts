import { useMemo } from 'react'
import type { TraceSummary } from '../../../domain/model/trace.ts'
import { micros } from '../../../domain/model/units.ts'
import type { HistogramReply } from '../../../domain/port/trace-source.ts'
import { histogramSteps } from '../../../domain/query/histogram-steps.ts'
import type { TraceQuery } from '../../../domain/query/trace-query.ts'
import { withoutTime } from '../../../filters/filter-chips.ts'
import { withBounds } from '../../../filters/time-presets.ts'
import { useHistogram } from '../../../state/queries.ts'
import { useSource } from '../../../state/source-context.tsx'
import { formatCount } from '../../../ui/text/format.ts'
import { axisOf, brushOf, countedHistogram, frameAround, type Stretch } from './histogram-frame.ts'
import type { DrawnBrush } from './use-brush.ts'

const BUCKETS = 96

export interface TurnsOverTime {
  readonly reply: HistogramReply | undefined
  /** Which turns were counted, where not all. */
  readonly of: string | undefined
  readonly error: unknown
}

/**
 * Counts over time for the histogram. Bounds that were brushed are shown within their surroundings; sources
 * that do not count are counted from the rows at hand, and that is said. A brush stays on the axis it was drawn on.
 */
export function useTurnsOverTime(
  query: TraceQuery,
  rows: readonly TraceSummary[],
  enabled: boolean,
  drawn: DrawnBrush | undefined,
): TurnsOverTime {
  const { source } = useSource()
  const counts = source.info.capabilities.costs.histogram === 'exact'
  const bounded = query.from !== undefined || query.to !== undefined
  const around = useMemo(() => (bounded ? withoutTime(query) : query), [bounded, query])
  const whole = useHistogram(around, BUCKETS, enabled && counts)

  const framed = useMemo(() => {
    if (drawn) return withBounds(around, drawn.axis.from, drawn.axis.to)
    const axis = whole.data && whole.data.ok.length > 0 ? axisOf(whole.data) : undefined
    const brush = bounded ? (brushOf(query, axis) ?? openBrush(query)) : undefined
    if (!brush || (counts && !whole.data)) return undefined
    const frame = frameAround(brush, axis)
    return axis && frame.from === axis.from && frame.to === axis.to ? undefined : wholeSteps(around, frame)
  }, [drawn, bounded, counts, whole.data, query, around])
  const zoomed = useHistogram(framed ?? around, BUCKETS, enabled && counts && framed !== undefined)

  const counted = useMemo(() => (counts ? undefined : countedHistogram(rows, BUCKETS)), [counts, rows])
  if (!counts) {
    return {
      reply: counted,
      of: rows.length > 0 ? `of the ${formatCount(rows.length)} turns loaded` : undefined,
      error: null,
    }
  }
  const shown = framed ? zoomed : whole
  return {
    reply: shown.data,
    of: shown.data && !shown.data.complete ? 'of the traces searched' : undefined,
    error: shown.error,
  }
}

/** Bounds on the edges of the buckets that they will be counted in: none is cut. */
function wholeSteps(query: TraceQuery, frame: Stretch): TraceQuery {
  const { from, to } = histogramSteps(frame.from, frame.to, BUCKETS)
  return withBounds(query, from, to)
}

const HOUR = 3_600e6
/** Bounds beyond all there is still make a stretch to show. */
const openBrush = ({ from, to }: TraceQuery) => ({
  from: from ?? micros((to ?? 0) - HOUR),
  to: to ?? micros((from ?? 0) + HOUR),
})

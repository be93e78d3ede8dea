import { type Micros, micros } from '../../../domain/model/units.ts'
import type { HistogramReply } from '../../../domain/port/trace-source.ts'
import { histogramOf } from '../../../domain/query/histogram-steps.ts'
import type { TraceQuery } from '../../../domain/query/trace-query.ts'
import { clockTime, dayText, durationText, sameDay, shortTime } from '../../../ui/text/format.ts'

/** A stretch of time, µs; `to` is exclusive. */
export interface Stretch {
  readonly from: Micros
  readonly to: Micros
}

/** A brush narrower than this share of the axis cannot be seen or grasped. */
const LEAST_SHARE = 0.03
/** How much of its surroundings such a brush is shown with, in its own lengths. */
const SURROUNDINGS = 8

/**
 * The stretch that the axis shows around a brush: everything there is where the brush can be seen in it,
 * else the brush with some of its surroundings. `whole` = all there is under the other filters.
 */
export function frameAround(brush: Stretch, whole: Stretch | undefined): Stretch {
  const length = brush.to - brush.from
  if (whole && length >= (whole.to - whole.from) * LEAST_SHARE) {
    return { from: micros(Math.min(whole.from, brush.from)), to: micros(Math.max(whole.to, brush.to)) }
  }
  const from = brush.from - length * SURROUNDINGS
  const to = brush.to + length * SURROUNDINGS
  if (!whole) return { from: micros(from), to: micros(to) }
  return {
    from: micros(Math.min(brush.from, Math.max(from, whole.from))),
    to: micros(Math.max(brush.to, Math.min(to, whole.to))),
  }
}

/** The brush of a query on an axis: its absolute bounds, an open one reaching to the axis's end. */
export function brushOf(query: TraceQuery, axis: Stretch | undefined): Stretch | undefined {
  const { from, to } = query
  if ((from === undefined && to === undefined) || !axis) return undefined
  const brush = { from: from ?? axis.from, to: to ?? axis.to }
  return brush.to > brush.from ? brush : undefined
}

/** The end of a histogram's axis is the end of its last bucket. */
export const axisOf = ({ from, bucket, ok }: HistogramReply): Stretch => ({
  from,
  to: micros(from + bucket * ok.length),
})

/** Counts a histogram from traces at hand, for sources that do not count. */
export const countedHistogram = (
  traces: readonly { readonly startTime: Micros; readonly status: string }[],
  buckets: number,
): HistogramReply | undefined =>
  traces.length === 0 ? undefined : { ...histogramOf(traces, {}, buckets), complete: false }

export interface Tick {
  /** 0 to 1 on the axis. */
  readonly at: number
  readonly label: string
}

const MINUTE = 60e6
const HOUR = 3_600e6
const DAY = 86_400e6
const STEPS = [
  1e6,
  5e6,
  15e6,
  30e6,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  28 * DAY,
  91 * DAY,
  182 * DAY,
  364 * DAY,
  3640 * DAY,
]

/** Offset of the zone at a moment, µs east of UTC. */
const offsetAt = (us: number, utc: boolean): number =>
  utc ? 0 : -new Date(us / 1000).getTimezoneOffset() * MINUTE

/** Moments to write under the axis, on round times of the zone, at most `most`; a new day is named. */
export function axisTicks({ from, to }: Stretch, most: number, utc: boolean): readonly Tick[] {
  const step = STEPS.find((one) => (to - from) / one <= most) ?? (to - from) / most
  const ticks: Tick[] = []
  const offset = offsetAt(from, utc)
  let before = from as number
  for (let at = Math.ceil((from + offset) / step) * step - offset; at < to; at += step) {
    const newDay = ticks.length === 0 || !sameDay(at, before, utc)
    const label = step >= DAY ? dayText(at, utc, yearOf(at)) : timeLabel(at, step, utc)
    ticks.push({
      at: (at - from) / (to - from),
      label: newDay && step < DAY ? `${dayText(at, utc, yearOf(at))} ${label}` : label,
    })
    before = at
  }
  return ticks
}

const yearOf = (us: number) => new Date(us / 1000).getFullYear()
const timeLabel = (us: number, step: number, utc: boolean) =>
  step < MINUTE ? clockTime(us, utc) : shortTime(us, utc)

const BUCKETS = [
  { name: 'day', plural: 'days', us: DAY },
  { name: 'hour', plural: 'hours', us: HOUR },
  { name: 'minute', plural: 'min', us: MINUTE },
  { name: 'second', plural: 's', us: 1e6 },
] as const

/** How often a bucket comes, in words: `per day`, `per 15 min`, `per 2.5 hours`. */
export function bucketWords(us: number): string {
  const unit = BUCKETS.find((one) => us >= one.us)
  if (!unit) return `per ${durationText(us)}`
  const count = Number((us / unit.us).toFixed(1))
  return count === 1 ? `per ${unit.name}` : `per ${count} ${unit.plural}`
}

/** Totals inside a stretch; a bucket belongs where its start lies. */
export function totalsWithin(
  reply: HistogramReply,
  { from, to }: Stretch,
): { turns: number; errors: number } {
  let turns = 0
  let errors = 0
  for (let index = 0; index < reply.ok.length; index++) {
    const start = reply.from + reply.bucket * index
    if (start + reply.bucket <= from || start >= to) continue
    errors += reply.error[index] ?? 0
    turns += (reply.ok[index] ?? 0) + (reply.error[index] ?? 0)
  }
  return { turns, errors }
}

/** Counts of the busiest and the quietest bucket. */
export function rangeOf(reply: HistogramReply): { least: number; most: number } {
  const counts = reply.ok.map((ok, index) => ok + (reply.error[index] ?? 0))
  return {
    least: counts.length > 0 ? Math.min(...counts) : 0,
    most: counts.length > 0 ? Math.max(...counts) : 0,
  }
}

import { type DurationMicros, durationMicros, type Micros, micros } from '../model/units.ts'

const SECOND = 1e6
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Each is a multiple of the one before, so that an edge of a long step is one of the shorter ones too. */
const STEPS = [
  ...[1, 5, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 5, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 7, 14, 28, 364, 3640].map((days) => days * DAY),
]
/** Steps lie on round times of UTC; weeks begin on Mondays, which the epoch did not. */
const FIRST_MONDAY = 4 * DAY

const MOST = 1_000
/** Fewer than these are no drawing over time but equal parts. */
const FEWEST = 8
const SHORTEST_PART = 1_000

/** Buckets side by side: `length` of them, each `bucket` long, from `from` to `to` (exclusive). */
export interface HistogramSteps {
  readonly from: Micros
  readonly to: Micros
  readonly bucket: DurationMicros
  readonly length: number
}

const stepsOf = (from: number, to: number, step: number): HistogramSteps => {
  const offset = step % (7 * DAY) === 0 ? FIRST_MONDAY : 0
  const first = Math.floor((from - offset) / step)
  const length = Math.max(1, Math.ceil((to - offset) / step) - first)
  const start = first * step + offset
  return { from: micros(start), to: micros(start + length * step), bucket: durationMicros(step), length }
}

/**
 * At most so many buckets that cover a stretch: the shortest round steps that are few enough, from a round time
 * to a round time; equal parts of the stretch itself where fewer than eight are wished for.
 */
export function histogramSteps(from: number, to: number, wished: number): HistogramSteps {
  const most = Math.max(1, Math.min(MOST, Math.floor(wished)))
  const end = Math.max(to, from + 1)
  if (most >= FEWEST)
    for (const step of STEPS) {
      const steps = stepsOf(from, end, step)
      if (steps.length <= most) return steps
    }
  const bucket = Math.max(SHORTEST_PART, Math.ceil((end - from) / most))
  const length = Math.max(1, Math.ceil((end - from) / bucket))
  return {
    from: micros(from),
    to: micros(from + length * bucket),
    bucket: durationMicros(bucket),
    length,
  }
}

/** Traces over time, those that failed apart. */
export interface Histogram extends Omit<HistogramSteps, 'length'> {
  readonly ok: readonly number[]
  readonly error: readonly number[]
}

/**
 * Traces over time, within the bounds where there are some, else over all of them. `buckets` is how many there
 * may be at most.
 */
export function histogramOf(
  traces: readonly { readonly startTime: Micros; readonly status: string }[],
  bounds: { readonly from?: Micros; readonly to?: Micros },
  buckets: number,
): Histogram {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const { startTime } of traces) {
    first = Math.min(first, startTime)
    last = Math.max(last, startTime)
  }
  const from = bounds.from ?? (Number.isFinite(first) ? first : 0)
  const to = bounds.to ?? (Number.isFinite(last) ? last + 1 : from)
  const { length, ...steps } = histogramSteps(from, to, buckets)
  const ok = new Array<number>(length).fill(0)
  const error = new Array<number>(length).fill(0)
  for (const { startTime, status } of traces) {
    if (startTime < from || startTime >= to) continue
    const column = status === 'error' ? error : ok
    const index = Math.floor((startTime - steps.from) / steps.bucket)
    column[index] = (column[index] ?? 0) + 1
  }
  return { ...steps, ok, error }
}

/** Where moments and durations (µs) lie on a drawing, px. */
export interface Plane {
  readonly left: number
  readonly right: number
  readonly x: (time: number) => number
  readonly y: (duration: number) => number
}

const LEFT = 56
const BELOW = 22
const ABOVE = 10
const RIGHT = 8
/** Nothing shorter is told apart, µs. */
const LEAST = 1_000

const TICKS = [1, 2, 5].flatMap((each) =>
  [0, 1, 2, 3, 4, 5, 6, 7, 8].map((power) => each * 10 ** power * 1_000),
)

const boundsOf = (durations: readonly number[]): readonly [low: number, high: number] => {
  const known = durations.filter((duration) => duration > 0)
  const low = known.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY)
  const high = known.reduce((most, one) => Math.max(most, one), LEAST)
  return [Math.max(LEAST, Math.min(low, high) * 0.8), Math.max(high * 1.25, LEAST * 2)]
}

/** Time from left to right, durations upwards on a log scale. */
export function planeOf(
  time: { readonly from: number; readonly to: number },
  durations: readonly number[],
  { width, height }: { readonly width: number; readonly height: number },
): Plane {
  const [low, high] = boundsOf(durations)
  const right = Math.max(LEFT + 1, width - RIGHT)
  const tall = height - ABOVE - BELOW
  const span = Math.max(1, time.to - time.from)
  return {
    left: LEFT,
    right,
    x: (at) => LEFT + ((right - LEFT) * (at - time.from)) / span,
    y: (duration) => {
      const share = Math.log(Math.max(duration, low) / low) / Math.log(high / low)
      return ABOVE + tall * (1 - share)
    },
  }
}

/** Round durations within what is drawn, µs; at most seven. */
export function durationTicks(durations: readonly number[]): readonly number[] {
  const [low, high] = boundsOf(durations)
  const within = TICKS.filter((tick) => tick >= low && tick <= high).sort((a, b) => a - b)
  const each = Math.ceil(within.length / 7)
  return within.filter((_, at) => at % each === 0)
}

/** A line through the values of buckets, broken where one has none. */
export function steppedLine(
  plane: Plane,
  rows: readonly { readonly at?: number; readonly value: number | null }[],
): string {
  let path = ''
  let pen = 'M'
  for (const { at, value } of rows) {
    if (at === undefined || value === null) {
      pen = 'M'
      continue
    }
    const x = Math.max(plane.left, plane.x(at))
    path += `${pen}${x.toFixed(1)} ${plane.y(value).toFixed(1)}`
    pen = 'L'
  }
  return path
}

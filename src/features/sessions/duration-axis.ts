/** The axis of durations: its unit, and marks at shares (0 to 1) of the longest one. */
export interface DurationAxis {
  readonly unit: string
  readonly ticks: readonly { readonly at: number; readonly label: string }[]
}

const UNITS = [
  { from: 3_600e6, per: 3_600e6, unit: 'h' },
  { from: 120e6, per: 60e6, unit: 'min' },
  { from: 1e6, per: 1e6, unit: 's' },
  { from: 1e3, per: 1e3, unit: 'ms' },
  { from: 0, per: 1, unit: 'µs' },
] as const

/** Steps that read well, times a power of ten. */
const STEPS = [1, 2, 3, 5, 10] as const
const MOST_STEPS = 2.5

/**
 * Zero and one or two round marks below the longest duration.
 * @param longest µs
 */
export function axisOf(longest: number): DurationAxis {
  const { per, unit } = UNITS.find(({ from }) => longest >= from) ?? UNITS[4]
  const whole = longest / per
  if (!(whole > 0)) return { unit: 's', ticks: [{ at: 0, label: '0' }] }
  const power = 10 ** Math.floor(Math.log10(whole / MOST_STEPS))
  const step = (STEPS.find((each) => whole / (each * power) <= MOST_STEPS) ?? 10) * power
  const digits = Math.max(0, -Math.floor(Math.log10(step)))
  const ticks = Array.from({ length: Math.floor(whole / step) + 1 }, (_, index) => ({
    at: (index * step) / whole,
    label: (index * step).toFixed(digits),
  }))
  return { unit, ticks }
}

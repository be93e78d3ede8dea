/** From what on a turn is slow beside its neighbours, and how far the bars reach. All µs. */
export interface DurationScale {
  readonly longest: number
  readonly slow: number
}

/**
 * Bars reach to the longest turn, but not beyond three times the 95th percentile: one stuck turn must not
 * flatten all others. Slow = beyond twice the median and in the upper tenth.
 */
export function durationScale(durations: readonly number[]): DurationScale {
  if (durations.length === 0) return { longest: 0, slow: Number.POSITIVE_INFINITY }
  const sorted = durations.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  const longest = Math.min(at(1), at(0.95) * 3)
  return { longest: longest || at(1), slow: Math.max(at(0.5) * 2, at(0.9)) || Number.POSITIVE_INFINITY }
}

/**
 * How far the bars of durations reach, µs: to the longest turn, but not beyond twice the 90th percentile. One
 * stuck turn must not flatten all others; its bar is cut, and says so.
 */
export function durationScale(durations: readonly number[]): number {
  const sorted = durations.toSorted((a, b) => a - b)
  const longest = sorted.at(-1) ?? 0
  // The lower of two ranks: among few turns the slowest is not its own measure.
  const usual = sorted[Math.floor(0.9 * (sorted.length - 1))] ?? 0
  return Math.min(longest, usual * 2) || longest
}

const HOUR = 3_600_000_000

/** How much is going on in each hour of a day. */
const BUSY = [1, 1, 1, 1, 1, 2, 4, 7, 11, 14, 15, 14, 12, 13, 14, 13, 11, 9, 8, 7, 6, 4, 2, 1] as const
/** The hour that it is when the stretch ends: people are about, whenever and wherever one looks. */
const LAST_HOUR = 15
/** The end is what one looks at first: its hours have more of everything. */
const RECENT = [
  { hours: 2, times: 8 },
  { hours: 24, times: 1.8 },
] as const

const weightOf = (hoursBeforeEnd: number): number => {
  const hour = (((LAST_HOUR - hoursBeforeEnd) % 24) + 24) % 24
  const times = RECENT.find(({ hours }) => hoursBeforeEnd < hours)?.times ?? 1
  return (BUSY[hour] as number) * times
}

/**
 * Where the shares 0 to 1 of a stretch of days lie in time, when nights are quiet: a function from share to
 * microseconds since the epoch, rising.
 */
export const dayTime = (begin: number, days: number): ((share: number) => number) => {
  const hours = Math.ceil(days * 24)
  const sums = new Float64Array(hours + 1)
  for (let index = 0; index < hours; index++) {
    sums[index + 1] = (sums[index] as number) + weightOf(hours - 1 - index)
  }
  const total = sums[hours] as number
  return (share) => {
    const wanted = Math.min(1, Math.max(0, share)) * total
    let low = 0
    let high = hours - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle + 1] as number) < wanted) low = middle + 1
      else high = middle
    }
    const within = (wanted - (sums[low] as number)) / ((sums[low + 1] as number) - (sums[low] as number))
    return Math.round(begin + (low + within) * HOUR)
  }
}

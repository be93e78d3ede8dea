const HOUR = 3_600_000_000

/** How much is going on in each hour of the day (UTC). */
const BUSY = [1, 1, 1, 1, 1, 2, 4, 7, 11, 14, 15, 14, 12, 13, 14, 13, 11, 9, 8, 7, 6, 4, 2, 1] as const

/**
 * Where the shares 0 to 1 of a stretch of days lie in time, when nights are quiet: a function from share to
 * microseconds since the epoch, rising.
 */
export const dayTime = (begin: number, days: number): ((share: number) => number) => {
  const hours = Math.ceil(days * 24)
  const first = Math.floor(begin / HOUR)
  const sums = new Float64Array(hours + 1)
  for (let index = 0; index < hours; index++) {
    sums[index + 1] = (sums[index] as number) + (BUSY[(first + index) % 24] as number)
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

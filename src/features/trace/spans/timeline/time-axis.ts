/** A stretch of time in µs since the trace's start. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** A piece of the axis: time runs evenly within it. `x` is a share of the width, 0 to 1. */
interface Piece extends Stretch {
  readonly x0: number
  readonly x1: number
  readonly gap: boolean
}

/** Where moments of a trace stand in the waterfall. */
export interface TimeAxis extends Stretch {
  readonly pieces: readonly Piece[]
  /** Share of the width, clamped to just outside of it so that far bars stay small numbers. */
  toX(time: number): number
  /** The moment at a share of the width. */
  toTime(x: number): number
}

/** A mark on the ruler. */
export interface Tick {
  readonly x: number
  readonly time: number
}

/** What each compressed gap keeps of the width. */
const GAP_WIDTH = 0.02
/** Shares of the window that a gap must have to be worth compressing. */
const SHORTEST_GAP = 0.04

const pieceAt = (pieces: readonly Piece[], beyond: (piece: Piece) => boolean): Piece => {
  let low = 0
  let high = pieces.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (beyond(pieces[middle] as Piece)) low = middle + 1
    else high = middle
  }
  return pieces[low] as Piece
}

/** An axis over a window, the given gaps (in order, apart from each other) drawn narrow. */
export const timeAxis = (window: Stretch, gaps: readonly Stretch[] = []): TimeAxis => {
  const length = Math.max(1, window.to - window.from)
  const cut = gaps
    .map(({ from, to }) => ({ from: Math.max(from, window.from), to: Math.min(to, window.to) }))
    .filter(({ from, to }) => to - from > length * SHORTEST_GAP)
  const gapTime = cut.reduce((sum, { from, to }) => sum + to - from, 0)
  const room = 1 - cut.length * GAP_WIDTH
  const perMicro = room / Math.max(1, length - gapTime)
  const pieces: Piece[] = []
  let time = window.from
  let x = 0
  const push = (to: number, width: number, gap: boolean) => {
    if (to <= time && !gap) return
    pieces.push({ from: time, to, x0: x, x1: x + width, gap })
    time = to
    x += width
  }
  for (const gap of cut) {
    push(gap.from, (gap.from - time) * perMicro, false)
    push(gap.to, GAP_WIDTH, true)
  }
  push(window.from + length, (window.from + length - time) * perMicro, false)
  return {
    from: window.from,
    to: window.from + length,
    pieces,
    toX(at) {
      if (at <= window.from) return Math.max(-0.01, (at - window.from) / length)
      if (at >= window.from + length) return Math.min(1.01, 1 + (at - window.from - length) / length)
      const piece = pieceAt(pieces, (one) => one.to < at)
      return piece.x0 + ((at - piece.from) / (piece.to - piece.from)) * (piece.x1 - piece.x0)
    },
    toTime(share) {
      const within = Math.min(1, Math.max(0, share))
      const piece = pieceAt(pieces, (one) => one.x1 < within)
      const part = piece.x1 > piece.x0 ? (within - piece.x0) / (piece.x1 - piece.x0) : 0
      return piece.from + Math.min(1, Math.max(0, part)) * (piece.to - piece.from)
    },
  }
}

const SECOND = 1e6
/** Steps of the ruler beyond seconds: seconds of a minute, minutes, hours. */
const LONG_STEPS = [10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 21_600, 43_200, 86_400] as const

const stepFor = (length: number, most: number): number => {
  const wanted = length / most
  if (wanted > 5 * SECOND) return (LONG_STEPS.find((step) => step * SECOND >= wanted) ?? 86_400) * SECOND
  const power = 10 ** Math.floor(Math.log10(Math.max(1, wanted)))
  return Math.max(1, [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= wanted) ?? 1)
}

/** Marks at even times, at most about `most`, none inside a compressed gap. */
export const ticksOf = (axis: TimeAxis, most: number): readonly Tick[] => {
  const shown = axis.pieces.filter((piece) => !piece.gap)
  const length = shown.reduce((sum, piece) => sum + piece.to - piece.from, 0)
  const step = stepFor(length, most)
  const ticks: Tick[] = []
  for (const piece of shown) {
    for (let time = Math.ceil(piece.from / step) * step; time < piece.to; time += step) {
      ticks.push({ time, x: axis.toX(time) })
      if (ticks.length > most * 4) return ticks
    }
  }
  // A mark needs room for its text.
  return ticks.filter((tick, at) => at === 0 || tick.x - (ticks[at - 1]?.x ?? 0) > 0.4 / most)
}

/**
 * Stretches in which no span without children runs, in order: nothing happened that was recorded.
 * `start` and `end` by row, `leaf` says which rows to look at.
 */
export const gapsOf = (
  start: ArrayLike<number>,
  end: ArrayLike<number>,
  leaf: (row: number) => boolean,
  extent: number,
): readonly Stretch[] => {
  const rows: number[] = []
  for (let row = 0; row < start.length; row++) if (leaf(row)) rows.push(row)
  rows.sort((a, b) => (start[a] ?? 0) - (start[b] ?? 0))
  const gaps: Stretch[] = []
  let busyUntil = 0
  for (const row of rows) {
    const from = start[row] ?? 0
    if (from > busyUntil) gaps.push({ from: busyUntil, to: from })
    busyUntil = Math.max(busyUntil, end[row] ?? 0)
  }
  if (extent > busyUntil) gaps.push({ from: busyUntil, to: extent })
  return gaps
}

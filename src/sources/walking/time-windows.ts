import type { TraceRow } from '../../domain/model/trace.ts'
import { type Micros, micros } from '../../domain/model/units.ts'
import type { Gap } from '../../domain/port/trace-source.ts'

/** A stretch of time that a backend is asked about, µs: `from` inclusive, `to` exclusive. */
export interface Window {
  readonly from: Micros
  readonly to: Micros
  /** Traces wanted at most. */
  readonly limit: number
}

export interface WindowRow {
  /** As it is listed, its texts cut. */
  readonly row: TraceRow
  /** With whole texts, where free text is to be searched in them. */
  readonly whole?: TraceRow
  /**
   * A moment in whose stretch the trace shows up. Needed where the stretch in which it began may not show it:
   * a backend that was asked for matching spans knows it by those alone.
   */
  readonly seenAt?: Micros
  /**
   * The newest of all moments at which the trace shows up, where all of them are before it began: a walk
   * that gives what it has in order may come across it when its turn is over.
   */
  readonly shownBefore?: Micros
}

export interface WindowReply {
  readonly rows: readonly WindowRow[]
  /**
   * Down to where the answer is whole: everything that shows up in [coveredFrom, to) is among the rows. The
   * stretch's `from` where nothing was cut off; its `to` where something was, and nobody knows what.
   */
  readonly coveredFrom: Micros
  /** Down to where rows were looked for besides, by those who look further than they were asked to. */
  readonly shownFrom?: Micros
  /**
   * Where nothing is covered: from when on there is likely to be about a part of what is asked for at a time, by
   * what came. Nobody relies on it.
   */
  readonly likelyFrom?: number
  /** From when on there is likely to be nothing, by the same measure. */
  readonly emptyFrom?: number
  /** What could not be read of it, in words. */
  readonly problem?: string
  /** Why the rows are not all of the stretch, where asking for less at a time does not help, in words. */
  readonly left?: string
}

export interface WindowLimits {
  /** Widths of a stretch, µs: the first one, and the longest that the backend bears. */
  readonly firstWidth: number
  readonly longestWidth: number
  /** Traces asked for at a time, and the most that the backend takes as a limit. */
  readonly depth: number
  readonly mostDepth: number
}

export interface WindowStep {
  readonly rows: readonly WindowRow[]
  /** Everything from here on has been seen. */
  readonly edge: number
  readonly shownFrom?: Micros
  /** How wide to look next. */
  readonly width: number
  readonly calls: number
  readonly problem?: string
  readonly gap?: Gap
}

/** Narrower stretches are not asked for: backends tell milliseconds apart at best. */
const SHORTEST_WIDTH = 1_000
/** By how much a stretch is shortened that was too much. */
const STEP = 4
/** How much of an answer the next stretch is to fill. */
const FILL = 0.5
/** The most by which a stretch is made longer, and shorter, because of what was found in the one before. */
const LEAP = 256
const SHRINK = 0.5
/** Where nothing began in so long a time, the rest is looked at in one go: it is likely to be empty as well. */
const EMPTY = 30 * 86_400e6

/** How wide to look after a stretch that was read whole: as wide as would fill a part of an answer by the same measure. */
function nextWidth(width: number, found: number, { depth, longestWidth }: WindowLimits): number {
  if (found === 0 && width >= EMPTY) return longestWidth
  const growth = (depth * FILL) / Math.max(1, found)
  return Math.ceil(Math.min(longestWidth, width * Math.min(LEAP, Math.max(SHRINK, growth))))
}

/**
 * How wide to look again at a stretch that was too much: as wide as what came of it makes likely, once; then
 * narrower by far, for what comes may not be what there is. What lies within the shortest stretch is not cut in
 * two: what is above it is looked at first.
 */
function narrowed(
  width: number,
  edge: number,
  { likelyFrom, emptyFrom }: WindowReply,
  calls: number,
): number {
  const quarter = Math.ceil(width / STEP)
  const most = calls === 1 ? width - quarter : quarter
  const likely = likelyFrom === undefined ? quarter : Math.min(most, edge - likelyFrom)
  if (likely > SHORTEST_WIDTH) return likely
  const above = emptyFrom === undefined ? 0 : edge - emptyFrom
  return above > 0 && above < SHORTEST_WIDTH && width > SHORTEST_WIDTH ? above : SHORTEST_WIDTH
}

/**
 * Looks at the next stretch back from `edge`. An answer that was cut off says nothing of what was left out: a
 * shorter stretch is asked for, then more traces of the shortest one; what is cut off even so is skipped, and
 * said. Where the calls run out, the step ends where it began, narrower.
 */
export async function readWindow(
  read: (window: Window) => Promise<WindowReply>,
  from: { readonly floor: number; readonly edge: number; readonly width: number },
  limits: WindowLimits,
  callsLeft: number,
): Promise<WindowStep> {
  const { floor, edge } = from
  let { width } = from
  let limit = limits.depth
  for (let calls = 1; ; calls++) {
    const start = Math.max(floor, edge - width)
    const gapped = (fact: string): Gap => ({ from: micros(start), to: micros(edge), fact })
    const reply = await read({ from: micros(start), to: micros(edge), limit })
    if (reply.coveredFrom < edge) {
      const whole = reply.coveredFrom <= start
      return {
        rows: reply.rows,
        edge: Math.max(start, reply.coveredFrom),
        // What lies before a stretch that was too much, or was cut out of one, is likely to be too much as well.
        width:
          whole && calls === 1 && reply.left === undefined
            ? nextWidth(width, reply.rows.length, limits)
            : Math.max(SHORTEST_WIDTH, width),
        calls,
        ...(reply.shownFrom !== undefined && { shownFrom: reply.shownFrom }),
        ...(reply.problem !== undefined && { problem: reply.problem }),
        ...(reply.left !== undefined && { gap: gapped(reply.left) }),
      }
    }
    const shortest = edge - start <= SHORTEST_WIDTH
    if (shortest && limit >= limits.mostDepth) {
      const when = new Date(start / 1000).toISOString()
      const fact = `more than ${limit} traces began within a millisecond at ${when}: not all of them are shown`
      return { rows: reply.rows, edge: start, width, calls, gap: gapped(fact) }
    }
    if (shortest) limit = Math.min(limits.mostDepth, limit * STEP)
    else width = narrowed(edge - start, edge, reply, calls)
    if (calls >= callsLeft && !shortest) return { rows: reply.rows, edge, width, calls }
  }
}

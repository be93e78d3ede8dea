import type { TraceRow } from '../../domain/model/trace.ts'
import { type Micros, micros } from '../../domain/model/units.ts'

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
}

export interface WindowReply {
  readonly rows: readonly WindowRow[]
  /**
   * Down to where the answer is whole: everything that shows up in [coveredFrom, to) is among the rows. The
   * stretch's `from` where nothing was cut off; its `to` where something was, and nobody knows what.
   */
  readonly coveredFrom: Micros
  /** What could not be read of it, in words. */
  readonly problem?: string
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
  /** How wide to look next. */
  readonly width: number
  readonly calls: number
  readonly problem?: string
}

/** Narrower stretches are not asked for: backends tell milliseconds apart at best. */
const SHORTEST_WIDTH = 1_000
const STEP = 4
/** How much wider to look next where so few were found that as many times as many would still be bearable. */
const GROWTHS = [64, 16, STEP] as const

const growthOf = (found: number, depth: number): number =>
  GROWTHS.find((growth) => found * growth <= depth) ?? 1

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
    const reply = await read({ from: micros(start), to: micros(edge), limit })
    if (reply.coveredFrom < edge) {
      const whole = reply.coveredFrom <= start
      // Where a wider stretch was cut off just now, what filled it lies ahead.
      const growth = whole && calls === 1 ? growthOf(reply.rows.length, limits.depth) : 1
      return {
        rows: reply.rows,
        edge: Math.max(start, reply.coveredFrom),
        width: Math.min(limits.longestWidth, width * growth),
        calls,
        ...(reply.problem !== undefined && { problem: reply.problem }),
      }
    }
    const shortest = edge - start <= SHORTEST_WIDTH
    if (shortest && limit >= limits.mostDepth) {
      const when = new Date(start / 1000).toISOString()
      const problem = `more than ${limit} traces began within a millisecond at ${when}: not all of them are shown`
      return { rows: reply.rows, edge: start, width, calls, problem }
    }
    if (shortest) limit = Math.min(limits.mostDepth, limit * STEP)
    else width = Math.max(SHORTEST_WIDTH, Math.ceil((edge - start) / STEP))
    if (calls >= callsLeft && !shortest) return { rows: reply.rows, edge, width, calls }
  }
}

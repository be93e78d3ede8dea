import type { TraceSummary } from '../../../domain/model/trace.ts'
import type { Gap } from '../../../domain/port/trace-source.ts'

/** A gap among the rows: it stands before the trace of this index, behind what was given of its stretch. */
export interface GapMark {
  readonly before: number
  readonly gap: Gap
}

/** Where gaps stand among rows that come newest first, each once, in the order of the rows. */
export function gapMarks(
  traces: readonly Pick<TraceSummary, 'startTime'>[],
  gaps: readonly Gap[],
): readonly GapMark[] {
  const once = new Map(gaps.map((gap) => [`${gap.from} ${gap.to}`, gap]))
  return [...once.values()]
    .map((gap) => {
      const at = traces.findIndex(({ startTime }) => startTime < gap.from)
      return { before: at < 0 ? traces.length : at, gap }
    })
    .sort((a, b) => a.before - b.before || b.gap.from - a.gap.from)
}

/** The place of a trace among rows and marks. */
export const placeOf = (marks: readonly GapMark[], index: number): number =>
  index + marks.filter(({ before }) => before <= index).length

/** What stands at a place: a gap, or the trace of an index. */
export function entryAt(marks: readonly GapMark[], place: number): GapMark | number {
  for (const [passed, mark] of marks.entries()) {
    const at = mark.before + passed
    if (place === at) return mark
    if (place < at) return place - passed
  }
  return place - marks.length
}

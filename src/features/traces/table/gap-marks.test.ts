import { describe, expect, it } from 'vitest'
import { micros } from '../../../domain/model/units.ts'
import type { Gap } from '../../../domain/port/trace-source.ts'
import { entryAt, gapMarks, placeOf } from './gap-marks.ts'

const rows = [900, 800, 500, 500, 200].map((start) => ({ startTime: micros(start) }))
const gap = (from: number, to: number): Gap => ({ from: micros(from), to: micros(to), fact: `${from}` })

/** Rows and marks as they are drawn from top to bottom. */
const drawn = (gaps: readonly Gap[], traces = rows) => {
  const marks = gapMarks(traces, gaps)
  return Array.from({ length: traces.length + marks.length }, (_, place) => {
    const entry = entryAt(marks, place)
    return typeof entry === 'number' ? entry : entry.gap.fact
  })
}

describe('the mark of a gap', () => {
  it('stands behind what was given of its stretch, before what is older', () => {
    expect(drawn([gap(500, 501)])).toEqual([0, 1, 2, 3, '500', 4])
    expect(drawn([gap(600, 700)])).toEqual([0, 1, '600', 2, 3, 4])
  })

  it('stands at either end where nothing is newer or older', () => {
    expect(drawn([gap(1000, 1001)])).toEqual(['1000', 0, 1, 2, 3, 4])
    expect(drawn([gap(100, 101)])).toEqual([0, 1, 2, 3, 4, '100'])
    expect(drawn([gap(100, 101)], [])).toEqual(['100'])
  })

  it('comes once though pages repeat it, and several keep their order', () => {
    expect(drawn([gap(500, 501), gap(500, 501)])).toEqual([0, 1, 2, 3, '500', 4])
    expect(drawn([gap(600, 601), gap(700, 701), gap(100, 101)])).toEqual([0, 1, '700', '600', 2, 3, 4, '100'])
    expect(drawn([])).toEqual([0, 1, 2, 3, 4])
  })

  it('leaves each trace where it can be scrolled to', () => {
    const marks = gapMarks(rows, [gap(500, 501), gap(1000, 1001), gap(100, 101)])
    for (const index of rows.keys()) expect(entryAt(marks, placeOf(marks, index))).toBe(index)
  })
})

import { describe, expect, it } from 'vitest'
import type { TraceSummary } from '../../../domain/model/trace.ts'
import { traceId } from '../../../domain/model/units.ts'
import { placeIn } from './session-neighbours.ts'

const turns = ['a', 'b', 'c'].map((id) => ({ traceId: traceId(id) }) as TraceSummary)
const ids = (place: ReturnType<typeof placeIn>) =>
  place && [place.position, place.total, place.previous?.traceId, place.next?.traceId]

describe('the place of a turn in its session', () => {
  it('follows the order of time, whichever way the list runs', () => {
    expect(ids(placeIn(turns, traceId('b'), true, true))).toEqual([2, 3, 'a', 'c'])
    expect(ids(placeIn(turns, traceId('c'), false, true))).toEqual([1, 3, undefined, 'b'])
    expect(ids(placeIn(turns, traceId('a'), false, true))).toEqual([3, 3, 'b', undefined])
  })
  it('claims no number that it does not know', () => {
    expect(ids(placeIn(turns, traceId('b'), true, false))).toEqual([2, undefined, 'a', 'c'])
    expect(ids(placeIn(turns, traceId('b'), false, false))).toEqual([undefined, undefined, 'c', 'a'])
  })
  it('is unknown for a turn that is not there', () => {
    expect(placeIn(turns, traceId('x'), true, true)).toBeUndefined()
  })
})

import { describe, expect, it } from 'vitest'
import { micros } from '../domain/model/units.ts'
import type { Bounds } from '../domain/port/trace-source.ts'
import { answerOf, boundsHeaders, flatAnswer, readBounds } from './answers.ts'

const BOUNDS: Bounds = {
  scanned: { traces: 40, from: micros(1), to: micros(2), complete: false },
  problems: ['there are more: “ü” 😀\n'],
}

describe('answers on the wire', () => {
  it('are one object with their bounds', () => {
    const answer = { value: { count: 3, complete: false }, ...BOUNDS }
    expect(flatAnswer(answer)).toEqual({ count: 3, complete: false, ...BOUNDS })
    expect(answerOf(flatAnswer(answer))).toEqual(answer)
    expect(answerOf(flatAnswer({ value: { count: 3 } }))).toEqual({ value: { count: 3 } })
  })

  it('carry bounds in headers, whatever their texts', () => {
    const headers = new Headers(boundsHeaders(BOUNDS))
    expect(readBounds((name) => headers.get(name))).toEqual(BOUNDS)
    expect(boundsHeaders({})).toEqual({})
  })

  it('keep headers small', () => {
    const problems = Array.from({ length: 50 }, () => 'x'.repeat(5000))
    expect(JSON.stringify(boundsHeaders({ problems })).length).toBeLessThan(2_000)
  })

  it.each(['{', '[]', '{"traces":"many"}'])('read %s as no bounds', (text) => {
    expect(readBounds((name) => (name === 'Turnscope-Scanned' ? text : null))).toEqual({})
  })
})

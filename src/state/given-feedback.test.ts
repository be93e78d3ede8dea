import { describe, expect, it } from 'vitest'
import { micros, traceId } from '../domain/model/units.ts'
import { givenBy } from './given-feedback.ts'

const given = (reader: string, trace: string, name = 'thumbs') =>
  givenBy(reader, traceId(trace), { name, value: 'up' }, micros(5))

describe('feedback of a reader', () => {
  it('says what was said, of which turn, and when', () => {
    expect(given('a', 't')).toEqual({ id: 'a.thumbs.t', traceId: 't', name: 'thumbs', value: 'up', time: 5 })
  })
  it('has an id of its own for each reader, turn and name', () => {
    const ids = [given('a', 't'), given('b', 't'), given('a', 'u'), given('a', 't', 'comment')]
    expect(new Set(ids.map(({ id }) => id)).size).toBe(4)
    expect(given('a', 't').id).toBe(given('a', 't').id)
  })
  it('keeps every comment beside the rating', () => {
    const said = (now: number) =>
      givenBy('a', traceId('t'), { name: 'comment', comment: 'x' }, micros(now)).id
    expect(new Set([said(5), said(6), given('a', 't').id]).size).toBe(3)
  })
  it.each([1, 176, 177, 200])('has an id that is taken, of a turn with an id of %s characters', (length) => {
    const { id } = given('0123456789abcdef', 'x'.repeat(length))
    expect(id.length).toBeLessThanOrEqual(200)
    expect(id.endsWith('x')).toBe(true)
  })
})

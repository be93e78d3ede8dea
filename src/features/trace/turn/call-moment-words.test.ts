import { describe, expect, it } from 'vitest'
import { micros, spanId } from '../../../domain/model/units.ts'
import type { CallMoment } from '../../../semantics/trace/call-moments.ts'
import { inOrderOfTime, momentDetail, momentName } from './call-moment-words.ts'

const moment = (time: number, more: Partial<CallMoment> = {}): CallMoment => ({
  kind: 'barge-in',
  time: micros(time),
  spanId: spanId('s'),
  ...more,
})

describe('moments of a call in words', () => {
  it('say what became of them where that is known', () => {
    expect(momentName(moment(1))).toBe('Barge-in')
    expect(momentName(moment(1, { outcome: 'ignored' }))).toBe('Barge-in ignored')
    expect(momentName(moment(1, { kind: 'hang-up' }))).toBe('Hang-up asked for')
  })
  it('tell what was said and why', () => {
    expect(momentDetail(moment(1, { text: 'Yes', reason: 'not_backchannel' }))).toBe('“Yes”, not backchannel')
    expect(momentDetail(moment(1))).toBe('')
  })
  it('stand among the turns, before the turn that they opened', () => {
    const order = inOrderOfTime([{ startTime: 10 }, { startTime: 30 }], [moment(30), moment(15), moment(40)])
    expect(order.map((one) => ('turn' in one ? `turn ${one.turn.startTime}` : one.moment.time))).toEqual([
      'turn 10',
      15,
      30,
      'turn 30',
      40,
    ])
  })
})

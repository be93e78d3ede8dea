import { describe, expect, it } from 'vitest'
import type { AggregateRequest } from '../../../domain/aggregate/aggregate-request.ts'
import { micros } from '../../../domain/model/units.ts'
import { EVERYTHING } from '../../../domain/query/trace-query.ts'
import type { Run } from '../engine/connections.ts'
import { aggregateTraces } from './aggregate.ts'

/** A store of which so many traces have no columns of spans yet. */
const behindBy =
  (traces: number): Run =>
  async ({ text }) =>
    text.includes('FROM untyped') ? [{ n: traces }] : [{ k0: 'm', value: 2, n: 2 }]

const asked = (traces: number, request: Partial<AggregateRequest>) =>
  aggregateTraces(behindBy(traces), EVERYTHING, { measure: 'count', by: [], top: 20, ...request }, micros(0))

describe('an aggregate of the store', () => {
  it('over spans says how many traces it does not know yet', async () => {
    for (const [traces, words] of [
      [1, '1 trace of this time is not counted yet'],
      [1_200, '1,200 traces of this time are not counted yet'],
    ] as const) {
      const reply = await asked(traces, { by: ['model'] })
      expect(reply.value.complete).toBe(false)
      expect(reply.problems?.join()).toContain(words)
    }
  })

  it('says nothing of the kind where all are there, or no span is asked for', async () => {
    for (const reply of [await asked(0, { by: ['model'] }), await asked(5, { by: ['flow'] })]) {
      expect(reply.value.complete).toBe(true)
      expect(reply.problems).toBeUndefined()
    }
  })
})

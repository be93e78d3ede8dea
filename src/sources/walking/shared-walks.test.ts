import { describe, expect, it } from 'vitest'
import type { TraceSummary } from '../../domain/model/trace.ts'
import { durationMicros, micros, traceId } from '../../domain/model/units.ts'
import type { TraceSource } from '../../domain/port/trace-source.ts'
import { EVERYTHING } from '../../domain/query/trace-query.ts'
import { SharedWalks } from './shared-walks.ts'

const never = new AbortController().signal
const BUDGET = { traces: 20_000, pages: 100, ms: 60_000 }

/** Lists so many traces for every question, and notes which were asked. */
function listing(count: number) {
  const asked: string[] = []
  const rows = Array.from(
    { length: count },
    (_, at): TraceSummary => ({
      traceId: traceId(`t${at}`),
      startTime: micros(at),
      duration: durationMicros(1),
      status: 'ok',
      kind: 'turn',
      chatbot: { id: 'bot', name: 'Bot' },
      metrics: {},
      tags: [],
      feedback: [],
      services: [],
    }),
  )
  const listTraces: TraceSource['listTraces'] = async (query, { limit, cursor }) => {
    if (cursor === undefined) asked.push(query.text ?? '')
    const at = Number(cursor ?? 0)
    const items = rows.slice(at, at + limit)
    return at + limit < count ? { items, nextCursor: String(at + limit) } : { items }
  }
  return { walks: new SharedWalks({ listTraces }, 600_000), asked }
}
const about = (text: string) => ({ ...EVERYTHING, text })

describe('walks that are shared', () => {
  it('hold the newest of many questions', async () => {
    const { walks, asked } = listing(1)
    for (let at = 0; at < 17; at++) await walks.walk(about(`q${at}`), BUDGET, never)
    await walks.walk(about('q16'), BUDGET, never)
    await walks.walk(about('q1'), BUDGET, never)
    expect(asked).toHaveLength(17)
    await walks.walk(about('q0'), BUDGET, never)
    expect(asked).toHaveLength(18)
  })

  it('hold so many traces and no more, whatever the number of questions', async () => {
    const { walks, asked } = listing(10_000)
    for (const text of ['a', 'b', 'b', 'a']) await walks.walk(about(text), BUDGET, never)
    expect(asked).toEqual(['a', 'b'])
    for (const text of ['c', 'b', 'a']) await walks.walk(about(text), BUDGET, never)
    expect(asked).toEqual(['a', 'b', 'c', 'a'])
  })

  it('tell questions and budgets apart, but not orders', async () => {
    const { walks, asked } = listing(3)
    await walks.walk(about('a'), BUDGET, never)
    await walks.walk({ ...about('a'), sort: { field: 'cost', descending: false } }, BUDGET, never)
    expect(asked).toHaveLength(1)
    const few = await walks.walk(about('a'), { ...BUDGET, traces: 2 }, never)
    expect([asked.length, few.summaries.length, few.stopped?.by]).toEqual([2, 2, 'traces'])
  })
})

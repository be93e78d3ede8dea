import { describe, expect, it } from 'vitest'
import type { TraceRow, TraceSummary } from '../model/trace.ts'
import { NO_FACETS } from '../model/trace.ts'
import { type DurationMicros, durationMicros, micros, traceId } from '../model/units.ts'
import { EVERYTHING } from '../query/trace-query.ts'
import type { AggregateRequest } from './aggregate-request.ts'
import type { AggregatedSpan, AggregatedTurn } from './aggregated-turn.ts'
import { evaluateAggregate } from './evaluate-aggregate.ts'

let made = 0
const span = (given: Partial<AggregatedSpan>): AggregatedSpan => ({
  name: 'step',
  kind: 'chain',
  service: 'bot',
  duration: durationMicros(10),
  selfTime: durationMicros(10),
  failed: false,
  part: 'engine',
  withinTool: null,
  call: null,
  attributes: () => [],
  ...given,
})
const turn = (
  given: Partial<Omit<TraceSummary, 'duration'>> & { readonly duration?: number; readonly flows?: string[] },
  spans: readonly AggregatedSpan[] = [],
): AggregatedTurn => {
  const { flows = [], duration = 0, ...rest } = given
  const summary: TraceSummary = {
    traceId: traceId(`t${made++}`),
    startTime: micros(0),
    duration: durationMicros(duration),
    status: 'ok',
    kind: 'turn',
    chatbot: { id: 'a', name: 'A' },
    metrics: {},
    tags: [],
    feedback: [],
    services: [],
    ...rest,
  }
  const row: TraceRow = { summary, facets: { ...NO_FACETS, flows } }
  return { row, spans }
}
const ask = (turns: readonly AggregatedTurn[], request: Partial<AggregateRequest>, query = EVERYTHING) =>
  evaluateAggregate(turns, query, { measure: 'count', by: [], top: 20, ...request })

describe('aggregates', () => {
  const durations = [100, 200, 300, 1_000].map((duration) => turn({ duration }))

  it.each([
    ['sum', 1_600],
    ['mean', 400],
    ['p50', 250],
    ['p95', 895],
    ['p99', 979],
  ] as const)('%s of durations', (measure, value) => {
    const [row] = ask(durations, { measure, of: 'duration' }).rows
    expect(row).toMatchObject({ key: [], count: 4 })
    expect(row?.value).toBeCloseTo(value, 9)
  })

  it('stand on nothing where nothing was found, and say no zero', () => {
    for (const measure of ['count', 'errors', 'errorRate'] as const)
      expect(ask([], { measure }).rows).toEqual([{ key: [], value: null, count: 0 }])
    expect(ask([], { measure: 'sum', of: 'cost' }).rows).toEqual([{ key: [], value: null, count: 0 }])
    expect(ask([], { by: ['flow'] }).rows).toEqual([])
    expect(ask([], { over: durationMicros(60e6) }).rows).toEqual([])
    expect(ask(durations, { measure: 'sum', of: 'cost' }).rows[0]?.value).toBeNull()
  })

  it('count a turn under way, but neither its duration nor in the rate of failures', () => {
    const turns = [
      turn({ duration: 5 }),
      turn({ status: 'error', duration: 7 }),
      turn({ status: 'pending', duration: 99 }),
    ]
    expect(ask(turns, {}).rows[0]).toMatchObject({ value: 3, count: 3 })
    expect(ask(turns, { measure: 'errors' }).rows[0]).toMatchObject({ value: 1, count: 3 })
    expect(ask(turns, { measure: 'errorRate' }).rows[0]).toMatchObject({ value: 0.5, count: 2 })
    expect(ask(turns, { measure: 'sum', of: 'duration' }).rows[0]).toMatchObject({ value: 12, count: 2 })
  })

  it('count a turn in each of its flows, and those without one apart', () => {
    const turns = [turn({ flows: ['pay', 'ask'] }), turn({ flows: ['pay'] }), turn({})]
    expect(ask(turns, { by: ['flow'] }).rows).toEqual([
      { key: ['pay'], value: 2, count: 2 },
      { key: ['ask'], value: 1, count: 1 },
      { key: [null], value: 1, count: 1 },
    ])
  })

  it('leave out spans that a dimension does not apply to', () => {
    const spans = [span({ model: 'm', call: 'llm' }), span({}), span({ model: 'm', failed: true })]
    expect(ask([turn({}, spans)], { by: ['model'] }).rows).toEqual([{ key: ['m'], value: 2, count: 2 }])
    expect(ask([turn({}, spans)], { by: ['model', 'call'] }).rows).toEqual([
      { key: ['m', 'llm'], value: 1, count: 1 },
    ])
    expect(ask([turn({}, spans)], { measure: 'errors', by: ['model'] }).rows[0]).toMatchObject({
      value: 1,
      count: 2,
    })
    expect(ask([turn({}, spans)], { measure: 'sum', of: 'selfTime', by: ['chatbot'] }).rows[0]).toMatchObject(
      { value: 30, count: 3 },
    )
  })

  it('take no time of a span that is running', () => {
    const running = span({ duration: null as DurationMicros | null, selfTime: null })
    expect(
      ask([turn({}, [running, span({})])], { measure: 'mean', of: 'spanDuration', by: ['spanName'] }).rows,
    ).toEqual([{ key: ['step'], value: 10, count: 1 }])
  })

  it('choose spans by what chooses turns', () => {
    const spans = [span({ name: 'a', model: 'x' }), span({ name: 'b', model: 'y' }), span({ name: 'c' })]
    const where = (operator: 'is' | 'not' | 'all', ...values: string[]) => ({
      ...EVERYTHING,
      conditions: [{ field: 'model' as const, operator, values }],
    })
    const names = (query: typeof EVERYTHING) =>
      ask([turn({}, spans)], { by: ['spanName'] }, query).rows.map(({ key }) => key[0])
    expect(names(where('is', 'x'))).toEqual(['a'])
    expect(names(where('all', 'x', 'y'))).toEqual(['a', 'b'])
    expect(names(where('not', 'x'))).toEqual(['b', 'c'])
  })

  it('are split by each value of an attribute', () => {
    const spans = [span({ attributes: (key) => (key === 'x' ? [['a', 2], 'a', true] : []) }), span({})]
    expect(ask([turn({}, spans)], { by: ['attr.x'] }).rows.map(({ key }) => key[0])).toEqual([
      '2',
      'a',
      'true',
    ])
  })

  it('lie in buckets from the epoch, the earliest first, empty ones left out', () => {
    const turns = [3, 59, 60, 185].map((second) => turn({ startTime: micros(second * 1e6) }))
    expect(ask(turns, { over: durationMicros(60e6) }).rows).toEqual([
      { key: [], at: 0, value: 2, count: 2 },
      { key: [], at: 60e6, value: 1, count: 1 },
      { key: [], at: 180e6, value: 1, count: 1 },
    ])
  })

  it('bound the keys and never the buckets, and give the rest as one', () => {
    const turns = ['a', 'a', 'b', 'c', 'a'].map((tag, at) =>
      turn({ tags: [tag], startTime: micros(at * 60e6) }),
    )
    expect(ask(turns, { by: ['tag'], top: 1 })).toEqual({
      rows: [{ key: ['a'], value: 3, count: 3 }],
      others: { value: 2, count: 2 },
    })
    const over = ask(turns, { by: ['tag'], top: 1, over: durationMicros(60e6) })
    expect(over.rows.map(({ at }) => at)).toEqual([0, 60e6, 240e6])
    expect(over.others).toEqual({ value: 2, count: 2 })
    expect(ask(turns, { by: ['tag'], top: 3 }).others).toBeUndefined()
  })

  it('are refused beyond 5,000 rows', () => {
    const turns = Array.from({ length: 5_001 }, (_, at) => turn({ startTime: micros(at * 60e6) }))
    expect(ask(turns.slice(1), { over: durationMicros(60e6) }).rows).toHaveLength(5_000)
    expect(() => ask(turns, { over: durationMicros(60e6) })).toThrow('over: more than 5000 rows')
  })
})

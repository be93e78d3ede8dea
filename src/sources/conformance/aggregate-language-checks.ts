import { beforeAll, describe, expect, it } from 'vitest'
import {
  type AggregatedValue,
  type AggregateReply,
  type AggregateRequest,
  type Dimension,
  isSpanValue,
  isTurnDimension,
  MEASURES,
  type Measure,
  SPAN_DIMENSIONS,
  TURN_DIMENSIONS,
  VALUES,
} from '../../domain/aggregate/aggregate-request.ts'
import { durationMicros } from '../../domain/model/units.ts'
import type { FilterField, TraceQuery } from '../../domain/query/trace-query.ts'
import { type AnsweringSource, deriveMissing } from '../derived.ts'
import { spansOfHeld } from '../sample/held-rows.ts'
import { type Cell, cellsOf, type Expected, measuredCell, type Turn } from './expected-aggregates.ts'
import { ALL, expectedRows, never, type Subject, where } from './harness.ts'
import { lossOf } from './losses.ts'

const ATTRIBUTE: Dimension = 'attr.gen_ai.request.model'
const PAIRS: readonly (readonly Dimension[])[] = [
  ['tag', 'service'],
  ['flow', 'tag'],
  ['chatbot', 'model'],
  ['tag', 'spanKind'],
  ['model', 'call'],
  ['withinTool', 'part'],
]
/** Numbers of turns that not every source keeps in columns. */
const WALKED: ReadonlySet<AggregatedValue> = new Set(['cachedTokens', 'reasoningTokens'])
const OVER: readonly (readonly Dimension[])[] = [[], ['chatbot'], ['tag'], ['model'], ['part']]

const closeTo = (value: number | null, wanted: number | null): boolean =>
  value === null || wanted === null
    ? value === wanted
    : Math.abs(value - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted))

/** Rows whose order equal values leave open are compared by their keys. */
const inOrder = (rows: readonly Expected[]) =>
  new Map(rows.map((row) => [JSON.stringify([row.key, row.at ?? 0]), row]))

function expectRows(reply: AggregateReply, cells: readonly Cell[], measure: Measure, over: boolean): void {
  const wanted = inOrder(
    cells.map((cell) => ({ key: cell.key, ...(over && { at: cell.at }), ...measuredCell(measure, cell) })),
  )
  const found = inOrder(reply.rows)
  expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort())
  for (const [name, { value, count }] of wanted) {
    const row = found.get(name)
    expect({ name, count: row?.count }).toEqual({ name, count })
    if (!closeTo(row?.value ?? null, value)) expect({ name, value: row?.value }).toEqual({ name, value })
  }
  const places = reply.rows.map(({ at = 0, value }) => [at, value ?? Number.NEGATIVE_INFINITY] as const)
  for (const [index, [at, value]] of places.entries()) {
    const [before, larger] = places[index - 1] ?? [at, value]
    expect(before < at || (before === at && larger >= value)).toBe(true)
  }
}

/** What a measure may be of where the spans are split so; undefined = of what is counted. */
const valuesFor = (by: readonly Dimension[]): readonly AggregatedValue[] =>
  by.every(isTurnDimension) ? VALUES : VALUES.filter(isSpanValue)

const COUNTING: readonly Measure[] = ['count', 'errors', 'errorRate']
const OF_NUMBERS: readonly Measure[] = ['sum', 'mean', 'p50', 'p95', 'p99']

/** Dimensions by which the sum of every number is asked for; by the others it is one number's. */
const ALL_NUMBERS: ReadonlySet<string> = new Set(['', 'chatbot', 'flow', 'model', 'model,call', 'part'])

export function aggregateLanguageChecks(subject: Subject): void {
  let source: AnsweringSource
  beforeAll(() => {
    source = deriveMissing(subject.source, { traces: 10_000, pages: 1_000, ms: 120_000 })
  })
  /** Few enough for any walk. */
  const newest = (): TraceQuery => {
    const from = expectedRows(subject, ALL)[100]?.summary.startTime
    return from === undefined ? ALL : { ...ALL, from }
  }
  const turnsOf = (query: TraceQuery): readonly Turn[] => {
    const held = new Map(subject.traces.map((one) => [one.traceId as string, one]))
    return expectedRows(subject, query).map((row) => {
      const trace = held.get(row.summary.traceId)
      return { row, spans: trace ? spansOfHeld(trace) : [] }
    })
  }
  const ask = async (query: TraceQuery, request: Partial<AggregateRequest>): Promise<AggregateReply> => {
    const asked = { measure: 'count', by: [], top: 1_000, ...request } as const
    return (await source.aggregate(query, asked, never())).value
  }
  const lost = (by: readonly Dimension[]): string | undefined => {
    for (const name of by) {
      const loss = isTurnDimension(name) ? lossOf(name as FilterField, subject.harness.losses) : undefined
      if (loss !== undefined) return loss
    }
    return undefined
  }

  describe('aggregates by', () => {
    const single = [...TURN_DIMENSIONS, ...SPAN_DIMENSIONS, ATTRIBUTE].map((name) => [name])
    it.for([[], ...single, ...PAIRS].map((by) => [by.join(' and ') || 'nothing', by] as const))(
      '%s are those of an independent computation, of every number',
      async ([, by], context) => {
        const loss = lost(by)
        if (loss !== undefined) return context.skip(loss)
        // What only a walk answers, in the native sources too, is asked of the newest: a walk is bounded.
        const attribute = by.some((name) => name === ATTRIBUTE)
        const check = async (measure: Measure, of?: AggregatedValue) => {
          const query = attribute || (of !== undefined && WALKED.has(of)) ? newest() : ALL
          const reply = await ask(query, { measure, by, ...(of && { of }) })
          expect(reply.complete).toBe(true)
          expectRows(reply, cellsOf(turnsOf(query), { by, ...(of && { of }) }), measure, false)
        }
        for (const measure of COUNTING) await check(measure)
        const [first, ...others] = valuesFor(by)
        for (const measure of OF_NUMBERS) await check(measure, first)
        if (ALL_NUMBERS.has(by.join(','))) for (const of of others) await check('sum', of)
      },
    )
  })

  it.each(OVER.map((by) => [by.join(' and ') || 'nothing', by] as const))(
    'lie in buckets over time, by %s',
    async (_, by) => {
      const turns = turnsOf(ALL)
      for (const over of [durationMicros(3_600e6), durationMicros(86_400e6)]) {
        expectRows(await ask(ALL, { by, over }), cellsOf(turns, { by, over }), 'count', true)
        const of = by.every(isTurnDimension) ? 'duration' : 'spanDuration'
        const cells = cellsOf(turns, { by, of, over })
        expectRows(await ask(ALL, { measure: 'p95', of, by, over }), cells, 'p95', true)
      }
    },
  )

  it.each(['tag', 'spanName'] as const)('beyond the largest of %s are given as one', async (name) => {
    const turns = turnsOf(ALL)
    const of: AggregatedValue = name === 'tag' ? 'duration' : 'selfTime'
    for (const measure of MEASURES) {
      const counting = measure === 'count' || measure === 'errors' || measure === 'errorRate'
      const cells = cellsOf(turns, { by: [name], ...(!counting && ({ of } as const)) })
      const { rows, others } = await ask(ALL, { measure, by: [name], top: 2, ...(!counting && { of }) })
      expect(rows).toHaveLength(Math.min(2, cells.length))
      const kept = new Set(rows.map(({ key }) => JSON.stringify(key)))
      const rest: Cell = { key: [], at: 0, all: 0, failed: 0, settled: 0, numbers: [] }
      for (const cell of cells) {
        if (kept.has(JSON.stringify(cell.key))) continue
        rest.all += cell.all
        rest.failed += cell.failed
        rest.settled += cell.settled
        rest.numbers.push(...cell.numbers)
      }
      if (cells.length <= 2) expect(others).toBeUndefined()
      else {
        const wanted = measuredCell(measure, rest)
        expect(others?.count).toBe(wanted.count)
        expect(closeTo(others?.value ?? null, wanted.value)).toBe(true)
      }
    }
  })

  it('keep to the query, and choose spans by names, models and tools', async () => {
    const failed = where({ field: 'status', operator: 'is', values: ['error'] })
    expectRows(
      await ask(failed, { by: ['chatbot'] }),
      cellsOf(turnsOf(failed), { by: ['chatbot'] }),
      'count',
      false,
    )
    const byModel = cellsOf(turnsOf(ALL), { by: ['model'] })
    const [model = ''] = byModel.map(({ key }) => key[0] ?? '')
    for (const operator of ['is', 'not'] as const) {
      const chosen = where({ field: 'model', operator, values: [model] })
      const turns = turnsOf(chosen).map(({ row, spans }) => ({
        row,
        spans: spans.filter((span) => (span.model === model) === (operator === 'is')),
      }))
      expectRows(
        await ask(chosen, { by: ['spanName'] }),
        cellsOf(turns, { by: ['spanName'] }),
        'count',
        false,
      )
    }
    const none = where({ field: 'tag', operator: 'is', values: ['no such tag'] })
    expect((await ask(none, { by: ['model'] })).rows).toEqual([])
    expect((await ask(none, { measure: 'sum', of: 'cost' })).rows).toEqual([
      { key: [], value: null, count: 0 },
    ])
  })
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Span } from '../../../domain/model/span.ts'
import type { Feedback, Metrics, TraceRow, TraceSummary } from '../../../domain/model/trace.ts'
import { durationMicros, micros, spanId, traceId } from '../../../domain/model/units.ts'
import { compileQuery } from '../../../domain/query/match.ts'
import { compareRows } from '../../../domain/query/order.ts'
import { OPERATORS } from '../../../domain/query/query-params.ts'
import {
  FILTER_FIELDS,
  type FilterCondition,
  type FilterField,
  SORT_FIELDS,
  type TraceQuery,
} from '../../../domain/query/trace-query.ts'
import { isPending } from '../../../semantics/reading.ts'
import type { Reader } from '../columns/reader.ts'
import { openStore, type Store } from '../store.ts'
import { plainReader } from '../testing/plain-reader.ts'

const NOW = micros(1_760_000_000_000_000)
const ROWS = 400
const signal = new AbortController().signal

/** Few texts, so that values meet; with case, separators, quotes, signs of patterns and of other scripts. */
const TEXTS = [
  'a',
  'A',
  'ab',
  'B%_',
  "it's",
  'İstanbul',
  'ΣΑΣ',
  'שלום',
  '😀',
  ' ',
  'a.b',
  'a.b.c',
  'a[0].b',
  'a\u001fb',
]
const text = fc.constantFrom(...TEXTS)
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 3 })
const texts = fc.uniqueArray(text, { maxLength: 3 })
const number = fc.constantFrom(0, 1, 2, 3.5, 318.2, 1e6)
const measured = fc.option(number, { freq: 3 })

/** Leaves out what is undefined, as the types ask for. */
const sparse = (values: object) =>
  Object.fromEntries(Object.entries(values).filter(([, v]) => v !== undefined))

const feedback = fc
  .record({ name: text, value: maybe(fc.oneof(text, number, fc.boolean())) })
  .map((one) => sparse(one) as unknown as Feedback)

interface Planned {
  readonly row: TraceRow
  readonly rootSeen: boolean
}

const planned: fc.Arbitrary<Omit<Planned, 'id'>> = fc
  .record({
    startTime: fc.integer({ min: 0, max: 20 }),
    duration: fc.constantFrom(0, 1_000, 318_200, 3_500, 2_000_000),
    status: fc.constantFrom('ok' as const, 'error' as const),
    kind: fc.constantFrom('turn', 'call', 'other', 'training', 'housekeeping'),
    chatbot: fc.record({ id: text, name: text, version: maybe(text) }).map(sparse),
    session: maybe(text.map((id) => ({ id }))),
    participant: maybe(fc.record({ id: text, name: maybe(text) }).map(sparse)),
    input: maybe(text),
    output: maybe(text),
    error: maybe(text),
    metrics: fc
      .record({
        totalTokens: maybe(measured),
        cost: maybe(measured),
        llmTurns: maybe(measured),
        toolCalls: maybe(measured),
      })
      .map((metrics) => sparse(metrics) as Metrics),
    tags: texts,
    environment: maybe(text),
    feedback: fc.array(feedback, { maxLength: 2 }),
    services: texts,
    channel: maybe(text),
    errorCount: maybe(fc.constantFrom(0, 1)),
    recovered: maybe(fc.constantFrom(1, 2)),
    facets: fc.record({ models: texts, tools: texts, flows: texts, spanNames: texts, changed: texts }),
    rootSeen: fc.boolean(),
  })
  .map(({ facets, rootSeen, startTime, ...summary }) => ({
    row: {
      summary: {
        ...sparse(summary),
        startTime: micros(NOW + startTime * 1_000_000),
      } as unknown as TraceSummary,
      facets,
    },
    rootSeen,
  }))

const rows: Planned[] = fc.sample(planned, { numRuns: ROWS, seed: 42 }).map(({ row, rootSeen }, index) => ({
  row: { ...row, summary: { ...row.summary, traceId: traceId(`${index % 2 ? 'T' : 't'}${index}`) } },
  rootSeen,
}))

/** Gives each trace the planned row, whatever its span says. */
const planning: Reader = {
  ...plainReader,
  summarise: (readings, context) => {
    const { row, rootSeen } = rows[Number(context.traceId.slice(1))] as Planned
    return {
      ...plainReader.summarise(readings, context),
      ...row,
      rootSeen,
      input: row.summary.input ?? '',
      output: row.summary.output ?? '',
    }
  },
}

const spanOf = ({ row: { summary } }: Planned): Span => ({
  traceId: summary.traceId,
  spanId: spanId('1'),
  parentId: null,
  name: 'turn',
  otelKind: 'internal',
  startTime: summary.startTime,
  duration: durationMicros(1),
  status: { code: 'unset' },
  attributes: {},
  events: [],
  links: [],
  resource: {},
  scope: { name: 'test' },
})

const condition: fc.Arbitrary<FilterCondition> = fc
  .constantFrom(...(Object.keys(FILTER_FIELDS) as FilterField[]))
  .chain((field) => {
    const type = FILTER_FIELDS[field]
    const value = {
      text: field === 'traceId' ? fc.constantFrom('T1', 't2', 't', '1', 'zzz') : text,
      list: text,
      number: number.map(String),
      choice:
        field === 'kind'
          ? fc.constantFrom('turn', 'call', 'training', 'any')
          : fc.constantFrom('ok', 'error', 'pending'),
    }[type]
    return fc.record({
      field: fc.constant(field),
      operator: fc.constantFrom(...OPERATORS[type]),
      values: fc.uniqueArray(value, { minLength: 1, maxLength: 3 }),
    })
  })
  .map((one) =>
    one.operator === 'min' || one.operator === 'max' ? { ...one, values: one.values.slice(0, 1) } : one,
  )

const query: fc.Arbitrary<TraceQuery> = fc
  .record({
    conditions: fc.array(condition, { minLength: 1, maxLength: 3 }),
    text: maybe(fc.oneof(text, fc.constant('b'))),
    from: maybe(fc.integer({ min: 0, max: 20 }).map((s) => micros(NOW + s * 1_000_000))),
    to: maybe(fc.integer({ min: 0, max: 20 }).map((s) => micros(NOW + s * 1_000_000))),
    sort: fc.record({ field: fc.constantFrom(...SORT_FIELDS), descending: fc.boolean() }),
  })
  .map((one) => sparse(one) as unknown as TraceQuery)

describe('a query to the store', () => {
  let directory: string
  let store: Store
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'turnscope-filters-'))
    store = await openStore({ directory, reader: planning, now: () => NOW })
    await store.addSpans(rows.map(spanOf))
  })
  afterAll(async () => {
    await store.close()
    await rm(directory, { recursive: true, force: true })
  })

  const expected = (asked: TraceQuery) => {
    const matches = compileQuery(asked, NOW)
    return rows
      .map(({ row, rootSeen }) =>
        isPending(rootSeen, NOW, NOW)
          ? { ...row, summary: { ...row.summary, status: 'pending' as const } }
          : row,
      )
      .filter(matches)
      .map(({ summary }) => summary)
      .sort(compareRows(asked.sort))
  }

  it('gives the rows, the order and the count that matching each row gives', async () => {
    await fc.assert(
      fc.asyncProperty(query, async (asked) => {
        const wanted = expected(asked)
        const { items } = await store.source.listTraces(asked, { limit: 1_000 }, signal)
        expect(items.map(({ traceId }) => traceId)).toEqual(wanted.map(({ traceId }) => traceId))
        expect(items).toEqual(wanted)
        expect(await store.source.count?.(asked, signal)).toEqual({
          value: { count: wanted.length, complete: true },
        })
      }),
      { numRuns: 400, seed: 7 },
    )
  })

  it('gives the same in pages of any size, and as a stream', async () => {
    await fc.assert(
      fc.asyncProperty(query, fc.integer({ min: 7, max: 90 }), async (asked, limit) => {
        const wanted = expected(asked).map(({ traceId }) => traceId)
        const paged: string[] = []
        let cursor: string | undefined
        do {
          const page = await store.source.listTraces(asked, { limit, ...(cursor && { cursor }) }, signal)
          paged.push(...page.items.map(({ traceId }) => traceId))
          cursor = page.nextCursor
        } while (cursor)
        expect(paged).toEqual(wanted)
        const streamed: string[] = []
        for await (const batch of store.source.streamTraces?.(asked, signal) ?? []) {
          streamed.push(...batch.map(({ traceId }) => traceId))
        }
        expect(streamed).toEqual(wanted)
      }),
      { numRuns: 60, seed: 11 },
    )
  })
})

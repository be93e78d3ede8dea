import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { traceId } from '../../domain/model/units.ts'
import { EVERYTHING, type FilterCondition, type TraceQuery } from '../../domain/query/trace-query.ts'
import { readMeaning } from '../../semantics/span/meaning.ts'
import { readSpan } from '../../semantics/span/read-span.ts'
import { summarise } from '../../semantics/trace/summarise.ts'
import { LangfuseSource } from './langfuse-source.ts'
import { KEYS, type Row, serveLangfuse } from './testing/langfuse-server.ts'
import {
  RECORDED_AT,
  RECORDED_VERSIONS,
  type RecordedVersion,
  recorded,
} from './testing/recorded-langfuse.ts'

const never = new AbortController().signal
const reader = {
  readSpan: (span: Parameters<typeof readSpan>[0]) => readSpan(span),
  summarise,
  readMeaning: (span: Parameters<typeof readMeaning>[0]) => readMeaning(span),
}
const micros = (text: unknown): number => Date.parse(String(text)) * 1000
const where = (...conditions: readonly FilterCondition[]): TraceQuery => ({
  ...EVERYTHING,
  conditions: [...conditions],
})
const is = (field: FilterCondition['field'], value: string): FilterCondition => ({
  field,
  operator: 'is',
  values: [value],
})

/** Traces whose steps were all recorded. */
const WHOLE: Readonly<Record<RecordedVersion, readonly string[]>> = {
  'v2.95.12': ['4ba73d678486dac03cba893f930eb874', 'a0017f685e652c9f64b81b53f294c91a'],
  'v4.16.0': ['297cf385f722adf8946caa0693e3492b', '7e686096a7c8227c34ba73d678486dac'],
}

describe.each(RECORDED_VERSIONS)('Langfuse %s, as it was recorded', (version) => {
  const held = recorded(version)
  let server: Awaited<ReturnType<typeof serveLangfuse>>
  let source: LangfuseSource
  beforeAll(async () => {
    server = await serveLangfuse(held)
    source = new LangfuseSource({
      id: 'langfuse',
      baseUrl: server.url,
      ...KEYS,
      reader,
      limits: { backOffMs: 1 },
      clock: () => RECORDED_AT,
    })
  })
  afterAll(() => {
    server.close()
    expect(server.refused).toEqual([])
  })

  const list = async (query: TraceQuery = EVERYTHING) =>
    (await source.listTraces(query, { limit: 1000 }, never)).items
  /** When each trace began, by what the bodies say. */
  const starts = (): ReadonlyMap<string, number> => {
    if (version === 'v2.95.12')
      return new Map(held.traces?.map((row) => [String(row.id), micros(row.timestamp)]))
    const tops = (held.rows ?? []).filter((row) => row.isRootObservation === true)
    return new Map(tops.map((row) => [String(row.traceId), micros(row.startTime)]))
  }

  it('lists every trace, the newest first', async () => {
    const items = await list(where({ ...is('kind', 'any') }))
    expect(new Map(items.map((item) => [String(item.traceId), Number(item.startTime)]))).toEqual(starts())
    const listed = items.map(({ startTime }) => startTime)
    expect(listed).toEqual([...listed].sort((a, b) => b - a))
  })

  it.each(WHOLE[version])('reads %s as its rows say', async (id) => {
    const rows =
      version === 'v4.16.0'
        ? (held.rows ?? []).filter((row) => row.traceId === id)
        : (held.traces?.find((row) => row.id === id)?.observations as readonly Row[])
    const trace = await source.getTrace(traceId(id), never)
    const { spans } = await source.getSpans(traceId(id), never)
    expect(Object.fromEntries(spans.map((span) => [span.spanId, span.parentId]))).toEqual(
      Object.fromEntries(rows.map((row) => [row.id, row.parentObservationId ?? null])),
    )
    expect(trace.status).toBe(rows.some((row) => row.level === 'ERROR') ? 'error' : 'ok')
    const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name] ?? 0), 0)
    expect(trace.metrics.totalTokens).toBe(sum(version === 'v4.16.0' ? 'totalUsage' : 'totalTokens'))
    expect(trace.metrics.cost).toBeCloseTo(
      sum(version === 'v4.16.0' ? 'totalCost' : 'calculatedTotalCost'),
      9,
    )
    for (const { spanId } of spans) {
      const row = rows.find((one) => one.id === spanId)
      const { meaning, span } = await source.getSpan(traceId(id), spanId, never)
      expect(span.name).toBe(row?.name)
      const said = row?.input
      if (said !== null && said !== undefined)
        expect(JSON.stringify(meaning.input)).toContain(
          (typeof said === 'string' ? said : JSON.stringify(said)).slice(3, 20).split('"')[0],
        )
    }
    const listed = (await list(where(is('traceId', id))))[0]
    expect(listed).toMatchObject({ metrics: trace.metrics, status: trace.status })
  })

  it('has what was said of traces', async () => {
    const items = await list()
    const rated = items.flatMap(({ traceId: id, feedback }) => feedback.map((one) => [id, one.name] as const))
    const scores =
      version === 'v4.16.0'
        ? (held.newScores ?? []).flatMap(({ name, subject }) => {
            const { kind, id, traceId: of } = subject as Readonly<Record<string, string>>
            return kind === 'session' ? [] : [[kind === 'trace' ? id : of, name] as const]
          })
        : (held.traces ?? []).flatMap(({ id, scores: own }) =>
            (own as readonly unknown[]).flatMap((score) =>
              typeof score === 'object' ? [[id, (score as Row).name] as const] : [],
            ),
          )
    const known = new Set(items.map(({ traceId: id }) => String(id)))
    const wanted = scores.filter(([id]) => known.has(String(id))).map(([id, name]) => `${id} ${name}`)
    expect(wanted.length).toBeGreaterThan(5)
    expect(
      rated
        .filter(([, name]) => name !== 'comment')
        .map(([id, name]) => `${id} ${name}`)
        .sort(),
    ).toEqual(wanted.sort())
  })

  it('hands sessions, participants and tags on, and finds what it lists', async () => {
    const all = await list()
    const query = [
      [is('session', 'sess-011'), (item: (typeof all)[number]) => item.session?.id === 'sess-011'],
      [is('participant', 'user-2'), (item: (typeof all)[number]) => item.participant?.id === 'user-2'],
      [is('tag', 'beta'), (item: (typeof all)[number]) => item.tags.includes('beta')],
    ] as const
    for (const [condition, holds] of query) {
      const wanted = all.filter(holds).map(({ traceId: id }) => id)
      expect(wanted.length).toBeGreaterThan(0)
      expect((await list(where(condition))).map(({ traceId: id }) => id)).toEqual(wanted)
    }
    const [session, user] = ['sessionId=sess-011', 'userId=user-2']
    expect(server.asked.some((call) => call.includes(session as string))).toBe(true)
    expect(server.asked.some((call) => call.includes(user as string))).toBe(true)
  })

  it('says what it did not read, and no number for it', async () => {
    const page = await source.listTraces(EVERYTHING, { limit: 1000 }, never)
    if (version === 'v4.16.0') return expect(page.problems).toBeUndefined()
    const unread = page.items
      .filter(({ traceId: id }) => !WHOLE['v2.95.12'].includes(id))
      .filter(({ metrics }) => metrics.totalTokens === null)
    expect(unread.length).toBeGreaterThan(10)
    for (const { metrics, traceId: id } of unread) {
      expect([metrics.llmTurns, metrics.toolCalls]).toEqual([null, null])
      expect(metrics.cost).toBe(held.traces?.find((row) => row.id === id)?.totalCost)
    }
    expect(page.problems?.join()).toMatch(/steps of \d+ traces were not read/)
  })
})

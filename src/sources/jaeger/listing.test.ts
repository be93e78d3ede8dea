import { describe, expect, it } from 'vitest'
import type { Span } from '../../domain/model/span.ts'
import { durationMicros, micros, spanId, traceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { Gap } from '../../domain/port/trace-source.ts'
import { compareRows } from '../../domain/query/order.ts'
import {
  EVERYTHING,
  type FilterCondition,
  NEWEST_FIRST,
  type TraceQuery,
} from '../../domain/query/trace-query.ts'
import { readTrace } from '../backend/read-trace.ts'
import { JaegerSource } from './jaeger-source.ts'
import { FakeStorage, STORAGES, type Storage } from './testing/fake-storage.ts'
import { jaegerReader as reader } from './testing/jaeger-reader.ts'

const never = new AbortController().signal
const NOW = Date.UTC(2026, 10, 21, 14)
const SECOND = 1e6
const HOUR = 3_600e6

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

interface Drawn {
  readonly service: string
  readonly start: number
  readonly session?: string
}

function spansOf(index: number, drawn: readonly Drawn[]): readonly Span[] {
  const id = traceId(index.toString(16).padStart(32, '0'))
  const end = Math.max(...drawn.map(({ start }) => start)) + 1000
  return drawn.map(({ service, start, session }, at) => ({
    traceId: id,
    spanId: spanId((index * 16 + at + 1).toString(16).padStart(16, '0')),
    parentId: at === 0 ? null : spanId((index * 16 + 1).toString(16).padStart(16, '0')),
    name: at === 0 ? 'turn' : 'step',
    otelKind: 'internal',
    startTime: micros(start),
    duration: durationMicros(at === 0 ? end - start : 500),
    status: { code: 'unset' },
    attributes: session === undefined ? {} : { 'session.id': session },
    events: [],
    links: [],
    resource: { 'service.name': service },
    scope: { name: 'test' },
  }))
}

const PAST = NOW * 1000 - 2 * SECOND

/** Turns spread out, in bursts of one millisecond, and some whose later spans stand far from their beginning. */
function drawTraces(random: () => number, count: number): (readonly Span[])[] {
  const bursts = Array.from({ length: 3 }, () => PAST - Math.floor(random() * 10 * HOUR))
  const spread = random() < 0.3 ? 4000 * HOUR : random() < 0.5 ? 10 * HOUR : 60 * SECOND
  return Array.from({ length: count }, (_, index) => {
    const burst = bursts[Math.floor(random() * 3)] ?? PAST
    const start = random() < 0.25 ? burst - Math.floor(random() * 900) : PAST - Math.floor(random() * spread)
    const session = `s.${Math.floor(random() * 5)}`
    const root = random() < 0.8 ? 'bot' : 'gateway'
    const far = random() < 0.15
    // Clocks of services differ, and a root may be opened late.
    const early = random() < 0.1
    const steps = Array.from({ length: Math.floor(random() * 4) }, () => ({
      service: random() < 0.5 ? 'bot' : 'tools',
      start: early
        ? start - Math.floor(random() * (far ? 20 * HOUR : 20 * SECOND))
        : Math.min(PAST, start + Math.floor(random() * (far ? 20 * HOUR : SECOND))),
      ...(random() < 0.3 && { session }),
    }))
    return spansOf(index + 1, [{ service: root, start, ...(random() < 0.5 && { session }) }, ...steps])
  })
}

const is = (field: FilterCondition['field'], ...values: string[]): TraceQuery => ({
  ...EVERYTHING,
  conditions: [
    { field, operator: 'is', values },
    { field: 'kind', operator: 'is', values: ['any'] },
  ],
})
const QUERIES = [
  { ...EVERYTHING, conditions: [{ field: 'kind', operator: 'is', values: ['any'] }] },
  is('service', 'tools'),
  is('session', 's.1', 's.3'),
  is('spanName', 'step'),
] as const satisfies readonly TraceQuery[]

async function expectedIn(
  traces: readonly (readonly Span[])[],
  query: TraceQuery,
): Promise<readonly string[]> {
  const [condition] = query.conditions
  const field = condition?.field
  const values: readonly string[] = condition?.values ?? []
  const rows = await Promise.all(
    traces.map((spans) => readTrace(reader, spans[0]?.traceId ?? traceId('none'), spans)),
  )
  const wanted = rows.filter(({ reading: { summary, facets } }) => {
    if (field === 'service') return summary.services.some((service) => values.includes(service))
    if (field === 'session') return values.includes(summary.session?.id ?? '')
    return field !== 'spanName' || facets.spanNames.some((name) => values.includes(name))
  })
  const compare = compareRows(NEWEST_FIRST)
  return wanted
    .map(({ reading }) => reading.summary)
    .sort(compare)
    .map((summary) => summary.traceId)
}

/** The start of the first span, and of any before it: what only later pages may come across. */
const beginsEarly = (spans: readonly Span[]): boolean =>
  spans.some(({ startTime }) => startTime < (spans[0]?.startTime ?? 0))

const sourceOver = (storage: FakeStorage, depth = { usual: 20, most: 320 }) =>
  new JaegerSource(
    {
      id: 'jaeger',
      queryUrl: 'http://jaeger',
      services: [],
      operations: [],
      headers: {},
      secrets: [],
      reader,
      depth,
      clock: () => NOW,
    },
    storage,
  )

async function walk(source: JaegerSource, query: TraceQuery, limit: number, between = () => {}) {
  const ids: string[] = []
  const problems: string[] = []
  const gaps: Gap[] = []
  let cursor: string | undefined
  let pages = 0
  do {
    const page = await source.listTraces(query, { limit, ...(cursor && { cursor }) }, never)
    ids.push(...page.items.map((item) => item.traceId))
    problems.push(...(page.problems ?? []))
    gaps.push(...(page.gaps ?? []))
    cursor = page.nextCursor
    between()
    if (++pages > 3000) throw new Error('it goes round in circles')
  } while (cursor !== undefined)
  return { ids, problems, gaps, pages }
}

describe.each(STORAGES)('a table over Jaeger on %s', { timeout: 120_000 }, (name: Storage) => {
  it('is whole, each once and in order, whatever lies where (40 seeds)', async () => {
    for (let run = 0; run < 40; run++) {
      const seed = run * STORAGES.length + STORAGES.indexOf(name) + 1
      const random = randomFrom(seed)
      const storage = new FakeStorage(name, random, 320)
      const traces = drawTraces(random, 1 + Math.floor(random() * 90))
      // Arrival is no order of time.
      for (const spans of [...traces].sort(() => random() - 0.5)) storage.add(spans)
      const query = QUERIES[run % QUERIES.length] ?? EVERYTHING
      const limit = [1, 7, 25, 1000][Math.floor(random() * 4)] ?? 7
      const found = await walk(sourceOver(storage), query, limit)
      const wanted = await expectedIn(traces, query)
      expect({ seed, ids: [...found.ids].sort() }).toEqual({ seed, ids: [...wanted].sort() })
      if (found.problems.length === 0) expect({ seed, ids: found.ids }).toEqual({ seed, ids: wanted })
      // A trace whose spans of that service all began long before it may stand further down: that is said.
      for (const problem of found.problems)
        expect(problem).toMatch(
          /^\d+ traces? stood further up: what was searched for in them began long before/,
        )
      if (query === QUERIES[0]) expect(found.problems).toEqual([])
      const early = new Set<string>(traces.filter(beginsEarly).map(([span]) => span?.traceId ?? ''))
      const usual = (ids: readonly string[]) => ids.filter((id) => !early.has(id))
      expect({ seed, ids: usual(found.ids) }).toEqual({ seed, ids: usual(wanted) })
    }
  })

  it('finds by a service what began long before its trace, in any page, and says where it belongs', async () => {
    const storage = new FakeStorage(name, randomFrom(5), 320)
    const plain = Array.from({ length: 60 }, (_, index) =>
      spansOf(index + 1, [{ service: 'tools', start: PAST - (index + 1) * 600 * SECOND }]),
    )
    // The tool's clock is behind: by nothing to speak of, by much, and by more than a day.
    const behind = [2, 6, 3_600, 100_000].map((seconds, at) => {
      const start = PAST - (at + 2) * 2_000 * SECOND - 300 * SECOND
      return spansOf(100 + at, [
        { service: 'bot', start },
        { service: 'tools', start: start - seconds * SECOND },
      ])
    })
    const all = [...plain, ...behind]
    for (const spans of all) storage.add(spans)
    const query = is('service', 'tools')
    for (const limit of [1, 2, 7, 1000]) {
      const found = await walk(sourceOver(storage), query, limit)
      const wanted = await expectedIn(all, query)
      expect([...found.ids].sort()).toEqual([...wanted].sort())
      const late = found.problems.map((problem) => Number(/^\d+/.exec(problem)?.[0] ?? 0))
      const moved = found.ids.filter((id) => behind.slice(1).some(([span]) => span?.traceId === id))
      const others = (ids: readonly string[]) => ids.filter((id) => !moved.includes(id))
      expect(others(found.ids)).toEqual(others(wanted))
      if (limit === 1000) expect(found).toMatchObject({ ids: wanted, problems: [] })
      else expect(late.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(0)
    }
  })

  it('says where more lies within a millisecond than is ever given', async () => {
    const storage = new FakeStorage(name, randomFrom(7), 320)
    const burst = Array.from({ length: 400 }, (_, index) =>
      spansOf(index + 1, [{ service: 'bot', start: PAST - HOUR - (index % 900) }]),
    )
    const before = Array.from({ length: 30 }, (_, index) =>
      spansOf(1000 + index, [{ service: 'bot', start: PAST - 2 * HOUR - index * SECOND }]),
    )
    for (const spans of [...before, ...burst]) storage.add(spans)
    const found = await walk(sourceOver(storage), QUERIES[0], 50)
    expect(found.problems.join()).toMatch(/more than 320 traces began within a millisecond at 2026-/)
    for (const { from, to, fact } of found.gaps) {
      expect(found.problems).toContain(fact)
      expect(to - from).toBeLessThanOrEqual(1_000)
      expect(from).toBeLessThan(PAST - HOUR)
      expect(to).toBeGreaterThan(PAST - HOUR - 900)
    }
    expect(found.gaps.length).toBeGreaterThan(0)
    expect(new Set(found.ids).size).toBe(found.ids.length)
    expect(found.ids.slice(-30)).toEqual(await expectedIn(before, QUERIES[0]))
  })

  it('neither repeats nor hides rows while new turns arrive', async () => {
    const random = randomFrom(11)
    const storage = new FakeStorage(name, random, 320)
    const traces = drawTraces(random, 90)
    for (const spans of traces) storage.add(spans)
    let fresh = 5000
    const arrive = () => storage.add(spansOf(fresh++, [{ service: 'bot', start: PAST + SECOND + fresh }]))
    const found = await walk(sourceOver(storage), QUERIES[0], 7, arrive)
    expect(found.ids).toEqual(await expectedIn(traces, QUERIES[0]))
  })
})

it('asks few times for a long walk, and pages share what was read', { timeout: 120_000 }, async () => {
  const storage = new FakeStorage('badger', randomFrom(3), 10_000)
  for (let index = 0; index < 3000; index++)
    storage.add(spansOf(index + 1, [{ service: 'bot', start: PAST - index * 20 * SECOND }]))
  const long = await walk(sourceOver(storage, { usual: 1500, most: 10_000 }), QUERIES[0], 1000)
  expect(long.ids).toHaveLength(3000)
  expect(storage.searches).toBeLessThanOrEqual(3 * (3000 / 1500) + 50)
  storage.searches = 0
  const short = await walk(sourceOver(storage, { usual: 500, most: 10_000 }), QUERIES[0], 50)
  expect(short.ids).toEqual(long.ids)
  expect(storage.searches).toBeLessThan(short.pages)
})

it.each(['badger', 'cassandra'] as const)(
  'asks few times where turns have many spans, on %s',
  async (name) => {
    const storage = new FakeStorage(name, randomFrom(5), 10_000)
    const turns = Array.from({ length: 600 }, (_, index) => {
      const start = PAST - (index + 1) * 60 * SECOND
      return spansOf(
        index + 1,
        Array.from({ length: 15 }, (_, at) => ({ service: 'bot', start: start + at * 1000 })),
      )
    })
    for (const spans of turns) storage.add(spans)
    const found = await walk(sourceOver(storage, { usual: 500, most: 10_000 }), QUERIES[0], 1000)
    expect(found.ids).toEqual(await expectedIn(turns, QUERIES[0]))
    expect(found.problems).toEqual([])
    expect(storage.searches).toBeLessThanOrEqual(30)
  },
)

/** A turn of so many spans, ten a millisecond, some of which stand in the same microsecond. */
const longTurn = (index: number, start: number, spans: number): readonly Span[] =>
  spansOf(
    index,
    Array.from({ length: spans }, (_, at) => ({ service: 'bot', start: start + Math.floor(at / 3) * 300 })),
  )

describe.each([
  ['memory', 1_000],
  ['memory', 5_000],
  ['cassandra', 1_000],
  ['cassandra', 5_000],
] as const)('a turn of very many spans, on %s that gives %i traces at most', (name, most) => {
  const SPANS = 12_000
  const LASTS = (SPANS / 3) * 300
  const START = PAST - HOUR
  const beside = {
    'by itself': [],
    'before others': [-10, -9, -8].map((at) => START + at * SECOND),
    'after others': [10, 11].map((at) => START + LASTS + at * SECOND),
    'among others': [0.1, 0.4, 0.41, 0.9].map((at) => START + Math.floor(at * LASTS)),
  }
  it.each(Object.keys(beside) as (keyof typeof beside)[])('is listed %s, in a few calls', async (where) => {
    const storage = new FakeStorage(name, randomFrom(9), most)
    const others = beside[where].map((start, index) => spansOf(index + 10, [{ service: 'bot', start }]))
    const traces = [longTurn(1, START, SPANS), ...others]
    for (const spans of traces) storage.add(spans)
    const found = await walk(sourceOver(storage, { usual: 100, most: 1_000 }), QUERIES[0], 1000)
    expect(found.ids).toEqual(await expectedIn(traces, QUERIES[0]))
    expect(found.problems).toEqual([])
    expect(storage.searches).toBeLessThanOrEqual(20)
  })
})

it('gives up where whatever is asked for is larger than is ever read', async () => {
  const storage = new FakeStorage('memory', randomFrom(5), 10_000)
  storage.add(spansOf(1, [{ service: 'bot', start: PAST }]))
  let searches = 0
  storage.search = async () => {
    searches++
    throw new SourceError('bad-reply', 'the backend’s reply to /api/traces is larger than 9 bytes')
  }
  await expect(walk(sourceOver(storage), QUERIES[0], 50)).rejects.toThrow('is larger than')
  expect(searches).toBeLessThanOrEqual(14)
})

import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Span } from '../../../domain/model/span.ts'
import { durationMicros, micros, spanId, type TraceId, traceId } from '../../../domain/model/units.ts'
import type { AttributeCondition } from '../../../domain/query/attribute-filter.ts'
import { EVERYTHING } from '../../../domain/query/trace-query.ts'
import { Connections } from '../engine/connections.ts'
import { openStore, type Store } from '../store.ts'
import { type AttributeBounds, listByAttributes } from './attribute-walk.ts'

const BEGIN = Date.UTC(2026, 4, 1) * 1000
const TRACES = 60
const LONG = `${'x'.repeat(9_000)} needle`

const spansOf = (at: number): readonly Span[] => {
  const trace = traceId(at.toString(16).padStart(32, 'a'))
  const span = (name: string, parent: string | null, attributes: Span['attributes']): Span => ({
    traceId: trace,
    spanId: spanId(`${name}${at}`.padEnd(16, '0')),
    parentId: parent === null ? null : spanId(parent.padEnd(16, '0')),
    name,
    otelKind: 'internal',
    startTime: micros(BEGIN + at * 1e6),
    duration: durationMicros(1000),
    status: { code: 'unset' },
    attributes,
    events: [],
    links: [],
    resource: { 'service.name': at % 2 ? 'odd' : 'even' },
    scope: { name: 'test' },
  })
  return [
    span('turn', null, { 'session.id': 's', 'input.value': 'hi' }),
    span('work', `turn${at}`, {
      number: at,
      ...(at === 7 && { rare: true }),
      ...(at % 10 === 3 && { long: LONG, 'a "quoted" key': 'y' }),
    }),
  ]
}
const idOf = (at: number): TraceId => spansOf(at)[0]?.traceId as TraceId

let directory: string
let store: Store
const signal = new AbortController().signal
const asked = (...attributes: readonly AttributeCondition[]) => ({ ...EVERYTHING, attributes })
const where = (key: string, operator: AttributeCondition['operator'], ...values: readonly string[]) =>
  asked({ key, operator, values })

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'turnscope-attributes-'))
  store = await openStore({ directory })
  for (let at = 0; at < TRACES; at++) await store.addSpans(spansOf(at))
})
afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

const list = async (query: ReturnType<typeof asked>, limit = 1000) =>
  (await store.source.listTraces(query, { limit }, signal)).items.map(({ traceId: id }) => id)

describe('traces by an attribute', () => {
  it('are found by any span, by the resource, by texts that stand elsewhere', async () => {
    expect(await list(where('rare', 'is', 'true'))).toEqual([idOf(7)])
    expect(await list(where('service.name', 'is', 'odd'))).toHaveLength(TRACES / 2)
    expect(await list(where('number', 'min', '58'))).toEqual([idOf(59), idOf(58)])
    const tens = [53, 43, 33, 23, 13, 3].map(idOf)
    expect(await list(where('long', 'contains', 'NEEDLE'))).toEqual(tens)
    expect(await list(where('a "quoted" key', 'is', 'y'))).toEqual(tens)
    expect(await list(where('number', 'not', '7'))).toHaveLength(TRACES - 1)
    expect(await list(where('nothing', 'not', 'x'))).toHaveLength(TRACES)
  })

  it('come in pages of which none misses or repeats one', async () => {
    const query = where('service.name', 'is', 'even')
    const found: TraceId[] = []
    let cursor: string | undefined
    do {
      const page = await store.source.listTraces(query, cursor ? { limit: 7, cursor } : { limit: 7 }, signal)
      found.push(...page.items.map(({ traceId: id }) => id))
      cursor = page.nextCursor
    } while (cursor !== undefined)
    expect(found).toEqual(Array.from({ length: TRACES / 2 }, (_, at) => idOf(TRACES - 2 - 2 * at)))
  })

  it('are counted, drawn, grouped and streamed alike', async () => {
    const query = where('rare', 'is', 'true')
    const { value, scanned } = (await store.source.count?.(query, signal)) ?? {}
    expect(value).toEqual({ count: 1, complete: true })
    expect(scanned?.traces).toBe(TRACES)
    const drawn = await store.source.histogram?.(query, 10, signal)
    expect(drawn?.value.ok.reduce((sum, count) => sum + count, 0)).toBe(1)
    const sessions = await store.source.listSessions?.(query, { limit: 10 }, signal)
    expect(sessions?.items.map(({ id, turns }) => [id, turns])).toEqual([['s', 1]])
    const streamed: string[] = []
    for await (const batch of store.source.streamTraces?.(query, signal) ?? [])
      streamed.push(...batch.map(({ traceId: id }) => id))
    expect(streamed).toEqual([idOf(7)])
  })
})

describe('a page that may look no further', () => {
  const bounded = (bounds: AttributeBounds) => async (query: ReturnType<typeof asked>) => {
    const pages: { found: readonly TraceId[]; traces: number | undefined; complete: boolean | undefined }[] =
      []
    let cursor: string | undefined
    do {
      const page = await listByAttributes(
        (work) => connections.read(signal, work),
        query,
        cursor ? { limit: 10, cursor } : { limit: 10 },
        micros(BEGIN + 1e9),
        bounds,
      )
      const { traces, complete } = page.scanned ?? {}
      pages.push({ found: page.items.map(({ traceId: id }) => id), traces, complete })
      cursor = page.nextCursor
    } while (cursor !== undefined && pages.length < 100)
    return pages
  }
  let connections: Connections
  let copy: string
  beforeAll(async () => {
    await store.close()
    copy = join(directory, 'copy.duckdb')
    await copyFile(join(directory, 'traces.duckdb'), copy)
    connections = new Connections(await DuckDBInstance.create(copy), (error) => {
      throw error
    })
  })
  afterAll(() => connections.close())

  it('says how far it looked, and the next one goes on', async () => {
    const pages = await bounded({ step: 5, traces: 20, ms: 60_000 })(where('rare', 'is', 'true'))
    expect(pages).toEqual([
      { found: [], traces: 20, complete: false },
      { found: [], traces: 20, complete: false },
      { found: [idOf(7)], traces: 20, complete: false },
      { found: [], traces: 0, complete: true },
    ])
  })
  it('gets on where there is no time at all', async () => {
    const pages = await bounded({ step: 25, traces: 1_000, ms: 0 })(where('rare', 'is', 'true'))
    expect(pages.map(({ traces }) => traces)).toEqual([25, 25, 10])
    expect(pages.flatMap(({ found }) => found)).toEqual([idOf(7)])
    expect(pages.at(-1)?.complete).toBe(true)
  })
})

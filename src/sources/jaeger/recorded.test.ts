import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TraceSummary } from '../../domain/model/trace.ts'
import { type TraceId, traceId } from '../../domain/model/units.ts'
import { EVERYTHING, type FilterCondition } from '../../domain/query/trace-query.ts'
import { decodeTracesJson } from '../../formats/otlp/decode-traces.ts'
import { readTrace, rowOf } from '../backend/read-trace.ts'
import { JaegerSource } from './jaeger-source.ts'
import type { Dialect } from './query-api.ts'
import { jaegerReader as reader } from './testing/jaeger-reader.ts'
import { RECORDED, RECORDED_TO, type RecordedVersion, serveRecorded } from './testing/recorded-jaeger.ts'

const never = new AbortController().signal
const EDGE = traceId('ed6e0000000000000000000000000001')
const sent = decodeTracesJson(
  JSON.parse(readFileSync(new URL('../../formats/fixtures/jaeger/edge.otlp.json', import.meta.url), 'utf8')),
).spans

/** What the same bytes read as where they are taken in here. */
async function summarySent(id: TraceId): Promise<TraceSummary> {
  const spans = new Map(sent.filter((span) => span.traceId === id).map((span) => [span.spanId, span]))
  const row = rowOf(await readTrace(reader, id, [...spans.values()]), (RECORDED_TO * 1000) as never)
  return row.summary
}
const comparable = (summary: TraceSummary) => ({ ...summary, services: [...summary.services].sort() })

const CASES = RECORDED.flatMap((version): (readonly [RecordedVersion, Dialect])[] =>
  version === 'main-memory'
    ? [[version, 'v3']]
    : [
        [version, 'legacy'],
        [version, 'v3'],
      ],
)

describe.each(CASES)('Jaeger %s in its dialect %s', (version, dialect) => {
  let server: Awaited<ReturnType<typeof serveRecorded>>
  beforeAll(async () => {
    server = await serveRecorded(version)
  })
  afterAll(() => {
    server.close()
    expect(server.refused).toEqual([])
  })
  const over = (services: readonly string[], only: Dialect | undefined = dialect) =>
    new JaegerSource({
      id: 'jaeger',
      queryUrl: server.url,
      services,
      operations: [],
      headers: {},
      secrets: [],
      reader,
      clock: () => RECORDED_TO,
      ...(only && { dialect: only }),
    })
  const list = async (service: string, ...conditions: FilterCondition[]) => {
    const any: FilterCondition = { field: 'kind', operator: 'is', values: ['any'] }
    const query = { ...EVERYTHING, conditions: [any, ...conditions] }
    return over([service]).listTraces(query, { limit: 1000 }, never)
  }

  it('reads turns as they read where they are taken in', async () => {
    const page = await list('edge-bot')
    expect(page.items.length).toBeGreaterThan(5)
    for (const summary of page.items)
      expect(comparable(summary)).toEqual(comparable(await summarySent(summary.traceId)))
    expect(page.scanned?.complete).toBe(true)
  })

  it('finds the failing turns, whatever its own search for errors finds', async () => {
    const all = await list('rasa')
    const failing = await list('rasa', { field: 'status', operator: 'is', values: ['error'] })
    expect(failing.items.map(({ traceId: id }) => id)).toEqual(
      all.items.filter(({ status }) => status === 'error').map(({ traceId: id }) => id),
    )
    expect(failing.items.length).toBeGreaterThan(0)
    expect(failing.items.length).toBeLessThan(all.items.length)
  })

  it('opens a turn, its spans and a payload by ids in any form', async () => {
    const source = over([])
    const trace = await source.getTrace(EDGE, never)
    expect(comparable(await summarySent(EDGE))).toMatchObject({
      session: trace.session,
      status: trace.status,
    })
    const { spans, complete } = await source.getSpans(EDGE, never)
    expect(complete).toBe(true)
    const whole = new Set(sent.filter(({ traceId: id }) => id === EDGE).map(({ spanId }) => spanId))
    expect(new Set(spans.map(({ spanId }) => spanId))).toEqual(whole)
    const [outline] = spans
    if (!outline) throw new Error('a trace without spans')
    const detail = await source.getSpan(EDGE, outline.spanId, never)
    expect(detail.span.name).toBe(outline.name)
    await expect(source.getSpan(EDGE, 'ffff' as never, never)).rejects.toMatchObject({ kind: 'not-found' })
    for (const missing of ['00000000000000000000000000000009', 'xyz', '..'])
      await expect(source.getTrace(traceId(missing), never)).rejects.toMatchObject({ kind: 'not-found' })
  })

  it('finds turns by their ids', async () => {
    const byId: FilterCondition = { field: 'traceId', operator: 'is', values: [EDGE] }
    const page = await list('edge-bot', byId)
    expect(page.items.map(({ traceId: id }) => id)).toEqual([EDGE])
    expect(page.nextCursor).toBeUndefined()
  })

  it('is found out by what it answers', async () => {
    const source = over([], version === 'main-memory' ? undefined : dialect)
    await source.look(never)
    expect(source.state()).toMatchObject({ reachable: true, dialect })
    expect(source.state().services).toBeGreaterThan(3)
    expect(source.state().lastError).toBeUndefined()
  })
})

describe('which dialect is spoken', () => {
  it.each([
    ['v2.13-memory', 'legacy'],
    ['v2.20-badger', 'legacy'],
    ['main-memory', 'v3'],
  ] as const)('by %s: %s', async (version, dialect) => {
    const server = await serveRecorded(version)
    try {
      const source = new JaegerSource({
        id: 'jaeger',
        queryUrl: server.url,
        services: [],
        operations: [],
        headers: {},
        secrets: [],
        reader,
        // Finding out looks at the last days of our own clock.
        clock: () => RECORDED_TO,
      })
      await source.look(never)
      expect(source.state().dialect).toBe(dialect)
    } finally {
      server.close()
    }
  })
})

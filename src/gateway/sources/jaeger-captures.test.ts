import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Span, SpanDetail } from '../../domain/model/span.ts'
import type { Trace, TraceSummary } from '../../domain/model/trace.ts'
import type { TraceId } from '../../domain/model/units.ts'
import { decodeTracesJson } from '../../formats/otlp/decode-traces.ts'
import { serveFakeJaeger } from '../../sources/jaeger/testing/fake-jaeger.ts'
import { decodeSpanColumns } from '../../wire/span-columns.ts'
import { openReplayGateway, type ReplayGateway } from '../testing/replaying.ts'

const FIXTURES = join(import.meta.dirname, '..', '..', 'formats', 'otlp', 'fixtures')

/** What Rasa and the libraries sent as spans: Jaeger keeps no log records. */
const files = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .filter((name) => /^(rasa|captures)/.test(name) && name.endsWith('.otlp.json') && !/logs-\d+/.test(name))
  .map((name) => join(FIXTURES, name))
  .sort()

/** Each span once, as it came first. */
function tracesIn(bodies: readonly string[]): ReadonlyMap<TraceId, readonly Span[]> {
  const traces = new Map<TraceId, Map<string, Span>>()
  for (const span of bodies.flatMap((body) => decodeTracesJson(JSON.parse(body)).spans)) {
    const known = traces.get(span.traceId) ?? new Map<string, Span>()
    traces.set(span.traceId, known)
    if (!known.has(span.spanId)) known.set(span.spanId, span)
  }
  return new Map([...traces].map(([id, spans]) => [id, [...spans.values()]]))
}

const flat = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value
const flatAll = (values: object) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, flat(value)]))

/** Lists whose order says nothing are put in one; where its spans are is each source's own affair. */
const comparable = ({ spans: _, ...trace }: TraceSummary & { spans?: unknown }) => ({
  ...trace,
  services: [...trace.services].sort(),
  tags: [...trace.tags].sort(),
})

describe.each([
  ['legacy', { flat: true }],
  ['v3', { flat: false }],
] as const)('what Rasa and the libraries record, through Jaeger in %s', (dialect, how) => {
  const bodies = files.map((file) => readFileSync(file, 'utf8'))
  const sent = tracesIn(bodies)
  let jaeger: Awaited<ReturnType<typeof serveFakeJaeger>>
  let gateway: ReplayGateway
  const read = async <Reply>(source: string, path: string): Promise<Reply> => {
    const reply = await fetch(`${gateway.address}/api/v1/sources/${source}/${path}`)
    if (reply.status !== 200) throw new Error(`${source}/${path}: ${reply.status} ${await reply.text()}`)
    return (await reply.json()) as Reply
  }
  const ids = [...sent.keys()]

  beforeAll(async () => {
    jaeger = await serveFakeJaeger('memory', dialect, how)
    for (const spans of sent.values()) jaeger.held.add(spans)
    gateway = await openReplayGateway({ JAEGER_QUERY_URL: jaeger.url })
    for (const body of bodies) await gateway.send(body, { contentType: 'application/json' })
  })
  afterAll(async () => {
    await gateway.close()
    jaeger.close()
  })

  const listed = async (source: string) => {
    const { items } = await read<{ items: TraceSummary[] }>(source, 'traces?kind=any&limit=1000')
    return items.map((item) => comparable(item))
  }

  it('is the same table as of the store', async () => {
    expect(ids.length).toBeGreaterThan(60)
    const [own, theirs] = [await listed('local'), await listed('jaeger')]
    expect(theirs.map(({ traceId }) => traceId)).toEqual(own.map(({ traceId }) => traceId))
    for (const [at, row] of theirs.entries()) {
      const wanted = own[at]
      // The store knows when spans came in, Jaeger when they ended.
      if (wanted?.status === 'pending') expect(row).toEqual({ ...wanted, status: row.status })
      else expect(row).toEqual(wanted)
    }
  })

  it('are the same turns', { timeout: 180_000 }, async () => {
    for (const id of ids) {
      const [own, theirs] = [
        await read<Trace>('local', `traces/${id}`),
        await read<Trace>('jaeger', `traces/${id}`),
      ]
      expect({ ...comparable(theirs), status: '' }).toEqual({ ...comparable(own), status: '' })
    }
  })

  it('are the same spans, their lists as JSON text where Jaeger has no others', {
    timeout: 180_000,
  }, async () => {
    const outlines = async (source: string, id: TraceId) => {
      const { spans } = decodeSpanColumns(await read(source, `traces/${id}/spans`))
      return [...spans].sort((a, b) => (a.spanId < b.spanId ? -1 : 1))
    }
    const shown = ({ span, outline, meaning }: SpanDetail) => ({
      outline,
      meaning: dialect === 'v3' ? meaning : Object.keys(meaning).sort(),
      name: span.name,
      attributes: dialect === 'v3' ? span.attributes : flatAll(span.attributes),
      resource: dialect === 'v3' ? span.resource : flatAll(span.resource),
      events: span.events.map(({ name, time }) => [time, name]).sort(),
      status: span.status,
    })
    for (const id of ids) {
      const [own, theirs] = [await outlines('local', id), await outlines('jaeger', id)]
      expect(theirs).toEqual(own)
      const some = own.slice(0, 20).map(({ spanId }) => spanId)
      const details = async (source: string) =>
        (await read<{ items: SpanDetail[] }>(source, `traces/${id}/spans?ids=${some}`)).items.map(shown)
      expect(await details('jaeger')).toEqual(await details('local'))
    }
  })
})

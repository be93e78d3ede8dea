import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SpanDetail } from '../../domain/model/span.ts'
import type { Trace, TraceSummary } from '../../domain/model/trace.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import { decodeSpanColumns } from '../../wire/span-columns.ts'
import { createApp } from '../api/app.ts'
import { NO_FILES } from '../api/static-files.ts'
import { OUTLINE, oneTraceSource, SUMMARY } from '../testing/one-trace-source.ts'
import { openReplayGateway, type ReplayGateway } from '../testing/replaying.ts'

const CAPTURES = join(import.meta.dirname, '../../formats/otlp/fixtures/captures')
const FOLDERS = ['otel-openai-v2-2.4b0', 'langfuse-python-5.0.4', 'openinference-langchain-0.1.80']

const traceOf = async (gateway: ReplayGateway, id: string) => {
  const trace = await gateway.read<Trace>(`traces/${id}`)
  const { spans } = decodeSpanColumns(await gateway.read(`traces/${id}/spans`))
  const details = await Promise.all(
    spans
      .toSorted((a, b) => (a.spanId < b.spanId ? -1 : 1))
      .map(({ spanId }) => gateway.read<SpanDetail>(`traces/${id}/spans/${spanId}`)),
  )
  return { trace, details }
}

describe('a trace as a file', () => {
  let gateway: ReplayGateway
  let other: Record<'otlp' | 'jaeger', ReplayGateway>
  let ids: readonly string[]
  beforeAll(async () => {
    gateway = await openReplayGateway()
    other = { otlp: await openReplayGateway(), jaeger: await openReplayGateway() }
    for (const folder of FOLDERS) {
      for (const name of readdirSync(join(CAPTURES, folder)).filter((one) => one.endsWith('.otlp.json'))) {
        const path = name.startsWith('logs-') ? '/v1/logs' : '/v1/traces'
        const body = readFileSync(join(CAPTURES, folder, name), 'utf8')
        await gateway.send(body, { contentType: 'application/json', path })
      }
    }
    const { items } = await gateway.read<{ items: readonly TraceSummary[] }>('traces?kind=any&limit=1000')
    ids = items.map(({ traceId }) => traceId)
  })
  afterAll(async () => {
    await Promise.all([gateway, ...Object.values(other)].map((one) => one.close()))
  })

  it.each(['otlp', 'jaeger'] as const)('%s opens again by import, and is equal', async (format) => {
    expect(ids.length).toBeGreaterThan(10)
    for (const id of ids) {
      const file = await fetch(
        `${gateway.address}/api/v1/sources/local/traces/${id}/download?format=${format}`,
      )
      expect(file.status).toBe(200)
      expect(file.headers.get('content-disposition')).toBe(
        `attachment; filename="trace-${id}.${format}.json"`,
      )
      const imported = await fetch(`${other[format].address}/api/v1/import`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: await file.arrayBuffer(),
      })
      expect(imported.status).toBe(200)
      await imported.text()
      const [before, after] = [await traceOf(gateway, id), await traceOf(other[format], id)]
      const { logs } = await gateway.read<{ logs: readonly unknown[] }>(`traces/${id}/logs`)
      if (format === 'otlp' || logs.length === 0) {
        expect(after).toEqual(before)
        expect((await other[format].read<{ logs: unknown }>(`traces/${id}/logs`)).logs).toEqual(logs)
      } else {
        // Jaeger has no place for log records, nor for what they say.
        const spans = ({ details }: typeof before) => details.map(({ span }) => span)
        expect(spans(after)).toEqual(spans(before))
      }
    }
  })

  it.each([
    ['traces/nobody/download', 404, /no trace/],
    ['traces/nobody/download?format=xml', 400, /format: one of otlp, jaeger/],
    ['traces/nobody/download?session=a', 400, /session: unknown/],
  ])('%s is refused with %i', async (path, status, message) => {
    const reply = await fetch(`${gateway.address}/api/v1/sources/local/${path}`)
    expect(reply.status).toBe(status)
    expect((await reply.json()).error.message).toMatch(message)
  })
})

describe('of a source that gives spans one by one', () => {
  const download = (override: Parameters<typeof oneTraceSource>[1]) => {
    const { source } = oneTraceSource('jaeger', override)
    const app = createApp({
      host: '127.0.0.1',
      access: { allowAnonymousIngest: false, allowedHosts: [] },
      sources: () => [source],
      files: NO_FILES,
    })
    return app.request(`http://127.0.0.1:4320/api/v1/sources/jaeger/traces/${SUMMARY.traceId}/download`)
  }

  it('each span is asked for', async () => {
    const reply = await download({})
    expect(JSON.parse(await reply.text()).resourceSpans[0].scopeSpans[0].spans).toMatchObject([
      { spanId: OUTLINE.spanId, name: 'turn' },
    ])
  })

  it('a failure at once is told, one midway breaks the file', async () => {
    const failing = async (): Promise<never> => {
      throw new SourceError('unreachable', 'gone')
    }
    expect((await download({ getSpans: failing })).status).toBe(502)
    const { source } = oneTraceSource('jaeger')
    let asked = 0
    const spans = Array.from({ length: 20 }, (_, index) => ({ ...OUTLINE, spanId: `${index}` as never }))
    const reply = await download({
      getSpans: async () => ({ spans, complete: true }),
      getSpan: async (id, _span, signal) =>
        ++asked > 8 ? failing() : source.getSpan(id, OUTLINE.spanId, signal),
    })
    expect(reply.status).toBe(200)
    await expect(reply.text()).rejects.toThrow('gone')
  })
})

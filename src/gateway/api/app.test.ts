import { gunzipSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { durationMicros, spanId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { TraceSource } from '../../domain/port/trace-source.ts'
import type { Health } from '../../wire/health.ts'
import { decodeSpanColumns } from '../../wire/span-columns.ts'
import { OUTLINE, oneTraceSource, SUMMARY } from '../testing/one-trace-source.ts'
import { createApp } from './app.ts'
import { NO_FILES } from './static-files.ts'

const BASE = 'http://127.0.0.1:4320'
const TRACES = '/api/v1/sources/local/traces'

function appOver(override: Partial<TraceSource> = {}) {
  const { source, asked } = oneTraceSource('local', override)
  const app = createApp({
    host: '127.0.0.1',
    access: { allowAnonymousIngest: false, allowedHosts: [] },
    sources: () => [source],
    files: NO_FILES,
  })
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await app.request(`${BASE}${path}`, { headers })
    return { status: response.status, headers: response.headers, body: await response.json() }
  }
  return { app, get, asked }
}

describe('health', () => {
  const appThatIs = (health: Health) => {
    const { source } = oneTraceSource('local')
    return createApp({
      host: '127.0.0.1',
      access: { allowAnonymousIngest: false, allowedHosts: [], token: 'reader' },
      sources: () => [source],
      files: NO_FILES,
      health: () => health,
    })
  }

  it('says whether the store takes and answers, and apart from it that the process runs', async () => {
    for (const [health, status] of [
      [{ status: 'ok' }, 200],
      [{ status: 'disk-full', reason: 'the disk is full' }, 503],
    ] as const) {
      const app = appThatIs(health)
      const reply = await app.request(`${BASE}/healthz`)
      expect(reply.status).toBe(status)
      expect(await reply.json()).toEqual(health)
      expect((await app.request(`${BASE}/livez`)).status).toBe(200)
    }
  })

  it('answers 503 with a time to come again where a source is away for a while', async () => {
    const listTraces = async () => {
      throw new SourceError('unreachable', 'it is being opened again', { retryAfterMs: 1_500 })
    }
    const { status, headers } = await appOver({ listTraces }).get(TRACES)
    expect(status).toBe(503)
    expect(headers.get('retry-after')).toBe('2')
  })
})

describe('the read API', () => {
  it('is healthy and lists its sources', async () => {
    const { get } = appOver()
    expect((await get('/healthz')).status).toBe(200)
    const { body } = await get('/api/v1/sources')
    expect(body).toMatchObject([{ id: 'local', kind: 'store', capabilities: { filters: 'all' } }])
  })

  it('lists traces by filters, limit and cursor', async () => {
    const { get, asked } = appOver()
    const { body } = await get(`${TRACES}?chatbot=a&chatbot=b&duration.min=5&q=x&limit=7&cursor=abc`)
    expect(body).toEqual({ items: [SUMMARY], nextCursor: 'next' })
    expect(asked[0]).toMatchObject({
      query: {
        conditions: [
          { field: 'chatbot', operator: 'is', values: ['a', 'b'] },
          { field: 'duration', operator: 'min', values: ['5'] },
        ],
        text: 'x',
      },
      args: [{ limit: 7, cursor: 'abc' }],
    })
  })

  it('asks for 50 where nothing is said', async () => {
    const { get, asked } = appOver()
    await get(TRACES)
    expect(asked[0]?.args).toEqual([{ limit: 50 }])
  })

  it('answers one trace, its spans in columns and one span', async () => {
    const { get } = appOver()
    const trace = `${TRACES}/${SUMMARY.traceId}`
    expect((await get(trace)).body).toMatchObject({ input: 'hello', spans: { source: 'local' } })
    const spans = (await get(`${trace}/spans`)).body
    expect(spans).toMatchObject({ count: 1, complete: true })
    expect(decodeSpanColumns(spans)).toMatchObject({ spans: [OUTLINE], complete: true })
    expect((await get(`${trace}/spans/${OUTLINE.spanId}`)).body.span.attributes).toEqual({
      deep: [{ of: null }],
    })
  })

  it('answers the payloads of several spans in one call', async () => {
    const details: unknown[] = []
    const { get } = appOver({
      getSpanDetails: async (...args: unknown[]) => {
        details.push(args.slice(0, 2))
        return []
      },
    })
    const path = `${TRACES}/${SUMMARY.traceId}/spans`
    expect((await get(`${path}?ids=a,b%252Cc,a`)).body).toEqual({ items: [] })
    expect(details).toEqual([[SUMMARY.traceId, ['a', 'b,c']]])
    const ids = (count: number) => Array.from({ length: count }, (_, at) => `s${at}`).join(',')
    expect((await get(`${path}?ids=${ids(100)}`)).status).toBe(200)
    for (const wrong of [ids(101), '', 'a,,b', '%25zz']) {
      const { status, body } = await get(`${path}?ids=${wrong}`)
      expect({ status, named: body.error.message.startsWith('ids: ') }).toEqual({ status: 400, named: true })
    }
  })

  it('says beside derived answers how far was looked, and why no further', async () => {
    const scanned = { traces: 40, from: SUMMARY.startTime, to: SUMMARY.startTime, complete: false }
    const bounds = { scanned, problems: ['“slow down”'] }
    const { app } = appOver({
      count: async () => ({ value: { count: 1, complete: false }, ...bounds }),
      listChatbots: async () => ({ items: [], ...bounds }),
      suggest: async () => ({ items: [{ value: 'a' }], ...bounds }),
    })
    const ask = (path: string) => app.request(`http://127.0.0.1${path}`)
    expect(await (await ask(`${TRACES}/count`)).json()).toEqual({ count: 1, complete: false, ...bounds })
    expect(await (await ask('/api/v1/sources/local/chatbots')).json()).toEqual({ items: [], ...bounds })
    const suggested = await ask('/api/v1/sources/local/suggest/tag')
    expect(await suggested.json()).toEqual([{ value: 'a' }])
    expect(JSON.parse(suggested.headers.get('turnscope-scanned') ?? '')).toEqual(scanned)
    expect(JSON.parse(suggested.headers.get('turnscope-problems') ?? '')).toEqual(bounds.problems)
  })

  it('lists how backends are, where they say so', async () => {
    const state = { reachable: false, lastError: 'no answer in time', checkedAt: SUMMARY.startTime }
    const { get } = appOver({ state: () => state })
    expect((await get('/api/v1/sources')).body[0].state).toEqual(state)
    expect((await appOver().get('/api/v1/sources')).body[0].state).toBeUndefined()
  })

  it('answers counts, histogram, suggestions, sessions and chatbots', async () => {
    const { get, asked } = appOver()
    expect((await get(`${TRACES}/count?status=error`)).body).toEqual({ count: 1, complete: true })
    expect((await get(`${TRACES}/histogram?buckets=9`)).body.ok).toEqual([1])
    expect((await get('/api/v1/sources/local/suggest/chatbot?prefix=tr&status=ok')).body).toEqual([
      { value: 'transfers', count: 1 },
    ])
    expect((await get('/api/v1/sources/local/sessions?limit=3')).body.items[0].id).toBe('s-1')
    expect((await get('/api/v1/sources/local/sessions/s-1')).body.cost).toBe(0.25)
    expect((await get('/api/v1/sources/local/chatbots')).body).toEqual({ items: [] })
    expect(asked.map(({ what, args }) => [what, ...args])).toEqual([
      ['count'],
      ['histogram', 9],
      ['suggest', 'chatbot', 'tr'],
      ['sessions', { limit: 3 }],
      ['sessions', { limit: 1 }],
      ['chatbots'],
    ])
  })

  it('reads ids out of percent-encoded paths', async () => {
    const { get, asked } = appOver()
    await get(`${TRACES}/${encodeURIComponent('a/b %25 ü?')}/spans/${encodeURIComponent('x/y#1')}`)
    expect(asked[0]?.args).toEqual(['a/b %25 ü?', 'x/y#1'])
  })

  it.each([
    ['?colour=red', 'colour: unknown field'],
    ['?chatbot.like=x', 'chatbot.like: no such operator'],
    ['?status=fine', 'status: not one of ok, error, pending'],
    ['?duration.min=fast', 'duration.min: not a number'],
    ['?from=yesterday', 'from: not an ISO 8601 time'],
    ['?limit=-1', 'limit: not a whole number from 1 to 1000'],
    ['?limit=1001', 'limit: not a whole number'],
    ['?limit=5&limit=6', 'limit: given more than once'],
    ['?cursor=', 'cursor: not one that was given out'],
    ['/histogram?buckets=0', 'buckets: not a whole number from 1 to 1000'],
    ['/count?limit=5', 'limit: unknown field'],
    [`/${'x'.repeat(201)}`, 'traceId: not an id'],
    ['/a%00b', 'traceId: not an id'],
    [`/${SUMMARY.traceId}/spans/%0a`, 'spanId: not an id'],
    [`/${SUMMARY.traceId}?verbose=1`, 'verbose: unknown field'],
  ])('refuses %s by name', async (path, message) => {
    const { get, asked } = appOver()
    const { status, body } = await get(`${TRACES}${path}`)
    expect(status).toBe(400)
    expect(body.error.kind).toBe('bad-request')
    expect(body.error.message.startsWith(message)).toBe(true)
    expect(asked).toEqual([])
  })

  it('refuses an unknown field to suggest for, and an unknown source, path or trace', async () => {
    const { get } = appOver()
    expect((await get('/api/v1/sources/local/suggest/colour')).status).toBe(400)
    for (const path of [
      '/api/v1/sources/other/traces',
      '/api/v1/nothing',
      '/api/v2',
      `${TRACES}/none`,
      '/api/v1/sources/local/sessions/none',
    ]) {
      const { status, body } = await get(path)
      expect([path, status, body.error.kind]).toEqual([path, 404, 'not-found'])
    }
  })

  it.each([
    ['rate-limited', 429],
    ['timeout', 504],
    ['unreachable', 503],
    ['bad-reply', 502],
    ['unsupported', 400],
    ['not-yet', 404],
  ] as const)('states %s with its status', async (kind, status) => {
    const { get } = appOver({
      getTrace: async () => {
        throw new SourceError(kind, 'a fact', { retryAfterMs: 1500 })
      },
    })
    const reply = await get(`${TRACES}/x`)
    expect(reply.status).toBe(status)
    expect(reply.body).toEqual({ error: { kind, message: 'a fact', retryAfterMs: 1500 } })
    expect(reply.headers.get('retry-after')).toBe('2')
  })

  it('keeps what it did not expect to the log', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { get } = appOver({
      getTrace: async () => {
        throw new Error('column secret_x does not exist')
      },
    })
    const { status, body } = await get(`${TRACES}/x`)
    expect(status).toBe(500)
    expect(body.error).toEqual({ kind: 'internal', message: 'the gateway failed; its log says how' })
    expect(String(log.mock.calls)).toContain('secret_x')
    log.mockRestore()
  })

  it('hands the reader’s signal on', async () => {
    const { app, asked } = appOver()
    const controller = new AbortController()
    await app.request(new Request(`${BASE}${TRACES}`, { signal: controller.signal }))
    expect(asked[0]?.signal.aborted).toBe(false)
    controller.abort()
    expect(asked[0]?.signal.aborted).toBe(true)
  })

  it('compresses large replies for those who take it', async () => {
    const spans = Array.from({ length: 5000 }, (_, index) => ({
      ...OUTLINE,
      spanId: spanId(String(index).padStart(16, '0')),
      duration: durationMicros(index),
    }))
    const { app, get } = appOver({ getSpans: async () => ({ spans, complete: true }) })
    const path = `${TRACES}/${SUMMARY.traceId}/spans`
    const plain = await get(path)
    expect(plain.headers.get('content-encoding')).toBeNull()
    for (const accept of ['gzip', 'br, gzip;q=0.5']) {
      const response = await app.request(`${BASE}${path}`, { headers: { 'accept-encoding': accept } })
      expect(response.headers.get('content-encoding')).toBe('gzip')
      const raw = Buffer.from(await response.arrayBuffer())
      expect(JSON.parse(gunzipSync(raw).toString())).toEqual(plain.body)
    }
    const refused = await get(path, { 'accept-encoding': 'gzip;q=0, identity' })
    expect(refused.headers.get('content-encoding')).toBeNull()
  })
})

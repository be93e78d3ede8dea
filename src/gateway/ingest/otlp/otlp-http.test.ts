import { deflateSync, gzipSync } from 'node:zlib'
import protobuf from 'protobufjs/minimal.js'
import { beforeEach, describe, expect, it } from 'vitest'
import { SourceError } from '../../../domain/port/source-error.ts'
import { decodeTracesJson } from '../../../formats/otlp/decode-traces.ts'
import { DEFAULT_OTLP_LIMITS } from '../../../formats/otlp/guard/otlp-limits.ts'
import { encodeTracesProtobuf } from '../../../formats/otlp/testing/encode-traces-protobuf.ts'
import { DEFAULT_INGEST_LIMITS } from '../door/ingest-limits.ts'
import { SenderClock } from '../door/sender-clock.ts'
import { MemorySink } from '../testing/memory-sink.ts'
import { type OtlpIngest, otlpRoutes } from './otlp-http.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const spanOf = (spanId: string, more: object = {}) => ({
  traceId: TRACE,
  spanId,
  name: 'turn',
  startTimeUnixNano: '1795224134950000000',
  endTimeUnixNano: '1795224135283634234',
  ...more,
})
const exportOf = (...spans: object[]) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
const GOOD = exportOf(spanOf('b7ad6b7169203331'))
const GOOD_PROTOBUF = Buffer.from(encodeTracesProtobuf(decodeTracesJson(GOOD).spans))
const HALF_GOOD = exportOf(spanOf('b7ad6b7169203331'), spanOf('ff'), spanOf(''))

const JSON_TYPE = 'application/json'
const PROTOBUF_TYPE = 'application/x-protobuf'

let sink: MemorySink
let failures: unknown[]
const post = (
  body: Uint8Array | string | undefined,
  headers: Record<string, string>,
  options: Partial<OtlpIngest> & { path?: string } = {},
) =>
  otlpRoutes({
    sink,
    authorize: () => ({ ok: true }),
    onFailure: (error) => failures.push(error),
    ...options,
  }).request(options.path ?? '/v1/traces', {
    method: 'POST',
    headers,
    ...(body !== undefined && { body: typeof body === 'string' ? body : Uint8Array.from(body) }),
  })
const postJson = (value: unknown, options: Parameters<typeof post>[2] = {}) =>
  post(JSON.stringify(value), { 'content-type': JSON_TYPE }, options)

/** The fields of a protobuf message, one level, read without the code under test. */
const fieldsOf = (bytes: Uint8Array): Record<number, unknown> => {
  const reader = protobuf.Reader.create(Uint8Array.from(bytes))
  const fields: Record<number, unknown> = {}
  while (reader.pos < reader.len) {
    const tag = reader.uint32()
    fields[tag >>> 3] = (tag & 7) === 0 ? Number(reader.int64()) : Uint8Array.from(reader.bytes())
  }
  return fields
}
const textOf = (bytes: unknown) => new TextDecoder().decode(bytes as Uint8Array)

beforeEach(() => {
  sink = new MemorySink()
  failures = []
})

describe('an export that is taken', () => {
  it.each(['/v1/traces', '/api/public/otel/v1/traces'])('as JSON at %s is answered in JSON', async (path) => {
    const reply = await postJson(GOOD, { path })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('content-type')).toMatch(/^application\/json/)
    expect(await reply.json()).toEqual({})
    expect(sink.spans).toEqual(decodeTracesJson(GOOD).spans)
  })

  it('as protobuf is answered in protobuf', async () => {
    const reply = await post(GOOD_PROTOBUF, { 'content-type': PROTOBUF_TYPE })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('content-type')).toBe(PROTOBUF_TYPE)
    expect((await reply.arrayBuffer()).byteLength).toBe(0)
    expect(sink.spans).toEqual(decodeTracesJson(GOOD).spans)
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['identity', (body: Buffer) => body],
  ])('may come as %s', async (encoding, pack) => {
    const reply = await post(pack(GOOD_PROTOBUF), {
      'content-type': PROTOBUF_TYPE,
      'content-encoding': encoding,
    })
    expect(reply.status).toBe(200)
    expect(sink.spans).toHaveLength(1)
  })

  it('may name a charset', async () => {
    const reply = await post(JSON.stringify(GOOD), { 'content-type': 'application/json; charset=utf-8' })
    expect(reply.status).toBe(200)
  })

  it('of no bytes of protobuf is valid and empty', async () => {
    const reply = await post(undefined, { 'content-type': PROTOBUF_TYPE })
    expect(reply.status).toBe(200)
    expect(sink.spans).toEqual([])
  })

  it('in part says how much was not, in JSON', async () => {
    const reply = await postJson(HALF_GOOD)
    expect(reply.status).toBe(200)
    expect(await reply.json()).toEqual({
      partialSuccess: { rejectedSpans: '2', errorMessage: expect.stringContaining('span id is "ff"') },
    })
    expect(sink.spans).toHaveLength(1)
  })

  it('in part says how much was not, in protobuf', async () => {
    const half = Buffer.from(GOOD_PROTOBUF)
    const doubled = Buffer.concat([half, half])
    const limits = { ...DEFAULT_INGEST_LIMITS, otlp: { ...DEFAULT_OTLP_LIMITS, records: 1 } }
    const reply = await post(doubled, { 'content-type': PROTOBUF_TYPE }, { limits })
    const partial = fieldsOf(fieldsOf(new Uint8Array(await reply.arrayBuffer()))[1] as Uint8Array)
    expect(partial[1]).toBe(1)
    expect(textOf(partial[2])).toBe('1 spans rejected: a request may hold 1')
    expect(sink.spans).toHaveLength(1)
  })

  it('with a 10 MB attribute keeps the span and marks the cut', async () => {
    const attributes = [{ key: 'big', value: { stringValue: 'x'.repeat(10_000_000) } }]
    const reply = await postJson(exportOf(spanOf('b7ad6b7169203331', { attributes })))
    expect(reply.status).toBe(200)
    expect(sink.spans[0]?.attributes.big).toBe(`${'x'.repeat(8_388_608)}\n[cut: 1,611,392 more characters]`)
    expect(await reply.json()).toEqual({
      partialSuccess: {
        rejectedSpans: '0',
        errorMessage: '1 spans hold texts that were cut: their problems say which',
      },
    })
    expect(sink.spans[0]?.problems).toEqual([expect.stringContaining('"big" was cut from 10,000,000')])
  })

  it('of log records goes to the logs; those without a trace are acknowledged and not kept', async () => {
    const logRecords = [
      {
        traceId: TRACE,
        spanId: 'b7ad6b7169203331',
        timeUnixNano: '1795224134950000000',
        body: { stringValue: 'kept' },
      },
      { timeUnixNano: '1795224134950000000', body: { stringValue: 'not kept' } },
      { traceId: 'ff', body: { stringValue: 'wrong' } },
    ]
    const reply = await postJson({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }, { path: '/v1/logs' })
    expect(await reply.json()).toEqual({
      partialSuccess: { rejectedLogRecords: '1', errorMessage: expect.stringContaining('trace id is "ff"') },
    })
    expect(sink.logs.map((record) => record.body)).toEqual(['kept'])
  })
})

describe('an export that is refused', () => {
  const cases: [name: string, status: number, message: RegExp, send: () => Response | Promise<Response>][] = [
    [
      'malformed protobuf',
      400,
      /malformed protobuf/,
      () => post(Buffer.from([10, 200, 1, 0]), { 'content-type': PROTOBUF_TYPE }),
    ],
    ['text as protobuf', 400, /malformed protobuf/, () => post('{"a":1}', { 'content-type': PROTOBUF_TYPE })],
    ['broken JSON', 400, /no JSON/, () => post('{"resourceSpans":[', { 'content-type': JSON_TYPE })],
    ['no bytes as JSON', 400, /no JSON/, () => post(undefined, { 'content-type': JSON_TYPE })],
    ['JSON of another shape', 400, /resourceSpans/, () => postJson({ resourceLogs: [] })],
    [
      'truncated gzip',
      400,
      /broken/,
      () =>
        post(gzipSync(GOOD_PROTOBUF).subarray(0, 30), {
          'content-type': PROTOBUF_TYPE,
          'content-encoding': 'gzip',
        }),
    ],
    [
      'gzip that is none',
      400,
      /broken/,
      () => post(GOOD_PROTOBUF, { 'content-type': PROTOBUF_TYPE, 'content-encoding': 'gzip' }),
    ],
    ['no content type', 415, /no content type/, () => post(GOOD_PROTOBUF, {})],
    [
      'a wrong content type',
      415,
      /text\/plain/,
      () => post(JSON.stringify(GOOD), { 'content-type': 'text/plain' }),
    ],
    [
      'an unknown encoding',
      415,
      /br/,
      () => post(GOOD_PROTOBUF, { 'content-type': PROTOBUF_TYPE, 'content-encoding': 'br' }),
    ],
    ['a read-only explorer', 403, /read-only/, () => postJson(GOOD, { readOnly: true })],
    [
      'a sender without a token',
      401,
      /ask/,
      () => postJson(GOOD, { authorize: () => ({ ok: false, status: 401, message: 'ask for a token' }) }),
    ],
    [
      'a foreign page',
      403,
      /foreign/,
      () => postJson(GOOD, { authorize: () => ({ ok: false, status: 403, message: 'a foreign page' }) }),
    ],
  ]
  it.each(cases)('%s: %i', async (_name, status, message, send) => {
    const reply = await send()
    expect(reply.status).toBe(status)
    const text = new TextDecoder().decode(await reply.arrayBuffer())
    expect(text).toMatch(message)
    expect(reply.headers.get('retry-after')).toBeNull()
    expect(sink.spans).toEqual([])
    expect(failures).toEqual([])
  })

  it('is a google.rpc.Status in the encoding of the request', async () => {
    const json = await post('[]', { 'content-type': JSON_TYPE })
    expect(await json.json()).toEqual({ code: 3, message: 'the JSON is no object' })
    const reply = await post(Buffer.from([255]), { 'content-type': PROTOBUF_TYPE })
    expect(reply.headers.get('content-type')).toBe(PROTOBUF_TYPE)
    const status = fieldsOf(new Uint8Array(await reply.arrayBuffer()))
    expect(status[1]).toBe(3)
    expect(textOf(status[2])).toMatch(/^malformed protobuf/)
  })

  it('beyond the size of a body, by its header or while it streams: 413', async () => {
    const limits = { ...DEFAULT_INGEST_LIMITS, bodyBytes: 100 }
    const body = Buffer.alloc(101)
    expect(
      (await post(body, { 'content-type': PROTOBUF_TYPE, 'content-length': '101' }, { limits })).status,
    ).toBe(413)
    const streamed = await post(body, { 'content-type': PROTOBUF_TYPE }, { limits })
    expect(streamed.status).toBe(413)
    expect(streamed.headers.get('connection')).toBe('close')
  })

  it('that unpacks to too much stops while it unpacks: 413', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    let most = 0
    const limits = { ...DEFAULT_INGEST_LIMITS, decompressedBytes: 1_000_000 }
    const { readBody } = await import('../door/request-body.ts')
    const request = new Request('http://explorer/v1/traces', {
      method: 'POST',
      headers: { 'content-encoding': 'gzip' },
      body: Uint8Array.from(bomb),
    })
    await expect(
      readBody(request, limits, {
        clock: new SenderClock(limits.pace),
        take: (bytes) => {
          most += bytes
        },
      }),
    ).rejects.toMatchObject({ reason: 'too-large' })
    expect(most).toBeLessThanOrEqual(1_000_000)
    const reply = await post(bomb, { 'content-type': PROTOBUF_TYPE, 'content-encoding': 'gzip' }, { limits })
    expect(reply.status).toBe(413)
  })

  it('while the store is busy says when to come again: 429', async () => {
    sink.failWith = new SourceError('rate-limited', 'too much is in flight', { retryAfterMs: 2500 })
    const reply = await postJson(GOOD)
    expect(reply.status).toBe(429)
    expect(reply.headers.get('retry-after')).toBe('3')
    expect(await reply.json()).toMatchObject({
      code: 14,
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '2.5s' }],
    })
  })

  it('while the store fails may be sent again: 503, and is told of', async () => {
    sink.failWith = new Error('disk full at /secret/path')
    const reply = await postJson(GOOD)
    expect(reply.status).toBe(503)
    expect(await reply.text()).not.toContain('secret')
    expect(failures).toEqual([sink.failWith])
  })

  it('when all requests together hold too much: 429, and room again after', async () => {
    const limits = { ...DEFAULT_INGEST_LIMITS, bytesInFlight: GOOD_PROTOBUF.byteLength }
    const waiting: (() => void)[] = []
    const slow = {
      addSpans: () => new Promise<void>((resolve) => waiting.push(resolve)),
      addLogs: async () => undefined,
    }
    const routes = otlpRoutes({ sink: slow, authorize: () => ({ ok: true }), limits })
    const send = () =>
      routes.request('/v1/traces', {
        method: 'POST',
        headers: { 'content-type': PROTOBUF_TYPE },
        body: Uint8Array.from(GOOD_PROTOBUF),
      })
    const first = Promise.resolve(send())
    while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve))
    expect((await send()).status).toBe(429)
    waiting.pop()?.()
    expect((await first).status).toBe(200)
    const third = Promise.resolve(send())
    while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve))
    waiting.pop()?.()
    expect((await third).status).toBe(200)
  })

  it('by another method: 405', async () => {
    const reply = await otlpRoutes({ sink, authorize: () => ({ ok: true }) }).request('/v1/traces')
    expect(reply.status).toBe(405)
    expect(reply.headers.get('allow')).toBe('POST')
  })
})

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import { LangfuseSpanProcessor } from '@langfuse/otel'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import {
  BasicTracerProvider,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SourceError } from '../../../domain/port/source-error.ts'
import { decodeTracesJson } from '../../../formats/otlp/decode-traces.ts'
import { encodeTracesProtobuf } from '../../../formats/otlp/testing/encode-traces-protobuf.ts'
import { MemorySink } from '../testing/memory-sink.ts'
import { DEFAULT_INGEST_LIMITS } from './ingest-limits.ts'
import { type OtlpListenerOptions, type OtlpListeners, startOtlpListeners } from './listeners.ts'

/** The exporters' enum, which they do not give out. */
const GZIP = 'gzip' as never
const ANY_PORT = { port: 0, setting: 'OTLP_PORT', wasSet: true }
const TRACE_METHOD = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
const SPAN = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  name: 'turn',
  startTimeUnixNano: '1795224134950000000',
  endTimeUnixNano: '1795224135283634234',
}
const BODY = Buffer.from(
  encodeTracesProtobuf(decodeTracesJson({ resourceSpans: [{ scopeSpans: [{ spans: [SPAN] }] }] }).spans),
)

let sink: MemorySink
let running: OtlpListeners[] = []
const start = async (more: Partial<OtlpListenerOptions> = {}) => {
  const listeners = await startOtlpListeners({
    sink,
    authorize: () => ({ ok: true }),
    host: '127.0.0.1',
    http: ANY_PORT,
    grpc: ANY_PORT,
    ...more,
  })
  running.push(listeners)
  return { ...listeners, http: listeners.addresses.http ?? '', grpc: listeners.addresses.grpc ?? '' }
}
const bare = (url: string) => url.replace(/^https?:\/\//, '')

beforeEach(() => {
  sink = new MemorySink()
})
afterEach(async () => {
  await Promise.all(running.map((listeners) => listeners.close()))
  running = []
})

/** A turn with a call inside it, as an instrumented bot makes it. */
const recordTurn = async (processor: SpanProcessor) => {
  const provider = new BasicTracerProvider({ spanProcessors: [processor] })
  const tracer = provider.getTracer('bot', '1.0.0')
  const span = tracer.startSpan('turn', {
    attributes: { 'session.id': 's-1', count: 3, ratio: 0.5, tags: ['a', 'b'], 'input.value': 'Grüße 🙂' },
  })
  span.addEvent('thought', { step: 1 })
  span.recordException(new Error('it broke'))
  span.setStatus({ code: 2, message: 'it broke' })
  span.end()
  await provider.forceFlush()
  await provider.shutdown()
  return span.spanContext()
}
const expectTurn = (traceId: string) => {
  expect(sink.spans).toHaveLength(1)
  const [span] = sink.spans
  expect(span).toMatchObject({
    traceId,
    name: 'turn',
    parentId: null,
    otelKind: 'internal',
    status: { code: 'error', message: 'it broke' },
    scope: { name: 'bot', version: '1.0.0' },
  })
  expect(span?.attributes).toMatchObject({
    'session.id': 's-1',
    count: 3,
    ratio: 0.5,
    tags: ['a', 'b'],
    'input.value': 'Grüße 🙂',
  })
  expect(span?.events.map((event) => event.name)).toEqual(['thought', 'exception'])
  expect(span?.resource['telemetry.sdk.language']).toBe('nodejs')
  expect(span?.problems).toBeUndefined()
}

type Addresses = { readonly http: string; readonly grpc: string }
const EXPORTERS: [name: string, make: (at: Addresses) => SpanExporter][] = [
  ['protobuf over HTTP', ({ http }) => new ProtobufExporter({ url: `${http}/v1/traces` })],
  [
    'gzipped protobuf over HTTP',
    ({ http }) => new ProtobufExporter({ url: `${http}/v1/traces`, compression: GZIP }),
  ],
  ['JSON over HTTP', ({ http }) => new JsonExporter({ url: `${http}/v1/traces` })],
  ['gRPC at its own port', ({ grpc }) => new GrpcExporter({ url: `http://${grpc}` })],
  [
    'gzipped gRPC at its own port',
    ({ grpc }) => new GrpcExporter({ url: `http://${grpc}`, compression: GZIP }),
  ],
  ['JSON over HTTP at the port of gRPC', ({ grpc }) => new JsonExporter({ url: `http://${grpc}/v1/traces` })],
  ['gRPC at the port of HTTP', ({ http }) => new GrpcExporter({ url: http })],
]

describe("OpenTelemetry's exporters", () => {
  it.each(EXPORTERS)('send %s', async (_name, make) => {
    const { traceId } = await recordTurn(new SimpleSpanProcessor(make(await start())))
    expectTurn(traceId)
  })

  it('send log records', async () => {
    const { http } = await start()
    const provider = new LoggerProvider({
      processors: [
        new SimpleLogRecordProcessor({ exporter: new OTLPLogExporter({ url: `${http}/v1/logs` }) } as never),
      ],
    })
    const { context, trace } = await import('@opentelemetry/api')
    const spanContext = { traceId: SPAN.traceId, spanId: SPAN.spanId, traceFlags: 1 }
    provider.getLogger('bot').emit({
      eventName: 'gen_ai.user.message',
      severityNumber: 9,
      body: { content: 'hello' },
      attributes: { 'gen_ai.system': 'openai' },
      context: trace.setSpanContext(context.active(), spanContext),
    })
    await provider.forceFlush()
    await provider.shutdown()
    expect(sink.logs).toMatchObject([
      {
        ...{ traceId: SPAN.traceId, spanId: SPAN.spanId },
        severity: 9,
        body: { content: 'hello' },
        eventName: 'gen_ai.user.message',
      },
    ])
  })
})

describe("Langfuse's span processor", () => {
  it('sends to the explorer when its base URL is set to it, its secret key as the token', async () => {
    const asked: (string | null)[] = []
    const { http } = await start({
      authorize: (headers) => {
        asked.push(headers.get('authorization'))
        return { ok: true }
      },
    })
    const processor = new LangfuseSpanProcessor({
      publicKey: 'pk-any',
      secretKey: 'the-token',
      baseUrl: http,
      exportMode: 'immediate',
      shouldExportSpan: () => true,
    })
    const { traceId } = await recordTurn(processor)
    expectTurn(traceId)
    expect(asked).toEqual([`Basic ${Buffer.from('pk-any:the-token').toString('base64')}`])
  })
})

describe('gRPC', () => {
  const call = (
    address: string,
    body: Buffer,
    metadata = new Metadata(),
    channel = credentials.createInsecure(),
  ) => {
    const client = new Client(address, channel, { 'grpc.max_send_message_length': -1 })
    return new Promise<{ reply?: Buffer; error?: ServiceError }>((resolve) => {
      client.makeUnaryRequest(
        TRACE_METHOD,
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => bytes,
        body,
        metadata,
        (error, reply) => {
          client.close()
          resolve({ ...(error && { error }), ...(reply && { reply }) })
        },
      )
    })
  }

  it('answers an empty message when all went in', async () => {
    const { grpc } = await start()
    const { reply, error } = await call(grpc, BODY)
    expect(error).toBeUndefined()
    expect(reply).toHaveLength(0)
    expect(sink.spans).toHaveLength(1)
  })

  it('refuses malformed messages: INVALID_ARGUMENT', async () => {
    const { grpc } = await start()
    const { error } = await call(grpc, Buffer.from([10, 200, 1, 0]))
    expect(error).toMatchObject({ code: 3, details: expect.stringMatching(/^malformed protobuf/) })
  })

  it('asks senders for their token by metadata: UNAUTHENTICATED', async () => {
    const seen: string[] = []
    const { grpc, http } = await start({
      authorize: (headers) => {
        seen.push(headers.get('host') ?? '')
        return headers.get('authorization') === 'Bearer t'
          ? { ok: true }
          : { ok: false, status: 401, message: 'a token is asked for' }
      },
    })
    const withToken = new Metadata()
    withToken.set('authorization', 'Bearer t')
    for (const address of [grpc, bare(http)]) {
      expect((await call(address, BODY)).error).toMatchObject({ code: 16, details: 'a token is asked for' })
      expect((await call(address, BODY, withToken)).error).toBeUndefined()
    }
    expect(sink.spans).toHaveLength(2)
    expect(seen).toEqual([grpc, grpc, bare(http), bare(http)])
  })

  it('says when to come again while the store is busy: UNAVAILABLE with RetryInfo', async () => {
    const { grpc } = await start()
    sink.failWith = new SourceError('rate-limited', 'too much is in flight', { retryAfterMs: 1500 })
    const { error } = await call(grpc, BODY)
    expect(error).toMatchObject({ code: 14, details: 'too much is in flight' })
    const details = error?.metadata.get('grpc-status-details-bin')[0] as Buffer
    expect(details.toString('latin1')).toContain('type.googleapis.com/google.rpc.RetryInfo')
    // Duration {seconds: 1, nanos: 500000000} at the end.
    expect(details.subarray(-8).toString('hex')).toBe('08011080cab5ee01')
  })

  it('ends messages beyond the limit, compressed ones too: RESOURCE_EXHAUSTED', async () => {
    const limits = { ...DEFAULT_INGEST_LIMITS, decompressedBytes: 100_000 }
    const { grpc } = await start({ limits })
    expect((await call(grpc, Buffer.alloc(200_000))).error).toMatchObject({ code: 8 })
    const bomb = await rawGrpc(grpc, gzipSync(Buffer.alloc(20_000_000)), 'gzip')
    expect(bomb).toBe('8')
    expect(sink.spans).toEqual([])
  })

  it('takes nothing when read-only: PERMISSION_DENIED', async () => {
    const { grpc } = await start({ readOnly: true })
    expect((await call(grpc, BODY)).error).toMatchObject({ code: 7 })
  })
})

/** One call by plain HTTP/2 with a message compressed by hand; the grpc-status that comes back. */
const rawGrpc = async (address: string, message: Buffer, encoding: string): Promise<string> => {
  const http2 = await import('node:http2')
  const session = http2.connect(`http://${address}`)
  const frame = Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), message])
  frame.writeUInt32BE(message.byteLength, 1)
  return new Promise((resolve, reject) => {
    session.on('error', reject)
    const stream = session.request({
      ':method': 'POST',
      ':path': TRACE_METHOD,
      'content-type': 'application/grpc',
      'grpc-encoding': encoding,
      te: 'trailers',
    })
    const done = (headers: Record<string, unknown>) => {
      if (headers['grpc-status'] === undefined) return
      resolve(String(headers['grpc-status']))
      session.destroy()
    }
    stream.on('response', done)
    stream.on('trailers', done)
    stream.on('error', () => undefined)
    stream.end(frame)
  })
}

describe('the port of HTTP', () => {
  it('serves HTTP/1.1 and gRPC at once, over one connection each', async () => {
    const { http } = await start()
    const exporter = new GrpcExporter({ url: http })
    const posts = Array.from({ length: 5 }, () =>
      fetch(`${http}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf' },
        body: Uint8Array.from(BODY),
      }),
    )
    await recordTurn(new SimpleSpanProcessor(exporter))
    expect((await Promise.all(posts)).map((reply) => reply.status)).toEqual([200, 200, 200, 200, 200])
    expect(sink.spans).toHaveLength(6)
  })

  it('tells them apart when the first bytes come one by one', async () => {
    const { http } = await start()
    const { hostname, port } = new URL(http)
    const socket = connect(Number(port), hostname)
    const text = await new Promise<string>((resolve, reject) => {
      let read = ''
      socket.on('data', (chunk) => {
        read += chunk
      })
      socket.on('end', () => resolve(read))
      socket.on('error', reject)
      const request = [
        ...'POST /v1/traces HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n',
      ]
      const next = () => {
        const letter = request.shift()
        if (letter !== undefined) socket.write(letter, () => setImmediate(next))
      }
      next()
    })
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/)
  })

  it('answers 413 to a body that is too large, while it is sent', async () => {
    const { http } = await start({ limits: { ...DEFAULT_INGEST_LIMITS, bodyBytes: 1000 } })
    const reply = await fetch(`${http}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: new Uint8Array(5000),
    })
    expect(reply.status).toBe(413)
  })
})

describe('with a certificate', () => {
  const pem = (name: string) => readFileSync(join(import.meta.dirname, '..', 'fixtures', 'tls', name), 'utf8')
  const tls = { cert: pem('cert.pem'), key: pem('key.pem') }

  it.each([
    [['h2', 'http/1.1'], 'http/1.1'],
    [['h2'], 'h2'],
  ])('lets who offers %s speak %s', async (ALPNProtocols, spoken) => {
    const { http } = await start({ tls })
    const { hostname, port } = new URL(http)
    const socket = connectTls({
      host: hostname,
      port: Number(port),
      servername: 'localhost',
      ca: tls.cert,
      ALPNProtocols,
    })
    await once(socket, 'secureConnect')
    expect(socket.alpnProtocol).toBe(spoken)
    socket.destroy()
  })

  it('takes HTTPS, and gRPC over TLS at both ports', async () => {
    const { http, grpc } = await start({ tls })
    expect(http).toMatch(/^https:/)
    const https = await import('node:https')
    const status = await new Promise((resolve, reject) => {
      const request = https.request(
        `${http.replace('127.0.0.1', 'localhost')}/v1/traces`,
        { method: 'POST', ca: tls.cert, headers: { 'content-type': 'application/x-protobuf' } },
        (reply) => resolve(reply.resume().statusCode),
      )
      request.on('error', reject)
      request.end(BODY)
    })
    expect(status).toBe(200)
    const secure = credentials.createSsl(Buffer.from(tls.cert))
    for (const address of [grpc, bare(http)])
      await recordTurn(
        new SimpleSpanProcessor(new GrpcExporter({ url: `https://${address}`, credentials: secure })),
      )
    expect(sink.spans).toHaveLength(3)
  })
})

describe('a sender that leaves in the middle', () => {
  it('is no failure of ours, and holds nothing back', async () => {
    const failures: unknown[] = []
    const limits = { ...DEFAULT_INGEST_LIMITS, bytesInFlight: BODY.byteLength }
    const { http } = await start({ limits, onFailure: (error) => failures.push(error) })
    const socket = connect(Number(new URL(http).port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write(
      `POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${BODY.byteLength + 1}\r\n\r\n`,
    )
    socket.write(BODY.subarray(0, 20))
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    let status = 429
    for (let tries = 0; status === 429 && tries < 100; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 10))
      const reply = await fetch(`${http}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf' },
        body: Uint8Array.from(BODY),
      })
      status = reply.status
    }
    expect(status).toBe(200)
    expect(failures).toEqual([])
    expect(sink.spans).toHaveLength(1)
  })
})

describe('a path that is none', () => {
  it.each([
    ['/v1/metrics', /metrics are not kept here/],
    ['/', /traces are sent to \/v1\/traces/],
  ])('%s says what to do', async (path, message) => {
    const { http } = await start()
    const reply = await fetch(`${http}${path}`, { method: 'POST', body: '{}' })
    expect(reply.status).toBe(404)
    expect(await reply.text()).toMatch(message)
  })
})

describe('starting', () => {
  const occupied = async () => {
    const server = createServer()
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const { port } = server.address() as { port: number }
    return { port, free: promisify(server.close.bind(server)) }
  }

  it.each(['http', 'grpc'] as const)(
    'a default port in use is a problem in words, the other goes on: %s',
    async (which) => {
      const other = await occupied()
      const listeners = await start({ [which]: { port: other.port, setting: 'OTLP_X_PORT', wasSet: false } })
      expect(listeners.addresses[which]).toBeNull()
      expect(listeners.problems).toHaveLength(1)
      expect(listeners.problems[0]).toMatch(
        new RegExp(`^OTLP_X_PORT: port ${other.port} on 127.0.0.1 .*in use`),
      )
      const remaining = which === 'http' ? listeners.grpc : listeners.http
      expect(remaining).not.toBe('')
      await other.free()
    },
  )

  it.each(['http', 'grpc'] as const)(
    'a port that was set and is in use stops it, with one line: %s',
    async (which) => {
      const other = await occupied()
      const starting = start({ [which]: { port: other.port, setting: 'OTLP_X_PORT', wasSet: true } })
      await expect(starting).rejects.toThrow(
        /^OTLP_X_PORT: port \d+ on 127\.0\.0\.1 for OTLP\/\w+ is in use by another program$/,
      )
      await other.free()
    },
  )

  it('leaves out what is off', async () => {
    const listeners = await start({ http: null, grpc: null })
    expect(listeners.addresses).toEqual({ http: null, grpc: null })
  })
})

describe('closing', () => {
  it('lets requests under way end, and takes no more', async () => {
    const ends: (() => void)[] = []
    const slow = {
      addSpans: () => new Promise<void>((resolve) => ends.push(resolve)),
      addLogs: async () => undefined,
    }
    const { http, grpc, close } = await start({ sink: slow })
    const overHttp = fetch(`${http}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: Uint8Array.from(BODY),
    })
    const client = new Client(grpc, credentials.createInsecure())
    const asIs = (bytes: Buffer) => bytes
    const overGrpc = new Promise((resolve) => {
      client.makeUnaryRequest(TRACE_METHOD, asIs, asIs, BODY, (error) => resolve(error))
    })
    const idle = connect(Number(new URL(http).port), '127.0.0.1')
    idle.on('error', () => undefined)
    while (ends.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    const closed = close(10_000)
    for (const end of ends) end()
    expect((await overHttp).status).toBe(200)
    expect(await overGrpc).toBeNull()
    client.close()
    await closed
    await expect(fetch(http)).rejects.toThrow()
  })

  it('does not wait longer than it is told', async () => {
    const stuck = { addSpans: () => new Promise<void>(() => undefined), addLogs: async () => undefined }
    const { http, close } = await start({ sink: stuck })
    const sent = fetch(`${http}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: Uint8Array.from(BODY),
    })
    const refused = expect(sent).rejects.toThrow()
    await new Promise((resolve) => setTimeout(resolve, 100))
    await close(50)
    await refused
  })
})

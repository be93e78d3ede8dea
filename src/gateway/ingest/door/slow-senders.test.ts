import { once } from 'node:events'
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { Client, credentials } from '@grpc/grpc-js'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeTracesJson } from '../../../formats/otlp/decode-traces.ts'
import { encodeTracesProtobuf } from '../../../formats/otlp/testing/encode-traces-protobuf.ts'
import { MemorySink } from '../testing/memory-sink.ts'
import { DEFAULT_INGEST_LIMITS, type IngestLimits } from './ingest-limits.ts'
import { type OtlpListeners, startOtlpListeners } from './listeners.ts'

const METHOD = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
const spanNamed = (name: string) => ({
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  name,
  startTimeUnixNano: '1795224134950000000',
  endTimeUnixNano: '1795224135283634234',
})
const bodyOf = (name: string) =>
  Buffer.from(
    encodeTracesProtobuf(
      decodeTracesJson({ resourceSpans: [{ scopeSpans: [{ spans: [spanNamed(name)] }] }] }).spans,
    ),
  )
const BODY = bodyOf('turn')
const IMPATIENT = { bytesPerSecond: 1000, patienceMs: 1000, longestMs: 60_000 }

/** Each test has listeners of its own; what waits side by side is ended together. */
const ends: (() => unknown)[] = []
afterAll(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const start = async (limits: Partial<IngestLimits> = {}) => {
  const sink = new MemorySink()
  const listeners: OtlpListeners = await startOtlpListeners({
    sink,
    authorize: () => ({ ok: true }),
    host: '127.0.0.1',
    http: { port: 0, setting: 'OTLP_HTTP_PORT', wasSet: true },
    grpc: null,
    limits: { ...DEFAULT_INGEST_LIMITS, ...limits },
  })
  ends.push(() => listeners.close(0))
  const url = listeners.addresses.http ?? ''
  return { sink, url, port: Number(new URL(url).port) }
}

const post = (url: string, body: Uint8Array = BODY) =>
  fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: Buffer.from(body),
  })

/** A request that announces more than it sends. What it is answered arrives as a text when the connection ends. */
const stall = async (port: number, body: Uint8Array, headers = '') => {
  const socket = connect(port, '127.0.0.1')
  ends.push(() => socket.destroy())
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1')
  })
  socket.on('error', () => undefined)
  const ended = new Promise<string>((resolve) => socket.once('close', () => resolve(answer)))
  await once(socket, 'connect')
  socket.write(
    `POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: 60000000\r\n${headers}\r\n`,
  )
  await new Promise((resolve) => socket.write(body, resolve))
  return { socket, ended }
}

const grpcSession = (port: number): ClientHttp2Session => {
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  session.on('error', () => undefined)
  ends.push(() => session.destroy())
  return session
}

/** A call whose message announces so many bytes; none is sent yet. */
const openCall = (session: ClientHttp2Session, announced: number) => {
  const stream = session.request({
    ':method': 'POST',
    ':path': METHOD,
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  stream.on('error', () => undefined)
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(announced, 1)
  stream.write(prefix)
  const status = new Promise<string>((resolve) => {
    const read = (headers: Record<string, unknown>) => {
      if (headers['grpc-status'] !== undefined) resolve(String(headers['grpc-status']))
    }
    stream.on('response', read)
    stream.on('trailers', read)
    stream.on('close', () => resolve('closed'))
  })
  stream.resume()
  return { stream, status }
}

const grpcExport = (client: Client) =>
  new Promise<number>((resolve) => {
    const asIs = (bytes: Buffer) => bytes
    client.makeUnaryRequest(METHOD, asIs, asIs, BODY, (error) => resolve(error?.code ?? 0))
  })

describe.concurrent('a sender that stops in the middle', () => {
  it('is answered 408 over HTTP, and its connection is closed', async () => {
    const { port, sink } = await start({ pace: IMPATIENT })
    const { ended } = await stall(port, BODY)
    const answer = await ended
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(answer).toMatch(/^connection: close\r$/im)
    expect(sink.spans).toEqual([])
  })

  it('is answered 408 when it trickles below the lowest rate', async () => {
    const { port } = await start({ pace: IMPATIENT })
    const { socket, ended } = await stall(port, BODY.subarray(0, 1))
    const timer = setInterval(() => socket.writable && socket.write('x'), 50)
    expect(await ended).toMatch(/^HTTP\/1\.1 408 /)
    clearInterval(timer)
  })

  it('is answered 408 when all its pauses together are too long', async () => {
    const { port } = await start({ pace: { ...IMPATIENT, longestMs: 1500 } })
    const { socket, ended } = await stall(port, BODY)
    const timer = setInterval(() => socket.writable && socket.write(Buffer.alloc(2000)), 200)
    expect(await ended).toMatch(/^HTTP\/1\.1 408 /)
    clearInterval(timer)
  })

  it.each([
    ['before its message', Buffer.alloc(0)],
    ['within its message', Buffer.alloc(500)],
  ])('is DEADLINE_EXCEEDED over gRPC, %s; its connection goes on', async (_, sent) => {
    const { port } = await start({ pace: IMPATIENT })
    const session = grpcSession(port)
    const { stream, status } = openCall(session, 10_000)
    if (sent.byteLength > 0) stream.write(sent)
    expect(await status).toBe('4')
    const whole = openCall(session, BODY.byteLength)
    whole.stream.end(BODY)
    expect(await whole.status).toBe('0')
  })
})

describe.concurrent('an honest sender', () => {
  it('may pause for less than the patience, again and again', async () => {
    const { port, sink } = await start({ pace: { ...IMPATIENT, bytesPerSecond: 50, patienceMs: 3000 } })
    const body = bodyOf('x'.repeat(900))
    const socket = connect(port, '127.0.0.1')
    ends.push(() => socket.destroy())
    const answer = once(socket, 'data')
    socket.write(
      `POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${body.byteLength}\r\n\r\n`,
    )
    // Waits for four seconds in all: more than the patience, which each part fills up again.
    for (let at = 0; at < 5; at++) {
      if (at > 0) await delay(1000)
      socket.write(body.subarray((at * body.byteLength) / 5, ((at + 1) * body.byteLength) / 5))
    }
    expect(String((await answer)[0])).toMatch(/^HTTP\/1\.1 200 /)
    expect(sink.spans[0]?.name).toHaveLength(900)
  }, 20_000)

  it('is not charged while the store is slow', async () => {
    const { url, sink } = await start({ pace: { ...IMPATIENT, patienceMs: 500 } })
    const addSpans = sink.addSpans.bind(sink)
    sink.addSpans = async (spans) => {
      await delay(1500)
      await addSpans(spans)
    }
    expect((await post(url)).status).toBe(200)
  })

  it('keeps its connection between exports, over HTTP and gRPC', async () => {
    const { port, url } = await start({ pace: IMPATIENT })
    const socket = connect(port, '127.0.0.1')
    ends.push(() => socket.destroy())
    const client = new Client(new URL(url).host, credentials.createInsecure(), {
      'grpc.keepalive_time_ms': 1000,
      'grpc.keepalive_permit_without_calls': 1,
    })
    ends.push(() => client.close())
    for (let at = 0; at < 2; at++) {
      if (at > 0) await delay(7000)
      const answer = once(socket, 'data')
      socket.write(
        Buffer.concat([
          Buffer.from(
            `POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${BODY.byteLength}\r\n\r\n`,
          ),
          BODY,
        ]),
      )
      expect(String((await answer)[0])).toMatch(/^HTTP\/1\.1 200 /)
      expect(await grpcExport(client)).toBe(0)
    }
  }, 30_000)
})

describe('the memory of all bodies', () => {
  const LIMITS = { bytesInFlight: 4_000_000, bytesPerConnection: 2_000_000 }

  it('is not taken by a length that is only announced', async () => {
    const { port, url } = await start({ bytesInFlight: 1_000_000 })
    for (let at = 0; at < 20; at++) await stall(port, BODY)
    const session = grpcSession(port)
    for (let at = 0; at < 20; at++) openCall(session, 60_000_000)
    await delay(200)
    expect((await post(url)).status).toBe(200)
  })

  it('is made free by those that stopped, whoever comes then', async () => {
    const { port, url } = await start(LIMITS)
    // Unpacks to 0.9 MB each, four to the limit; the other sixteen find no room or take that of the first.
    const bomb = gzipSync(Buffer.alloc(900_000)).subarray(0, -50)
    for (let at = 0; at < 20; at++) await stall(port, bomb, 'Content-Encoding: gzip\r\n')
    await delay(1500)
    const large = bodyOf('y'.repeat(1_000_000))
    for (let at = 0; at < 5; at++) expect((await post(url, large)).status).toBe(200)
  })

  it('counts gRPC messages before they are whole', async () => {
    const { port, url } = await start(LIMITS)
    const calls = Array.from({ length: 6 }, () => openCall(grpcSession(port), 1_900_000))
    for (const { stream } of calls) stream.write(Buffer.alloc(1_800_000))
    // Six of 1.8 MB cannot all be held: some are told to come again, or make room.
    const refused: string[] = []
    for (const { status } of calls) void status.then((code) => refused.push(code))
    await expect.poll(() => refused.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(4)
    expect(new Set(refused)).toEqual(new Set(['14']))
    expect((await post(url)).status).toBe(200)
  }, 20_000)

  it('is shared out by connection', async () => {
    const { port, url } = await start({ ...LIMITS, bytesInFlight: 100_000_000 })
    const session = grpcSession(port)
    const first = openCall(session, 1_900_000)
    first.stream.write(Buffer.alloc(1_800_000))
    await delay(500)
    const second = openCall(session, 1_900_000)
    second.stream.write(Buffer.alloc(1_800_000))
    expect(await second.status).toBe('14')
    expect((await post(url)).status).toBe(200)
    first.stream.close()
  })
})

describe('the connections of a port', () => {
  const silent = async (port: number): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1')
    ends.push(() => socket.destroy())
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    return socket
  }

  it('are bounded: the idle one that is oldest goes when a new one comes', async () => {
    const { port, url } = await start({ connections: 10 })
    const sockets: Socket[] = []
    for (let at = 0; at < 10; at++) sockets.push(await silent(port))
    const closed = once(sockets[0] as Socket, 'close')
    sockets[0]?.resume()
    expect((await post(url)).status).toBe(200)
    await closed
    expect(sockets[9]?.destroyed).toBe(false)
  })

  it('that all send slowly make room too', async () => {
    const { port, url } = await start({ connections: 5 })
    const stalled = await Promise.all(Array.from({ length: 5 }, () => stall(port, BODY)))
    await delay(1500)
    expect((await post(url)).status).toBe(200)
    expect(await Promise.race(stalled.map(({ ended }) => ended))).toMatch(/^HTTP\/1\.1 429 /)
  })

  it('end where they send pings without end, not where calls go on between them', async () => {
    const { port } = await start()
    const pings = async (session: ClientHttp2Session, count: number) => {
      for (let at = 0; at < count && !session.destroyed; at++)
        await new Promise<void>((resolve) => {
          if (!session.ping(() => resolve())) resolve()
        })
    }
    const flood = grpcSession(port)
    await once(flood, 'connect')
    const ended = once(flood, 'close')
    await Promise.race([pings(flood, 10_000), ended])
    await ended
    const honest = grpcSession(port)
    for (let at = 0; at < 5; at++) {
      await pings(honest, 150)
      const { stream, status } = openCall(honest, BODY.byteLength)
      stream.end(BODY)
      expect(await status).toBe('0')
    }
  })

  it('have a bounded number of calls at once', async () => {
    const { port } = await start()
    const session = grpcSession(port)
    await once(session, 'remoteSettings')
    expect(session.remoteSettings.maxConcurrentStreams).toBe(100)
    const calls: ClientHttp2Stream[] = Array.from({ length: 120 }, () => openCall(session, 1000).stream)
    await delay(200)
    for (const call of calls) call.close()
  })
})

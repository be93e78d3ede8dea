// Senders that stop in the middle stand at a gateway's ports while an honest exporter goes on: its requests must
// be taken at once, and the memory stay bounded. About a minute, on this machine alone.
// Run: npx tsx scripts/stress-stalled.ts [--short]
import { mkdtempSync, rmSync } from 'node:fs'
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { Span } from '../src/domain/model/span.ts'
import { encodeTracesProtobuf } from '../src/formats/otlp/testing/encode-traces-protobuf.ts'
import { generateConversations } from '../src/sources/sample/conversations.ts'
import { startGatewayProcess } from './gateway-process.ts'

const SHORT = process.argv.includes('--short')
const HONEST_MS = SHORT ? 4_000 : 12_000
const PAUSE_MS = 50
/** Until what was sent is unpacked. */
const SETTLE_MS = 3_000
const MEBIBYTE = 1_048_576
const LONGEST_WRITE_MS = 8_000
const BUDGET = 256 * MEBIBYTE
/** A compressed body without its end: a thousandth of what it unpacks to, which is what it holds. */
const bombOf = (bytes: number): Buffer => gzipSync(Buffer.alloc(bytes)).subarray(0, -9)
const LARGE_BOMB = bombOf(BUDGET / 20 - 500)
const SMALL_BOMB = bombOf(20_000)
const SMALL_BOMBS = 60
const GRPC_METHOD = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
/** What the process may hold beyond its rest: the budget of bodies under way, and as much again for what it decodes. */
const MOST_MEMORY_MB = 900
const SLOWEST_P99_MS = 1_500

/** Sends the head of a request and the beginning of its body, then nothing. */
const stall = (port: number, body: Uint8Array, headers: string): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        `POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-protobuf\r\nContent-Length: 60000000\r\n${headers}\r\n`,
      )
      socket.write(body, () => resolve(socket))
    })
    socket.on('error', () => resolve(socket))
    socket.resume()
  })

/** One gRPC call on a connection of its own: a message of which the last byte is missing. */
const stallGrpc = async (port: number, bytes: number): Promise<ClientHttp2Session> => {
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  session.on('error', () => undefined)
  const stream = session.request({
    ':method': 'POST',
    ':path': GRPC_METHOD,
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  stream.on('error', () => undefined)
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(bytes, 1)
  stream.write(prefix)
  const ended = new Promise((resolve) => stream.once('close', resolve))
  const written = new Promise((resolve) => stream.write(Buffer.alloc(bytes - 1), resolve))
  await Promise.race([written, ended, delay(LONGEST_WRITE_MS)])
  return session
}

/** Requests of a few turns each, as an exporter sends them. */
const batches: readonly Uint8Array[] = (() => {
  const made: Uint8Array[] = []
  let spans: Span[] = []
  for (const conversation of generateConversations({ seed: 7, turns: 400, now: Date.now() })) {
    spans.push(...conversation.spans)
    if (spans.length < 60) continue
    made.push(encodeTracesProtobuf(spans))
    spans = []
  }
  return made
})()

interface Honest {
  readonly statuses: Readonly<Record<string, number>>
  readonly p50: number
  readonly p99: number
}

const sendHonestly = async (port: number, forMs: number): Promise<Honest> => {
  const statuses: Record<string, number> = {}
  const took: number[] = []
  const end = performance.now() + forMs
  for (let at = 0; performance.now() < end; at++) {
    const began = performance.now()
    const status = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: Buffer.from(batches[at % batches.length] as Uint8Array),
      signal: AbortSignal.timeout(30_000),
    }).then(
      async (reply) => {
        await reply.arrayBuffer()
        return String(reply.status)
      },
      (error: Error) => error.name,
    )
    took.push(performance.now() - began)
    statuses[status] = (statuses[status] ?? 0) + 1
    await delay(PAUSE_MS)
  }
  took.sort((a, b) => a - b)
  const rank = (share: number): number =>
    Math.round(took[Math.floor((took.length - 1) * share)] ?? Number.NaN)
  return { statuses, p50: rank(0.5), p99: rank(0.99) }
}

const failures: string[] = []

/** Lets `begin` put its senders before a fresh gateway, then measures what an honest one gets. */
const scenario = async (name: string, begin: (port: number) => Promise<() => void>): Promise<void> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'turnscope-stalled-'))
  const gateway = await startGatewayProcess({ dataDir, run: 'sources' })
  try {
    const port = Number(/OTLP\/gRPC at http:\/\/127\.0\.0\.1:(\d+)/.exec(gateway.output())?.[1])
    const end = await begin(port)
    await delay(SETTLE_MS)
    const { statuses, p50, p99 } = await sendHonestly(port, HONEST_MS)
    const { peak } = gateway.memory()
    end()
    const others = Object.keys(statuses).filter((status) => status !== '200')
    if (others.length > 0) failures.push(`${name}: honest requests were answered ${others.join(', ')}`)
    if (p99 > SLOWEST_P99_MS) failures.push(`${name}: p99 ${p99} ms`)
    if (peak > MOST_MEMORY_MB) failures.push(`${name}: ${Math.round(peak)} MB`)
    console.log(
      `${name}: honest ${JSON.stringify(statuses)}, p50 ${p50} ms, p99 ${p99} ms; memory at most ${Math.round(peak)} MB`,
    )
  } finally {
    await gateway.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** How long a body at `bytesPerSecond` is waited for, at most `forMs`. */
const trickle = async (port: number, bytesPerSecond: number, forMs: number): Promise<string> => {
  const socket = await stall(port, Buffer.alloc(1), '')
  const began = performance.now()
  const closed = new Promise<number>((resolve) => {
    socket.once('close', () => resolve(performance.now() - began))
  })
  const timer = setInterval(() => socket.writable && socket.write(Buffer.alloc(bytesPerSecond)), 1_000)
  const took = await Promise.race([closed, delay(forMs, null)])
  clearInterval(timer)
  socket.destroy()
  return took === null ? `not ended after ${forMs / 1000} s` : `ended after ${Math.round(took / 100) / 10} s`
}

/** A body of 5 MB over a slow line. */
const sendSlowly = async (port: number): Promise<string> => {
  const began = performance.now()
  const body = Buffer.from(batches[0] as Uint8Array)
  // Fields that nobody knows are skipped: they make the message as long as is wanted.
  const filler = Buffer.concat([Buffer.from([0xfa, 0x7f, 0xc0, 0x84, 0x3d]), Buffer.alloc(1_000_000)])
  const whole = Buffer.concat([body, filler, filler, filler, filler, filler])
  const chunks = async function* () {
    for (let at = 0; at < whole.byteLength; at += 25_000) {
      yield whole.subarray(at, at + 25_000)
      await delay(250)
    }
  }
  const reply = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: chunks() as unknown as ReadableStream,
    duplex: 'half',
  } as RequestInit)
  await reply.arrayBuffer()
  return `${reply.status} after ${Math.round((performance.now() - began) / 1000)} s`
}

/** Large ones that leave little of the budget, then small ones that take what is left. */
const stallAll = async (port: number, large: number) => {
  const headers = 'Content-Encoding: gzip\r\n'
  const sockets: Socket[] = []
  for (let at = 0; at < large; at++) sockets.push(await stall(port, LARGE_BOMB, headers))
  await delay(SETTLE_MS)
  for (let at = 0; at < SMALL_BOMBS; at++) sockets.push(await stall(port, SMALL_BOMB, headers))
  return () => {
    for (const socket of sockets) socket.destroy()
  }
}

await scenario('nobody else', async () => () => undefined)
for (const senders of SHORT ? [20] : [20, 200]) {
  const kilobytes = Math.round((senders * LARGE_BOMB.byteLength + SMALL_BOMBS * SMALL_BOMB.byteLength) / 1000)
  await scenario(`${senders} stalled senders of ${kilobytes} kB in all`, (port) => stallAll(port, senders))
}
const calls = SHORT ? 6 : 16
await scenario(`${calls} stalled gRPC calls of 60 MiB`, async (port) => {
  const sessions = await Promise.all(Array.from({ length: calls }, () => stallGrpc(port, 60 * MEBIBYTE)))
  return () => {
    for (const session of sessions) session.destroy()
  }
})
if (!SHORT) {
  const dataDir = mkdtempSync(join(tmpdir(), 'turnscope-stalled-'))
  const gateway = await startGatewayProcess({ dataDir, run: 'sources' })
  try {
    const port = Number(new URL(gateway.address).port)
    const [trickled, slow] = await Promise.all([trickle(port, 10, 40_000), sendSlowly(port)])
    console.log(`10 bytes a second on the main port: ${trickled}`)
    console.log(`5 MB at 100 kB/s: ${slow}`)
    if (trickled.startsWith('not')) failures.push('a trickled body is waited for without end')
    if (!slow.startsWith('200')) failures.push(`an honest slow sender got ${slow}`)
  } finally {
    await gateway.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
for (const failure of failures) console.error(`FAILED: ${failure}`)
process.exit(failures.length === 0 ? 0 : 1)

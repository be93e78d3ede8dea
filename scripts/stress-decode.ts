// Sends the worst bodies of 64 MiB that are known, one after the other, to a gateway of its own, and asks for
// something light meanwhile: each must be answered soon, no one else may wait long, and the process must live.
// Run: npx tsx scripts/stress-decode.ts [name…] [--seconds=60] [--built]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Client, credentials, type ServiceError } from '@grpc/grpc-js'
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts'
import { WORST_BODIES, type WorstBody } from './worst-bodies.ts'

const flags = process.argv.slice(2).filter((one) => one.startsWith('--'))
const wanted = process.argv.slice(2).filter((one) => !one.startsWith('--'))
const SECONDS = Number(flags.find((one) => one.startsWith('--seconds='))?.slice('--seconds='.length) ?? 60)
const RUN = flags.includes('--built') ? 'built' : 'sources'
const LIGHT_EVERY_MS = 20
const GRPC_ADDRESS = /OTLP\/gRPC (?:at )?(?:http:\/\/)?(127\.0\.0\.1:\d+)|gRPC\D*(127\.0\.0\.1:\d+)/i

const asked = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Asks for something light again and again until `done`; gives the longest wait, in ms. */
async function longestWait(address: string, done: () => boolean): Promise<number> {
  let longest = 0
  while (!done()) {
    const began = performance.now()
    try {
      await (await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(SECONDS * 1000) })).arrayBuffer()
    } catch {
      return Math.max(longest, performance.now() - began)
    }
    longest = Math.max(longest, performance.now() - began)
    await asked(LIGHT_EVERY_MS)
  }
  return longest
}

async function overHttp(gateway: GatewayProcess, { path, type }: WorstBody, body: Buffer): Promise<string> {
  const reply = await fetch(gateway.address + path, {
    method: 'POST',
    headers: { 'content-type': type, ...(path !== '/api/v1/import' && { 'content-encoding': 'gzip' }) },
    body: new Uint8Array(gzipSync(body, { level: 1 })),
    signal: AbortSignal.timeout(SECONDS * 1000),
  })
  const text = (await reply.text()).trim().split('\n').at(-1) ?? ''
  const words = type === 'application/x-protobuf' ? text.replaceAll(/[^ -~]+/g, ' ').trim() : text
  return `${reply.status} ${words.slice(0, 140)}`
}

const asIs = (bytes: Buffer): Buffer => bytes

function overGrpc(gateway: GatewayProcess, body: Buffer): Promise<string> {
  const found = GRPC_ADDRESS.exec(gateway.output())
  const address = found?.[1] ?? found?.[2] ?? new URL(gateway.address).host
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
    'grpc.default_compression_algorithm': 2,
  })
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      asIs,
      asIs,
      body,
      { deadline: Date.now() + SECONDS * 1000 },
      (error: ServiceError | null) => {
        client.close()
        resolve(error === null ? 'OK' : `${error.code} ${error.details.slice(0, 120)}`)
      },
    )
  })
}

async function stress(gateway: GatewayProcess, worst: WorstBody): Promise<string> {
  const body = worst.body()
  gateway.resetPeak()
  let over = false
  const waiting = longestWait(gateway.address, () => over)
  const began = performance.now()
  let answer: string
  try {
    answer = worst.way === 'grpc' ? await overGrpc(gateway, body) : await overHttp(gateway, worst, body)
  } catch (error) {
    answer = `NO ANSWER: ${error instanceof Error ? error.message : error}`
  }
  const seconds = (performance.now() - began) / 1000
  over = true
  const longest = await waiting
  let peak = 'gone'
  try {
    peak = `${Math.round(gateway.memory().peak)} MB`
  } catch {
    answer = `CRASHED after ${seconds.toFixed(1)} s: ${answer}`
  }
  console.log(
    `${worst.name.padEnd(34)} ${seconds.toFixed(2).padStart(6)} s  wait ${(longest / 1000).toFixed(2).padStart(5)} s  peak ${peak.padStart(8)}  ${answer}`,
  )
  return answer
}

const chosen = WORST_BODIES.filter(
  ({ name }) => wanted.length === 0 || wanted.some((one) => name.includes(one)),
)
const dataDir = mkdtempSync(join(tmpdir(), 'turnscope-stress-'))
const start = () => startGatewayProcess({ dataDir, run: RUN, env: { OTLP_GRPC_PORT: '0' } })
let failures = 0
let gateway = await start()
try {
  for (const worst of chosen) {
    const answer = await stress(gateway, worst)
    if (!/^(NO ANSWER|CRASHED|5\d\d |13 |14 )/.test(answer)) continue
    failures++
    await gateway.stop('SIGKILL')
    gateway = await start()
  }
} finally {
  await gateway.stop('SIGKILL')
  rmSync(dataDir, { recursive: true, force: true })
}
console.log(`${chosen.length} bodies, ${failures} without a proper answer`)
process.exit(failures === 0 ? 0 : 1)

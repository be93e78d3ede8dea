// Kills a gateway with -9 in the middle of steady ingest, again and again, on one data directory: every span
// that was acknowledged must be there after the restart. Run: npx tsx scripts/kill-test.ts [tries]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Span } from '../src/domain/span.ts'
import { encodeTracesProtobuf } from '../src/formats/otlp/encode-traces-protobuf.ts'
import { generateConversations } from '../src/sources/sample/conversations.ts'
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts'

const TRIES = Number(process.argv[2] ?? 20)
const SENDERS = 4
const SPANS_PER_REQUEST = 60
const READERS = 6

/** Acknowledged spans by their trace. */
type Acknowledged = Map<string, Set<string>>

const add = (acknowledged: Acknowledged, spans: readonly Span[]): void => {
  for (const { traceId, spanId } of spans) {
    const ids = acknowledged.get(traceId) ?? new Set()
    acknowledged.set(traceId, ids.add(spanId))
  }
}

function* requests(seed: number): Generator<readonly Span[]> {
  let batch: Span[] = []
  for (const { spans } of generateConversations({ seed, turns: 200_000, now: Date.now() })) {
    for (const span of spans) {
      batch.push(span)
      if (batch.length === SPANS_PER_REQUEST) {
        yield batch
        batch = []
      }
    }
  }
}

const send = async (address: string, spans: readonly Span[]): Promise<boolean> => {
  try {
    const reply = await fetch(`${address}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: Buffer.from(encodeTracesProtobuf(spans)),
    })
    await reply.arrayBuffer()
    return reply.status === 200
  } catch {
    return false
  }
}

/** Spans that were acknowledged and are not in the gateway's answers. */
async function missing(gateway: GatewayProcess, acknowledged: Acknowledged): Promise<readonly string[]> {
  const lost: string[] = []
  const left = [...acknowledged]
  const read = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [traceId, spanIds] = next
      const reply = await fetch(`${gateway.address}/api/v1/sources/local/traces/${traceId}/spans`)
      const body = await reply.text()
      const absent = reply.ok ? [...spanIds].filter((id) => !body.includes(id)) : [...spanIds]
      lost.push(...absent.map((id) => `${traceId}/${id}`))
    }
  }
  await Promise.all(Array.from({ length: READERS }, read))
  return lost
}

async function attempt(gateway: GatewayProcess, traffic: Generator<readonly Span[]>, lifeMs: number) {
  const acknowledged: Acknowledged = new Map()
  let requestsAnswered = 0
  let alive = true
  const sender = async () => {
    while (alive) {
      const next = traffic.next()
      if (next.done) return
      if (!(await send(gateway.address, next.value))) return
      add(acknowledged, next.value)
      requestsAnswered++
    }
  }
  const senders = Array.from({ length: SENDERS }, sender)
  await new Promise((resolve) => setTimeout(resolve, lifeMs))
  await gateway.stop('SIGKILL')
  alive = false
  await Promise.all(senders)
  return { acknowledged, requestsAnswered }
}

const dataDir = mkdtempSync(join(tmpdir(), 'turnscope-kill-'))
let failures = 0
let total = 0
const all: Acknowledged = new Map()
try {
  let gateway = await startGatewayProcess({ dataDir, run: 'sources' })
  for (let index = 1; index <= TRIES; index++) {
    // Traffic of its own for each try, so that no span of a later one could hide a loss.
    const { acknowledged, requestsAnswered } = await attempt(
      gateway,
      requests(index),
      250 + ((index * 137) % 900),
    )
    const spans = [...acknowledged.values()].reduce((sum, ids) => sum + ids.size, 0)
    total += spans
    for (const [traceId, ids] of acknowledged) all.set(traceId, ids)
    gateway = await startGatewayProcess({ dataDir, run: 'sources' })
    const lost = await missing(gateway, acknowledged)
    if (lost.length > 0 || requestsAnswered === 0) failures++
    console.log(
      `try ${index}: ${requestsAnswered} requests, ${spans} spans acknowledged, ${lost.length} lost, ` +
        `up again after ${Math.round(gateway.startMs)} ms${lost.length > 0 ? `: ${lost.slice(0, 5).join(' ')}` : ''}`,
    )
  }
  const lost = await missing(gateway, all)
  if (lost.length > 0) failures++
  console.log(`after ${TRIES} kills: ${total} spans acknowledged, ${lost.length} lost`)
  await gateway.stop()
} finally {
  rmSync(dataDir, { recursive: true, force: true })
}
process.exit(failures === 0 ? 0 : 1)

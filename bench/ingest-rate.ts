import type { Span } from '../src/domain/model/span.ts'
import { encodeTracesProtobuf } from '../src/formats/otlp/testing/encode-traces-protobuf.ts'
import { generateConversations } from '../src/sources/sample/conversations.ts'
import { type Figure, median, quantile, repeated } from './figures.ts'

const SPANS_PER_REQUEST = 5000
const REQUESTS = 40
const SENDERS = 4
const LIST_EVERY_MS = 50

/** Bodies encoded beforehand: it is the gateway that is measured. */
function bodies(seed: number): readonly Uint8Array<ArrayBuffer>[] {
  const made: Uint8Array<ArrayBuffer>[] = []
  let batch: Span[] = []
  for (const { spans } of generateConversations({ seed, turns: 1_000_000, now: Date.now() })) {
    batch.push(...spans)
    if (batch.length >= SPANS_PER_REQUEST) {
      made.push(new Uint8Array(encodeTracesProtobuf(batch.slice(0, SPANS_PER_REQUEST))))
      batch = batch.slice(SPANS_PER_REQUEST)
      if (made.length === REQUESTS) break
    }
  }
  return made
}

async function ingestOnce(address: string, seed: number) {
  const left = [...bodies(seed)]
  const megabytes = left.reduce((sum, body) => sum + body.length, 0) / 1e6
  let running = true
  const lists: number[] = []
  const watch = async () => {
    while (running) {
      const began = performance.now()
      await (await fetch(`${address}/api/v1/sources/local/traces?limit=50`)).arrayBuffer()
      lists.push(performance.now() - began)
      await new Promise((resolve) => setTimeout(resolve, LIST_EVERY_MS))
    }
  }
  const watching = watch()
  const began = performance.now()
  const send = async () => {
    for (let body = left.pop(); body !== undefined; ) {
      const reply = await fetch(`${address}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf' },
        body,
      })
      await reply.arrayBuffer()
      if (reply.ok) body = left.pop()
      // 429: what the gateway asks of a sender that is too fast.
      else if (reply.status !== 429) throw new Error(`OTLP: ${reply.status}`)
      else await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, send))
  const seconds = (performance.now() - began) / 1000
  running = false
  await watching
  return {
    rate: (REQUESTS * SPANS_PER_REQUEST) / seconds,
    listP99: quantile(lists, 0.99),
    lists: lists.length,
    megabytes,
  }
}

/** Durable spans a second by OTLP/HTTP protobuf, and what listing costs meanwhile. */
export async function ingestRate(address: string): Promise<readonly Figure[]> {
  const runs = await repeated(5, (index) => ingestOnce(address, 100 + index))
  return [
    {
      what: 'ingest, durable',
      value: median(runs.map(({ rate }) => rate)),
      unit: 'spans/s',
      budget: { least: 30_000 },
      note: `${SENDERS} senders, ${SPANS_PER_REQUEST} spans a request, ${Math.round(runs[0]?.megabytes ?? 0)} MB`,
    },
    {
      what: 'list meanwhile, p99',
      value: median(runs.map(({ listP99 }) => listP99)),
      unit: 'ms',
      budget: { most: 100 },
      note: `${runs[0]?.lists} lists a run`,
    },
  ]
}

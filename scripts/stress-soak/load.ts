import { setTimeout as delay } from 'node:timers/promises'
import { longTrace } from '../../bench/long-trace.ts'
import type { Span } from '../../src/domain/model/span.ts'
import { encodeTracesJson } from '../../src/formats/otlp/encode-traces.ts'
import { encodeTracesProtobuf } from '../../src/formats/otlp/testing/encode-traces-protobuf.ts'
import { generateConversations } from '../../src/sources/sample/conversations.ts'

/** What was acknowledged, and what the gateway answered. */
export class SoakLedger {
  /** Span ids by trace. */
  readonly spans = new Map<string, Set<string>>()
  readonly turns = new Set<string>()
  readonly answers = new Map<string, number>()
  /** How long each list took, ms. */
  readonly lists: number[] = []
  exports = 0
  exportsBroken = 0

  answered(way: string, status: number | 'no answer'): void {
    const name = `${way} ${status}`
    this.answers.set(name, (this.answers.get(name) ?? 0) + 1)
  }

  acknowledged(spans: readonly Span[]): void {
    for (const { traceId, spanId } of spans) {
      const ids = this.spans.get(traceId) ?? new Set()
      this.spans.set(traceId, ids.add(spanId))
    }
  }
}

export interface SoakLoad {
  readonly address: string
  readonly ledger: SoakLedger
  readonly isOver: () => boolean
}

/** A sender waits as long as it is asked to, within bounds. */
const LONGEST_WAIT_MS = 2_000
const SPANS_PER_REQUEST = 60

/** Posts until it is taken or the soak is over, as an exporter does; whether it was. */
async function post(
  { address, ledger, isOver }: SoakLoad,
  way: string,
  path: string,
  type: string,
  body: string | Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  while (!isOver()) {
    try {
      const reply = await fetch(address + path, { method: 'POST', headers: { 'content-type': type }, body })
      const text = await reply.text()
      ledger.answered(way, reply.status)
      if (reply.ok) return !text.includes('"type":"error"')
      const seconds = Number(reply.headers.get('retry-after') ?? 1)
      await delay(Math.min(LONGEST_WAIT_MS, seconds * 1_000))
    } catch {
      ledger.answered(way, 'no answer')
      await delay(LONGEST_WAIT_MS)
    }
  }
  return false
}

async function sendSpans(load: SoakLoad, spans: readonly Span[]): Promise<void> {
  const body = new Uint8Array(encodeTracesProtobuf(spans))
  if (await post(load, 'spans', '/v1/traces', 'application/x-protobuf', body)) load.ledger.acknowledged(spans)
}

/** Turns of an assistant, a request of some at a time. */
async function smallTraces(load: SoakLoad, seed: number): Promise<void> {
  let batch: Span[] = []
  for (const { spans } of generateConversations({ seed, turns: 1_000_000, now: Date.now() })) {
    batch.push(...spans)
    if (batch.length < SPANS_PER_REQUEST) continue
    await sendSpans(load, batch)
    batch = []
    if (load.isOver()) return
    await delay(40)
  }
}

/** Traces of 1,200 and of 20,000 spans, in many requests each. */
async function largeTraces(load: SoakLoad): Promise<void> {
  for (let index = 0; !load.isOver(); index++) {
    const spans = longTrace(index % 6 === 5 ? 20_000 : 1_200, 1_000 + index, Date.now() * 1000)
    for (let at = 0; at < spans.length && !load.isOver(); at += 400) {
      await sendSpans(load, spans.slice(at, at + 400))
      await delay(30)
    }
    await delay(1_000)
  }
}

async function turns(load: SoakLoad): Promise<void> {
  for (let index = 0; !load.isOver(); index++) {
    const traceId = `soak-turn-${index}`
    const turn = {
      traceId,
      startTime: Date.now() * 1000,
      duration: 1_000_000,
      chatbot: { name: 'Soak' },
      session: { id: `soak-${index % 50}` },
      input: `question ${index}`,
      output: `answer ${index}`,
      sessionData: { history: 'x'.repeat(index % 20 === 0 ? 200_000 : 200) },
    }
    if (await post(load, 'turns', '/api/v1/turns', 'application/json', JSON.stringify([turn]))) {
      load.ledger.turns.add(traceId)
    }
    await delay(100)
  }
}

/** A file of traces, opened now and then. */
async function imports(load: SoakLoad): Promise<void> {
  for (let index = 0; !load.isOver(); index++) {
    await delay(20_000)
    const spans = longTrace(3_000, 50_000 + index, Date.now() * 1000)
    const file = JSON.stringify(encodeTracesJson(spans))
    if (await post(load, 'import', '/api/v1/import', 'application/json', file))
      load.ledger.acknowledged(spans)
  }
}

async function lists({ address, ledger, isOver }: SoakLoad): Promise<void> {
  const questions = [
    'traces?limit=50',
    'traces?limit=50&q=order',
    'sessions?limit=50',
    'traces/count?status=error',
  ]
  for (let index = 0; !isOver(); index++) {
    const began = performance.now()
    try {
      const reply = await fetch(`${address}/api/v1/sources/local/${questions[index % questions.length]}`)
      await reply.arrayBuffer()
      ledger.answered('list', reply.status)
      if (reply.ok) ledger.lists.push(performance.now() - began)
    } catch {
      ledger.answered('list', 'no answer')
    }
    await delay(100)
  }
}

async function exportsOf({ address, ledger, isOver }: SoakLoad): Promise<void> {
  while (!isOver()) {
    await delay(15_000)
    try {
      const reply = await fetch(`${address}/api/v1/sources/local/traces.csv`)
      for await (const _ of reply.body ?? []);
      ledger.answered('csv', reply.status)
      ledger.exports++
    } catch {
      ledger.exportsBroken++
    }
  }
}

/** Everything at once, until the soak is over. */
export async function soakLoad(load: SoakLoad): Promise<void> {
  await Promise.all([
    smallTraces(load, 1),
    smallTraces(load, 2),
    largeTraces(load),
    turns(load),
    imports(load),
    lists(load),
    exportsOf(load),
  ])
}

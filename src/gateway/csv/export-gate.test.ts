import { request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { traceId } from '../../domain/model/units.ts'
import { NO_FILES } from '../api/static-files.ts'
import { MemorySink } from '../ingest/testing/memory-sink.ts'
import { readConfig } from '../settings/config.ts'
import { type RunningGateway, startGateway } from '../start-gateway.ts'
import { oneTraceSource, SUMMARY } from '../testing/one-trace-source.ts'
import type { ExportLimits } from './export-gate.ts'

const running: RunningGateway[] = []
afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.close(100)
})

/** A gateway whose one source streams turns without end. */
async function gatewayWith(exports: ExportLimits) {
  let open = 0
  const { source } = oneTraceSource('local', {
    streamTraces: async function* () {
      open += 1
      try {
        for (let index = 0; ; index++) {
          yield [{ ...SUMMARY, traceId: traceId(`t${index}`), output: '😀'.repeat(50_000), spans: null }]
          await delay(0)
        }
      } finally {
        open -= 1
      }
    },
  })
  const { config } = readConfig({ PORT: '0', OTLP_HTTP_PORT: 'off', OTLP_GRPC_PORT: 'off' })
  const table = { current: async () => [source], sink: new MemorySink(), warnings: [], close: async () => {} }
  const gateway = await startGateway({ ...config, exports }, table, NO_FILES)
  running.push(gateway)
  const base = `${gateway.address}/api/v1`
  return { base, csv: `${base}/sources/local/traces.csv`, open: () => open }
}

/** Asks, and reads nothing. */
const stalled = (url: string) =>
  new Promise<{ leave: () => void; ended: Promise<void> }>((resolve, reject) => {
    const asked = request(url, (reply) => {
      const ended = new Promise<void>((end) => reply.once('close', end))
      reply.on('error', () => {})
      reply.socket.pause()
      resolve({ leave: () => asked.destroy(), ended })
    })
    asked.once('error', reject)
    asked.end()
  })

const until = async (holds: () => boolean | Promise<boolean>) => {
  while (!(await holds())) await delay(20)
}

describe('exports at once', () => {
  it('are as many as are set; the next is told when to come again, and gets in when one has left', async () => {
    const { base, csv, open } = await gatewayWith({ atOnce: 2, stallMs: 60_000 })
    const readers = [await stalled(csv), await stalled(csv)]
    const refused = await fetch(`${csv}?export=mine`)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ error: { kind: 'rate-limited' } })
    expect(await (await fetch(`${base}/exports/mine`)).json()).toMatchObject({
      state: 'failed',
      message: '2 other exports are under way: try again when one has ended',
    })
    expect((await fetch(`${base}/sources/local/traces/${SUMMARY.traceId}/download`)).status).toBe(429)
    expect((await fetch(csv, { method: 'HEAD' })).status).toBe(200)
    readers[0]?.leave()
    await until(() => open() === 1)
    readers.push(await stalled(csv))
    expect((await fetch(csv)).status).toBe(429)
    for (const { leave } of readers) leave()
    await until(() => open() === 0)
  })

  it('are left by those that fail at once', async () => {
    const { base } = await gatewayWith({ atOnce: 1, stallMs: 60_000 })
    for (let attempt = 0; attempt < 3; attempt++) {
      expect((await fetch(`${base}/sources/local/traces.csv?sort=nonsense`)).status).toBe(400)
      expect((await fetch(`${base}/sources/local/traces/none/download?format=odd`)).status).toBe(400)
    }
  })
})

describe('a reader', () => {
  it('that takes nothing is cut off', async () => {
    const { base, csv, open } = await gatewayWith({ atOnce: 1, stallMs: 300 })
    await stalled(`${csv}?export=mine`)
    await until(() => open() === 0)
    await until(async () => (await (await fetch(`${base}/exports/mine`)).json()).state === 'failed')
    expect(await (await fetch(`${base}/exports/mine`)).json()).toMatchObject({
      message: 'the reader took nothing for 0.3 s',
    })
  })

  it('that is slow but takes on is not', async () => {
    const { csv, open } = await gatewayWith({ atOnce: 1, stallMs: 2_000 })
    const leave = new AbortController()
    const reply = await fetch(csv, { signal: leave.signal })
    const reader = (reply.body as ReadableStream<Uint8Array>).getReader()
    const began = Date.now()
    let text = ''
    const decoder = new TextDecoder()
    while (Date.now() - began < 5_000) {
      const { value } = await reader.read()
      text += decoder.decode(value, { stream: true })
      await delay(20)
    }
    expect(open()).toBe(1)
    // Long cells are written in parts; no character is halved.
    expect(text).not.toContain('\ufffd')
    expect(text).toContain(`,${'😀'.repeat(50_000)},`)
    leave.abort()
    await until(() => open() === 0)
  })
})

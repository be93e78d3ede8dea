import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { longTrace, sendSpans } from '../../bench/long-trace.ts'
import type { Dialect } from '../../src/sources/jaeger/query-api.ts'
import { type GatewayProcess, startGatewayProcess } from '../gateway-process.ts'
import { type RunningJaeger, startJaeger } from './jaeger-process.ts'
import { withV3Alone } from './v3-alone.ts'

/** Above what the gateway takes when it has nothing to do, MB. */
const MOST_MEMORY = 250
const SPANS = 100_000
const TRACE = '0af7651916cd43dd8448eb211c80319c'

const dataDirs: string[] = []
afterAll(() => {
  for (const directory of dataDirs) rmSync(directory, { recursive: true, force: true })
})

async function gatewayOver(queryUrl: string): Promise<GatewayProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'turnscope-jaeger-large-'))
  dataDirs.push(dataDir)
  return startGatewayProcess({ dataDir, run: 'sources', env: { JAEGER_QUERY_URL: queryUrl } })
}

/** What it takes when it has nothing to do, MB; its highest counts from here on. */
async function idle(gateway: GatewayProcess): Promise<number> {
  for (const path of ['jaeger/traces/1', 'local/traces?limit=1'])
    await (await fetch(`${gateway.address}/api/v1/sources/${path}`)).arrayBuffer()
  await pause(500)
  gateway.resetPeak()
  return gateway.memory().now
}

async function timed(url: string): Promise<{ ms: number; status: number; bytes: number }> {
  const began = performance.now()
  const reply = await fetch(url)
  const bytes = (await reply.arrayBuffer()).byteLength
  return { ms: performance.now() - began, status: reply.status, bytes }
}

describe('a trace of 100,000 spans in a running Jaeger', () => {
  const spans = longTrace(SPANS, 7, (Date.now() - 30 * 60_000) * 1000)
  const id = spans[0]?.traceId
  let jaeger: RunningJaeger
  let gateway: GatewayProcess
  beforeAll(async () => {
    jaeger = await startJaeger('memory')
    await jaeger.sendSpans(spans)
  })
  afterEach(() => gateway?.stop())
  afterAll(() => jaeger?.stop())

  it.each(['legacy', 'v3'] as const)('opens within bounds, in the dialect %s', async (dialect) => {
    const way = dialect === 'v3' ? await withV3Alone(jaeger.address) : undefined
    const queryUrl = way?.address ?? jaeger.address
    try {
      // The store's own, in a gateway that is gone when memory is looked at.
      gateway = await gatewayOver(queryUrl)
      await sendSpans(gateway.address, spans)
      const stored = `${gateway.address}/api/v1/sources/local/traces/${id}`
      await timed(`${stored}/spans`)
      const store = (await timed(stored)).ms + (await timed(`${stored}/spans`)).ms
      await gateway.stop()

      const reply = await timed(`${queryUrl}/${dialect === 'v3' ? 'api/v3' : 'api'}/traces/${id}`)
      gateway = await gatewayOver(queryUrl)
      const before = await idle(gateway)
      const opening = `${gateway.address}/api/v1/sources/jaeger/traces/${id}`
      const [opened, listed] = await Promise.all([timed(opening), timed(`${opening}/spans`)])
      const { peak } = gateway.memory()
      const ms = Math.max(opened.ms, listed.ms)
      const again = await timed(`${opening}/spans/${spans[0]?.spanId}`)
      console.log(
        `${dialect}: Jaeger's own reply ${Math.round(reply.ms)} ms (${Math.round(reply.bytes / 1e6)} MB), ` +
          `the store ${Math.round(store)} ms, here ${Math.round(ms)} ms, then a span ${Math.round(again.ms)} ms; ` +
          `${Math.round(peak - before)} MB above idle`,
      )
      expect([opened.status, listed.status, again.status]).toEqual([200, 200, 200])
      expect(peak - before).toBeLessThanOrEqual(MOST_MEMORY)
    } finally {
      way?.close()
    }
  })

  it.each(['legacy', 'v3'] as const)('stands in the table, in the dialect %s', async (dialect) => {
    const way = dialect === 'v3' ? await withV3Alone(jaeger.address) : undefined
    try {
      gateway = await gatewayOver(way?.address ?? jaeger.address)
      const before = await idle(gateway)
      const began = performance.now()
      const page = (await (
        await fetch(`${gateway.address}/api/v1/sources/jaeger/traces?kind=any&last=2h`)
      ).json()) as { items: readonly { traceId: string; spanCount: number }[] }
      console.log(
        `${dialect}: the table took ${Math.round(performance.now() - began)} ms, ` +
          `${Math.round(gateway.memory().peak - before)} MB above idle`,
      )
      expect(page.items.map(({ traceId, spanCount }) => [traceId, spanCount])).toEqual([[id, SPANS]])
    } finally {
      way?.close()
    }
  })
})

describe('a reply of 500 MB', () => {
  const REPLY = 500_000_000
  let server: Server
  let gateway: GatewayProcess
  let sent = 0
  afterEach(async () => {
    await gateway?.stop()
    server?.closeAllConnections()
    server?.close()
  })

  const WRAP = {
    legacy: [`{"data":[{"traceID":"${TRACE}","spans":[`, ']'],
    v3: ['{"result":{"resourceSpans":[{"scopeSpans":[{"spans":[', ']'],
  } as const
  const spanText = (dialect: Dialect, at: number): string => {
    const id = at.toString(16).padStart(16, '0')
    const start = 1_750_000_000_000_000 + at
    return dialect === 'legacy'
      ? `{"traceID":"${TRACE}","spanID":"${id}","operationName":"step","references":[],"startTime":${start},"duration":7,"tags":[{"key":"step","type":"int64","value":${at}},{"key":"note","type":"string","value":"step ${at} of a run without end"}],"logs":[],"processID":"p1"}`
      : `{"traceId":"${TRACE}","spanId":"${id}","name":"step","startTimeUnixNano":"${start}000","endTimeUnixNano":"${start}900","attributes":[{"key":"step","value":{"intValue":"${at}"}},{"key":"note","value":{"stringValue":"step ${at} of a run without end"}}]}`
  }

  /** A Jaeger whose traces never end; `sent` counts bytes. */
  async function endless(dialect: Dialect): Promise<string> {
    sent = 0
    server = createServer((request, response) => {
      const path = request.url ?? ''
      const own = dialect === 'v3' ? '/api/v3/' : '/api/'
      if (!path.startsWith(own) || (dialect === 'legacy' && path.startsWith('/api/v3/'))) {
        response.writeHead(404).end('404 page not found')
        return
      }
      if (path.includes('/services')) {
        response.end(dialect === 'v3' ? '{"services":["bot"]}' : '{"data":["bot"]}')
        return
      }
      let span = 1
      let written = 0
      response.write(WRAP[dialect][0])
      const more = () => {
        while (written < REPLY && !response.destroyed) {
          const texts = Array.from({ length: 500 }, () => spanText(dialect, span++))
          const text = `${span > 501 ? ',' : ''}${texts.join(',')}`
          written += text.length
          sent += text.length
          if (!response.write(text)) {
            response.once('drain', more)
            return
          }
        }
        response.end(WRAP[dialect][1])
      }
      more()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  it.each(['legacy', 'v3'] as const)('ends in a clear error, in the dialect %s', async (dialect) => {
    gateway = await gatewayOver(await endless(dialect))
    await pause(500)
    gateway.resetPeak()
    const before = gateway.memory().now
    const base = `${gateway.address}/api/v1/sources/jaeger`
    const replies = await Promise.all(
      [`${base}/traces/${TRACE}`, `${base}/traces/${TRACE}/spans`].map(async (url) => {
        const reply = await fetch(url)
        return { status: reply.status, text: await reply.text() }
      }),
    )
    for (const { status, text } of replies) {
      expect(status).toBe(502)
      expect(text).toMatch(/is larger than \d+ bytes/)
    }
    expect(sent).toBeLessThan(REPLY)
    const ofTrace = gateway.memory().peak - before
    gateway.resetPeak()
    const table = (await (
      await fetch(`${base}/traces?from=2025-06-15T00:00:00Z&to=2025-06-16T00:00:00Z`)
    ).json()) as {
      items: readonly unknown[]
      problems?: readonly string[]
      error?: { message: string }
    }
    const ofTable = gateway.memory().peak - before
    console.log(
      `${dialect}: ${Math.round(ofTrace)} MB above idle for a trace, ${Math.round(ofTable)} MB for the table: ${JSON.stringify(table).slice(0, 300)}`,
    )
    expect([...(table.problems ?? []), table.error?.message ?? ''].join()).toMatch(/too large|is larger than/)
    expect(ofTrace).toBeLessThanOrEqual(MOST_MEMORY)
    expect(ofTable).toBeLessThanOrEqual(MOST_MEMORY)
    expect((await fetch(`${gateway.address}/healthz`)).status).toBe(200)
  })
})

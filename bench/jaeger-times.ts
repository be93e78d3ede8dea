import { existsSync } from 'node:fs'
import { startGatewayProcess } from '../scripts/gateway-process.ts'
import { JAEGER_PROGRAM } from '../scripts/jaeger/build-jaeger.ts'
import { type RunningJaeger, startJaeger } from '../scripts/jaeger/jaeger-process.ts'
import { generateConversations } from '../src/sources/sample/conversations.ts'
import { addressTimes, openBrowser } from './browser-times.ts'
import { type Figure, median, repeated } from './figures.ts'
import { longTrace } from './long-trace.ts'

const TURNS = 1_000
const LONG = 10_000
const RUNS = 5
const MINUTE = 60_000

async function replyTime(url: string): Promise<number> {
  const times = await repeated(RUNS, async () => {
    const began = performance.now()
    const reply = await fetch(url)
    await reply.arrayBuffer()
    if (!reply.ok) throw new Error(`Jaeger answers ${reply.status}`)
    return performance.now() - began
  })
  return median(times)
}

/** Fills a Jaeger with turns and one long trace; gives that one's id and the service with the most turns. */
async function fill(jaeger: RunningJaeger): Promise<{ long: string; service: string }> {
  const now = Date.now() - 30 * MINUTE
  const spans = [...generateConversations({ turns: TURNS, now, days: 3 })].flatMap((turn) => turn.spans)
  const long = longTrace(LONG, 7, (now - 600 * MINUTE) * 1000)
  await jaeger.sendSpans([...spans, ...long])
  const counts = new Map<string, number>()
  for (const { parentId, resource } of spans)
    if (parentId === null) {
      const service = String(resource['service.name'])
      counts.set(service, (counts.get(service) ?? 0) + 1)
    }
  const [[service] = ['']] = [...counts].sort((a, b) => b[1] - a[1])
  return { long: long[0]?.traceId ?? '', service }
}

/** Whether it was built with its own pages: as a Go module it has a page in their place. */
async function hasPages(jaeger: RunningJaeger): Promise<boolean> {
  return /<script[^>]+src=/.test(await (await fetch(`${jaeger.address}/search`)).text())
}

/**
 * A running Jaeger: what it answers by itself, and what Turnscope makes of it in the browser. Says why where
 * there is none.
 */
export async function jaegerTimes(dataDir: string): Promise<readonly Figure[] | string> {
  if (!existsSync(JAEGER_PROGRAM)) return `no ${JAEGER_PROGRAM}: npm run test:jaeger builds it`
  const jaeger = await startJaeger('memory')
  try {
    const { long, service } = await fill(jaeger)
    const gateway = await startGatewayProcess({ dataDir, env: { JAEGER_QUERY_URL: jaeger.address } })
    const browser = await openBrowser()
    try {
      const [from, to] = [Date.now() - 96 * 60 * MINUTE, Date.now()].map((ms) => ms * 1000)
      const search = `service=${encodeURIComponent(service)}&start=${from}&end=${to}&limit=200`
      const own = await replyTime(`${jaeger.address}/api/traces?${search}`)
      const ownTrace = await replyTime(`${jaeger.address}/api/traces/${long}`)
      const table = await addressTimes(browser, `${gateway.address}/jaeger/traces`, 'table')
      const trace = await addressTimes(browser, `${gateway.address}/jaeger/traces/${long}`, 'trace')
      const spans = `${LONG.toLocaleString('en-US')} spans`
      const figures: readonly Figure[] = [
        { what: 'its own reply: 200 traces of one service', value: own, unit: 'ms' },
        { what: 'the table of all services, address to usable', value: table.usable, unit: 'ms' },
        { what: 'the same, rows shown', value: table.shown, unit: 'ms' },
        { what: `its own reply: a trace of ${spans}`, value: ownTrace, unit: 'ms' },
        { what: 'that trace, address to usable', value: trace.usable, unit: 'ms' },
        { what: 'the same, rows shown', value: trace.shown, unit: 'ms' },
      ]
      const note = 'built as a Go module it has none: only its replies are compared'
      return (await hasPages(jaeger))
        ? figures
        : [...figures, { what: 'its own pages', value: Number.NaN, unit: '', note }]
    } finally {
      await browser.close()
      await gateway.stop()
    }
  } finally {
    await jaeger.stop()
  }
}

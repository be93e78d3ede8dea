import type { GatewayProcess } from '../scripts/gateway-process.ts'
import { type Figure, median, repeated } from './figures.ts'

interface Export {
  readonly traces: number
  readonly megabytes: number
  readonly seconds: number
  readonly firstByteMs: number
  readonly peakOverIdle: number
}

async function exportOnce(gateway: GatewayProcess, filters: string): Promise<Export> {
  const base = `${gateway.address}/api/v1/sources/local`
  const counted = (await (await fetch(`${base}/traces/count?${filters}`)).json()) as { count: number }
  const idle = gateway.memory().now
  gateway.resetPeak()
  const began = performance.now()
  const reply = await fetch(`${base}/traces.csv?${filters}`)
  if (!reply.ok || reply.body === null) throw new Error(`traces.csv?${filters}: ${reply.status}`)
  let firstByteMs = 0
  let bytes = 0
  for await (const chunk of reply.body) {
    firstByteMs ||= performance.now() - began
    bytes += (chunk as Uint8Array).length
  }
  return {
    traces: counted.count,
    megabytes: bytes / 1e6,
    seconds: (performance.now() - began) / 1000,
    firstByteMs,
    peakOverIdle: gateway.memory().peak - idle,
  }
}

/** Whether a reader that stalls stops the reading: memory while nothing is taken from the stream. */
async function stalled(gateway: GatewayProcess): Promise<number> {
  const idle = gateway.memory().now
  gateway.resetPeak()
  const leave = new AbortController()
  const reply = await fetch(`${gateway.address}/api/v1/sources/local/traces.csv`, { signal: leave.signal })
  const reader = reply.body?.getReader()
  await reader?.read()
  await new Promise((resolve) => setTimeout(resolve, 4000))
  const grown = gateway.memory().peak - idle
  leave.abort()
  return grown
}

/** Exports from a store of a million turns: all of it, and its newest tenth. */
export async function csvExport(gateway: GatewayProcess, tenth: string): Promise<readonly Figure[]> {
  const small = await repeated(3, () => exportOnce(gateway, `from=${encodeURIComponent(tenth)}`))
  const whole = await exportOnce(gateway, '')
  const stall = await stalled(gateway)
  const of = (exports: readonly Export[], figure: (one: Export) => number) => median(exports.map(figure))
  const smallPeak = of(small, ({ peakOverIdle }) => peakOverIdle)
  return [
    {
      what: 'CSV of a tenth',
      value: of(small, ({ traces, seconds }) => traces / seconds),
      unit: 'traces/s',
      budget: { least: 50_000 },
      note: `${small[0]?.traces} traces, ${Math.round(small[0]?.megabytes ?? 0)} MB`,
    },
    {
      what: 'first byte',
      value: of(small, ({ firstByteMs }) => firstByteMs),
      unit: 'ms',
      budget: { most: 200 },
    },
    { what: 'peak over idle, a tenth', value: smallPeak, unit: 'MB', budget: { most: 200 } },
    {
      what: 'CSV of all',
      value: whole.traces / whole.seconds,
      unit: 'traces/s',
      budget: { least: 50_000 },
      note: `${whole.traces} traces, ${Math.round(whole.megabytes)} MB, first byte ${Math.round(whole.firstByteMs)} ms`,
    },
    {
      what: 'peak over idle, all',
      value: whole.peakOverIdle,
      unit: 'MB',
      budget: { most: Math.max(20, smallPeak * 1.1) },
      note: 'no higher than a tenth + 10 %',
    },
    { what: 'peak over idle, stalled reader', value: stall, unit: 'MB', budget: { most: 200 } },
  ]
}

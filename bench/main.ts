// Prints the project's figures beside their budgets: `npm run bench [-- section …]`.
// Sections: bundle, long, ingest, api, table, csv, insights, jaeger. Without any: all of them.
// BENCH_TURNS sets the size of the large store (1,000,000); BENCH_STORE names a directory to keep it in.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type GatewayProcess, startGatewayProcess } from '../scripts/gateway-process.ts'
import { apiLatency } from './api-latency.ts'
import { openBrowser, tableTimes, traceTimes } from './browser-times.ts'
import { routeBundles, wholeBundle } from './bundle-size.ts'
import { csvExport } from './csv-export.ts'
import { type Figure, isOver, tableOf } from './figures.ts'
import { ingestRate } from './ingest-rate.ts'
import { insightsTimes } from './insights-times.ts'
import { jaegerTimes } from './jaeger-times.ts'
import { longTrace, sendSpans } from './long-trace.ts'

const ROOT = join(import.meta.dirname, '..')
const APP = join(ROOT, 'dist', 'app')
const TURNS = Number(process.env.BENCH_TURNS ?? 1_000_000)

const temporary: string[] = []
const temporaryDir = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'turnscope-bench-'))
  temporary.push(directory)
  return directory
}

async function withGateway<Result>(
  dataDir: string,
  use: (gateway: GatewayProcess) => Promise<Result>,
): Promise<Result> {
  const gateway = await startGatewayProcess({ dataDir })
  try {
    return await use(gateway)
  } finally {
    await gateway.stop()
  }
}

async function withLongTraces<Result>(use: (address: string) => Promise<Result>): Promise<Result> {
  return withGateway(temporaryDir(), async ({ address }) => {
    for (const size of [10_000, 100_000]) {
      await sendSpans(address, longTrace(size, 7, (Date.now() - 600_000) * 1000))
    }
    return use(address)
  })
}

/** In a process of its own, so that its memory is gone when the gateway is measured. */
const loadStore = (directory: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const program = ['--import', 'tsx', join(ROOT, 'bench', 'store-load.ts'), directory, String(TURNS)]
    const child = spawn(process.execPath, program, { stdio: ['ignore', 'inherit', 'inherit'] })
    child.once('error', reject)
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`the store could not be filled: exit ${code}`)),
    )
  })

let large: string | undefined
async function largeStore(): Promise<string> {
  if (large !== undefined) return large
  const kept = process.env.BENCH_STORE
  large = kept ?? temporaryDir()
  if (kept === undefined || !existsSync(kept)) await loadStore(large)
  return large
}

/** The start of the newest tenth of the large store, ISO 8601. */
async function newestTenth(address: string): Promise<string> {
  const base = `${address}/api/v1/sources/local/traces`
  const startOf = async (sort: string) => {
    const page = (await (await fetch(`${base}?limit=1&sort=${sort}`)).json()) as {
      items: readonly { startTime: number }[]
    }
    return (page.items[0]?.startTime ?? 0) / 1000
  }
  const [first, last] = [await startOf('startTime'), await startOf('-startTime')]
  return new Date(last - (last - first) / 10).toISOString()
}

/** Figures, or why there are none. */
type Section = readonly [title: string, run: () => Promise<readonly Figure[] | string>]

const SECTIONS: Readonly<Record<string, Section>> = {
  bundle: [
    'JavaScript',
    () =>
      withLongTraces(async (address) => {
        const browser = await openBrowser()
        try {
          const { items } = (await (
            await fetch(`${address}/api/v1/sources/local/traces?session=long-10000&kind=any`)
          ).json()) as { items: readonly { traceId: string }[] }
          const routes = {
            table: `${address}/local/traces`,
            trace: `${address}/local/traces/${items[0]?.traceId}`,
          }
          return [...(await routeBundles(browser, APP, routes)), wholeBundle(APP)]
        } finally {
          await browser.close()
        }
      }),
  ],
  long: [
    'Long traces in the browser',
    () =>
      withLongTraces(async (address) => {
        const browser = await openBrowser()
        try {
          return [
            ...(await traceTimes(browser, address, 10_000, 250)),
            ...(await traceTimes(browser, address, 100_000, 600)),
          ]
        } finally {
          await browser.close()
        }
      }),
  ],
  ingest: ['Ingest', () => withGateway(temporaryDir(), ({ address }) => ingestRate(address))],
  api: [
    `The read API over ${TURNS.toLocaleString('en-US')} turns`,
    async () => {
      const store = await largeStore()
      return withGateway(store, async (gateway) => [
        { what: 'start', value: gateway.startMs, unit: 'ms', budget: { most: 1000 } },
        ...(await apiLatency(gateway.address)),
      ])
    },
  ],
  table: [
    'The trace table in the browser',
    async () => {
      const store = await largeStore()
      return withGateway(store, async ({ address }) => {
        const browser = await openBrowser()
        try {
          return await tableTimes(browser, address, TURNS)
        } finally {
          await browser.close()
        }
      })
    },
  ],
  csv: [
    'CSV',
    async () => {
      const store = await largeStore()
      return withGateway(store, async (gateway) => csvExport(gateway, await newestTenth(gateway.address)))
    },
  ],
  insights: [
    `Insights over ${TURNS.toLocaleString('en-US')} turns, p95 of each panel's slowest question`,
    async () => withGateway(await largeStore(), ({ address }) => insightsTimes(address)),
  ],
  jaeger: ['A Jaeger looked into', () => jaegerTimes(temporaryDir())],
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in SECTIONS))
if (unknown.length > 0) {
  console.error(`bench: no section ${unknown.join(', ')}; there are ${Object.keys(SECTIONS).join(', ')}`)
  process.exit(2)
}

/** Figures of a busy machine say little: the table says so itself. */
const machine = (): string => {
  const cores = availableParallelism()
  const load = loadavg()[0] ?? 0
  const busy = load > cores * 0.6 ? ', BUSY with other work: these figures are too high' : ''
  return `${cores} cores of ${cpus()[0]?.model ?? 'unknown kind'}, Node ${process.versions.node}, load ${load.toFixed(1)}${busy}`
}

console.log(`${machine()}\n`)
let over = 0
try {
  for (const name of asked.length > 0 ? asked : Object.keys(SECTIONS)) {
    const [title, run] = SECTIONS[name] as (typeof SECTIONS)[string]
    const figures = await run()
    if (typeof figures === 'string') {
      console.log(`${title}: left out: ${figures}\n`)
      continue
    }
    over += figures.filter(isOver).length
    console.log(tableOf(title, figures))
  }
} finally {
  for (const directory of temporary) rmSync(directory, { recursive: true, force: true })
}
console.log(over === 0 ? 'All budgets are kept.' : `${over} figures are over their budget.`)

// Long texts and readers that stall: `npx tsx scripts/stress-texts.ts [share]`. Prints what is exported, how long
// lists take meanwhile and what the memory is; exits with 1 where an export is not whole. A share such as 0.05
// stores so much less. Everything stays on this machine, in a directory that is removed at the end.
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NO_FACETS } from '../src/domain/model/trace.ts'
import { durationMicros, micros, traceId } from '../src/domain/model/units.ts'
import { EVERYTHING } from '../src/domain/query/trace-query.ts'
import { openStore } from '../src/sources/store/store.ts'
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts'

const SHARE = Number(process.argv[2] ?? 1)
const START = 1_760_000_000_000_000
/** Bytes posted at once. */
const POSTED = 8_000_000
const READERS = 40

let failed = false
const say = (what: string, figure: string) => console.log(`${what.padEnd(58)} ${figure}`)
const check = (what: string, holds: boolean) => {
  say(what, holds ? 'yes' : 'NO')
  failed ||= !holds
}
const scaled = (turns: number) => Math.max(10, Math.round(turns * SHARE))

async function inDirectory<Result>(work: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'turnscope-stress-'))
  try {
    return await work(directory)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const dataOf = (index: number, size: number) => `${index} `.padEnd(size, 'the order is on its way. ')

function* inPosts(turns: number, size: number): Generator<readonly number[]> {
  const each = Math.max(1, Math.floor(POSTED / size))
  for (let start = 0; start < turns; start += each) {
    yield Array.from({ length: Math.min(each, turns - start) }, (_, offset) => start + offset)
  }
}

/** The engine alone, held to a limit: written, packed, opened again, listed and streamed. */
async function underLimit(turns: number, size: number, memoryLimit: string): Promise<void> {
  await inDirectory(async (directory) => {
    const log = (line: string) => check(line, false)
    const began = performance.now()
    let store = await openStore({ directory, memoryLimit, log })
    for (const post of inPosts(turns, size)) {
      await store.addTurns(
        post.map((index) => ({
          facets: NO_FACETS,
          trace: {
            traceId: traceId(`t-${index}`),
            startTime: micros(START + index),
            duration: durationMicros((index * 7919) % 100_003),
            status: 'ok',
            kind: 'turn',
            chatbot: { id: 'b', name: 'b' },
            session: { id: 's' },
            input: 'Hi',
            metrics: {},
            tags: [],
            feedback: [],
            services: [],
            spans: null,
            sessionData: dataOf(index, size),
          },
        })),
      )
    }
    await store.close()
    store = await openStore({ directory, memoryLimit, log })
    const never = new AbortController().signal
    const what = `${turns} turns of ${size} B within ${memoryLimit}`
    check(
      `${what}: listed`,
      (await store.source.listTraces(EVERYTHING, { limit: 10 }, never)).items.length === 10,
    )
    for (const field of ['startTime', 'duration'] as const) {
      let whole = 0
      const query = { ...EVERYTHING, sort: { field, descending: true } }
      for await (const batch of store.source.streamTraces?.(query, never) ?? []) {
        for (const trace of batch)
          if (trace.sessionData === dataOf(Number(trace.traceId.slice(2)), size)) whole += 1
      }
      check(`${what}: streamed by ${field}`, whole === turns)
    }
    await store.close()
    say(`${what}: all of it`, `${Math.round((performance.now() - began) / 1000)} s`)
  })
}

async function fill({ address }: GatewayProcess, turns: number, size: number): Promise<void> {
  for (const post of inPosts(turns, size)) {
    const body = post.map((index) => ({
      traceId: `t-${index}`,
      startTime: START + index,
      duration: (index * 7919) % 100_003,
      chatbot: { name: 'b' },
      session: { id: 's' },
      input: 'Hi',
      sessionData: dataOf(index, size),
    }))
    const reply = await fetch(`${address}/api/v1/turns`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!reply.ok) throw new Error(`turns: ${reply.status} ${await reply.text()}`)
  }
}

const local = ({ address }: GatewayProcess, path: string) => `${address}/api/v1/sources/local/${path}`

async function exported(gateway: GatewayProcess, path: string): Promise<number> {
  const reply = await fetch(local(gateway, path))
  if (!reply.ok || reply.body === null) return 0
  let bytes = 0
  for await (const chunk of reply.body) bytes += (chunk as Uint8Array).length
  return bytes
}

/** A gateway as it comes: filled, stopped, started, exported. */
async function atDefaults(turns: number, size: number): Promise<void> {
  await inDirectory(async (dataDir) => {
    const first = await startGatewayProcess({ dataDir, run: 'sources' })
    await fill(first, turns, size)
    await first.stop()
    const gateway = await startGatewayProcess({ dataDir, run: 'sources' })
    const idle = gateway.memory().now
    gateway.resetPeak()
    const bytes = await exported(gateway, 'traces.csv?sort=-startTime')
    check(`${turns} turns of ${size} B: CSV is whole`, bytes > turns * size)
    say('  peak over idle', `${Math.round(gateway.memory().peak - idle)} MB`)
    await gateway.stop()
  })
}

/** Asks, and reads nothing. Gives the status and how to leave. */
const stall = (url: string) =>
  new Promise<{ status: number; leave: () => void }>((resolve, reject) => {
    const asked = request(url, { agent: false }, (reply) => {
      reply.on('error', () => {})
      reply.socket.pause()
      resolve({ status: reply.statusCode ?? 0, leave: () => asked.destroy() })
    })
    asked.on('error', reject)
    asked.end()
  })

/** Many readers that take nothing, and what lists cost meanwhile. */
async function stalledReaders(turns: number): Promise<void> {
  await inDirectory(async (dataDir) => {
    const gateway = await startGatewayProcess({ dataDir, run: 'sources' })
    await fill(gateway, turns, 2_000)
    await exported(gateway, 'traces?limit=50')
    const idle = gateway.memory().now
    for (const path of ['traces.csv', 'traces.csv?sort=-duration', 'traces/t-1/download']) {
      gateway.resetPeak()
      const readers = await Promise.all(Array.from({ length: READERS }, () => stall(local(gateway, path))))
      const times: number[] = []
      for (let index = 0; index < 100; index++) {
        const began = performance.now()
        await exported(gateway, 'traces?limit=50')
        times.push(performance.now() - began)
      }
      times.sort((a, b) => a - b)
      const refused = readers.filter(({ status }) => status === 429).length
      say(`${READERS} stalled readers of ${path}`, `${refused} refused`)
      say('  lists, median and p99', `${Math.round(times[50] ?? 0)} and ${Math.round(times[98] ?? 0)} ms`)
      say('  peak over idle', `${Math.round(gateway.memory().peak - idle)} MB`)
      for (const { leave } of readers) leave()
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    await gateway.stop()
  })
}

await stalledReaders(scaled(100_000))
await underLimit(scaled(1_290), 400_000, '512MiB')
await atDefaults(scaled(6_600), 100_000)
await atDefaults(scaled(2_700), 1_000_000)
process.exitCode = failed ? 1 : 0

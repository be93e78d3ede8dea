import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'

/** A gateway that a test started: its own process, ports and data folder. */
export interface RunningGateway {
  /** `http://127.0.0.1:PORT` of explorer and API. */
  readonly url: string
  /** `http://127.0.0.1:PORT` that takes OTLP over HTTP and gRPC. */
  readonly otlpUrl: string
  /** `127.0.0.1:PORT` of the gRPC port. */
  readonly grpcAddress: string
  /** Posts a file of OTLP/JSON; throws with the reply where it is not taken. */
  postTraces(file: string): Promise<void>
  /** What the process printed so far. */
  output(): string
  /** Ends the process at once, as a crash does; its ports and data stay for `revive`. */
  kill(): Promise<void>
  /** Starts it again where it was, and waits until it serves. */
  revive(): Promise<void>
}

/** Starts the built gateway on free ports; `stop` ends it and removes its data. */
export async function startGateway(
  settings: Record<string, string> = {},
): Promise<RunningGateway & { stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'turnscope-e2e-'))
  const [port, httpPort, grpcPort] = await freePorts()
  let printed = ''
  const url = `http://127.0.0.1:${port}`
  const otlpUrl = `http://127.0.0.1:${httpPort}`
  const launch = async () => {
    const started = spawn(process.execPath, ['dist/gateway/main.js'], {
      cwd: join(import.meta.dirname, '..'),
      env: {
        PATH: process.env.PATH ?? '',
        PORT: String(port),
        OTLP_HTTP_PORT: String(httpPort),
        OTLP_GRPC_PORT: String(grpcPort),
        TURNSCOPE_DATA_DIR: join(folder, 'data'),
        ...settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk) => {
        printed += chunk
      })
    await untilServing(url, started, () => printed)
    return started
  }
  let child = await launch()
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  return {
    url,
    otlpUrl,
    grpcAddress: `127.0.0.1:${grpcPort}`,
    output: () => printed,
    async postTraces(file) {
      const reply = await fetch(`${otlpUrl}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: await readFile(file),
      })
      if (!reply.ok) throw new Error(`${file}: ${reply.status} ${await reply.text()}`)
    },
    kill: () => end('SIGKILL'),
    async revive() {
      child = await launch()
    },
    async stop() {
      await end('SIGTERM')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function untilServing(url: string, child: ChildProcess, printed: () => string) {
  const deadline = Date.now() + 20_000
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the gateway ended with ${child.exitCode}:\n${printed()}`)
    const reply = await fetch(`${url}/healthz`).catch(() => undefined)
    if (reply?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  child.kill('SIGKILL')
  throw new Error(`the gateway did not serve within 20 s:\n${printed()}`)
}

/** Whether nothing listens there. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}

/**
 * Three ports that stay a gateway's own while it is down. They lie below those that systems give to outgoing
 * connections (from 32768 on Linux, from 49152 elsewhere): a port from there is soon some browser's, which then
 * keeps the gateway from starting. Each worker has a thousand of its own.
 */
async function freePorts(): Promise<readonly [number, number, number]> {
  const first = 20_000 + (Number(process.env.TEST_PARALLEL_INDEX ?? 0) % 12) * 1_000
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = first + 3 * Math.floor(Math.random() * 333)
    const three = [port, port + 1, port + 2] as const
    const free = await Promise.all(three.map(isFree))
    if (free.every(Boolean)) return three
  }
  throw new Error('no free ports')
}

/**
 * `gateway`: one a worker, its store empty, so that the sample is shown; tests must not write to it.
 * `freshGateway`: one a test, for tests that send traces.
 */
export const test = base.extend<{ freshGateway: RunningGateway }, { gateway: RunningGateway }>({
  gateway: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const gateway = await startGateway()
      await use(gateway)
      await gateway.stop()
    },
    { scope: 'worker' },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: as above
  freshGateway: async ({}, use) => {
    const gateway = await startGateway()
    await use(gateway)
    await gateway.stop()
  },
})

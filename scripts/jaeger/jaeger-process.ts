import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Span } from '../../src/domain/model/span.ts'
import { encodeTracesProtobuf } from '../../src/formats/otlp/testing/encode-traces-protobuf.ts'
import { JAEGER_PROGRAM } from './build-jaeger.ts'

export type JaegerStorage = 'memory' | 'badger'

export interface RunningJaeger {
  /** Of the query API and of its pages. */
  readonly address: string
  /** Takes a body as OTLP/HTTP does; rejects where it is not taken. */
  readonly send: (body: Uint8Array<ArrayBuffer>, contentType: string) => Promise<void>
  readonly sendSpans: (spans: readonly Span[]) => Promise<void>
  /** Resident memory, MB. */
  readonly memory: () => number
  /** Resolves when the process has gone, with what it stored. */
  readonly stop: () => Promise<void>
}

const START_MS = 60_000
const STOP_MS = 10_000
/** Requests of OTLP/HTTP are bounded in bytes. */
const SPANS_A_REQUEST = 2_000

/** Ports that nobody listens on; nothing keeps others from taking them before they are used. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer()
          server.once('error', reject)
          server.listen(0, '127.0.0.1', () => resolve(server))
        }),
    ),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** More traces than any test writes: what is over is dropped without a word. */
const storageOf = (storage: JaegerStorage, folder: string): string =>
  storage === 'memory'
    ? '{memory: {max_traces: 200000}}'
    : `{badger: {ephemeral: false, directories: {keys: ${join(folder, 'keys')}, values: ${join(folder, 'values')}}, ttl: {spans: 87600h}}}`

const configOf = (
  storage: JaegerStorage,
  folder: string,
  [http, queryGrpc, otlp, otlpGrpc]: readonly number[],
): string => `
service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines: {traces: {receivers: [otlp], exporters: [jaeger_storage_exporter]}}
  telemetry: {metrics: {level: none}, logs: {level: warn}}
extensions:
  jaeger_query:
    storage: {traces: main}
    http: {endpoint: 127.0.0.1:${http}}
    grpc: {endpoint: 127.0.0.1:${queryGrpc}}
  jaeger_storage: {backends: {main: ${storageOf(storage, folder)}}}
receivers: {otlp: {protocols: {grpc: {endpoint: 127.0.0.1:${otlpGrpc}}, http: {endpoint: 127.0.0.1:${otlp}}}}}
exporters: {jaeger_storage_exporter: {trace_storage: main}}
`

/** Ends the program when its standard input ends, as it does with the process that started it, however that ended. */
const WITH_ITS_PARENT = 'exec 3<&0; "$@" & pid=$!; (cat <&3 >/dev/null; kill $pid 2>/dev/null) & wait $pid'

async function answers(address: string): Promise<boolean> {
  try {
    const reply = await fetch(`${address}/api/services`, { signal: AbortSignal.timeout(2_000) })
    return Array.isArray(((await reply.json()) as { data?: unknown }).data ?? [])
  } catch {
    return false
  }
}

async function startOnce(storage: JaegerStorage): Promise<RunningJaeger> {
  const folder = mkdtempSync(join(tmpdir(), 'turnscope-jaeger-'))
  for (const part of ['keys', 'values']) mkdirSync(join(folder, part))
  const ports = await freePorts(4)
  const config = join(folder, 'config.yaml')
  writeFileSync(config, configOf(storage, folder, ports))
  const child = spawn('sh', ['-c', WITH_ITS_PARENT, 'sh', JAEGER_PROGRAM, '--config', config], {
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-20_000)
  })
  let isGone = false
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      isGone = true
      resolve()
    })
  })
  const stop = async () => {
    child.stdin.end()
    const outcome = await Promise.race([gone, pause(STOP_MS, 'late', { ref: false })])
    if (outcome === 'late') {
      for (const pid of childrenOf(child.pid)) process.kill(pid, 'SIGKILL')
      await gone
    }
    rmSync(folder, { recursive: true, force: true })
  }
  const address = `http://127.0.0.1:${ports[0]}`
  const until = Date.now() + START_MS
  while (!(await answers(address))) {
    if (isGone || Date.now() > until) {
      await stop()
      throw new Error(`Jaeger on ${storage} ${isGone ? 'ended at once' : 'does not answer'}:\n${said}`)
    }
    await pause(100)
  }
  const send = async (body: Uint8Array<ArrayBuffer>, contentType: string) => {
    const reply = await fetch(`http://127.0.0.1:${ports[2]}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body,
    })
    const text = await reply.text()
    if (!reply.ok) throw new Error(`Jaeger takes no OTLP: ${reply.status} ${text}`)
  }
  return {
    address,
    send,
    sendSpans: async (spans) => {
      for (let at = 0; at < spans.length; at += SPANS_A_REQUEST)
        await send(
          new Uint8Array(encodeTracesProtobuf(spans.slice(at, at + SPANS_A_REQUEST))),
          'application/x-protobuf',
        )
    },
    memory: () =>
      Math.max(
        0,
        ...childrenOf(child.pid).map(
          (pid) =>
            Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
        ),
      ),
    stop,
  }
}

/** What a process started itself, as far as the system tells. */
function childrenOf(pid: number | undefined): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number)
  } catch {
    return []
  }
}

/** Starts a Jaeger of its own on loopback, empty; rejects with its output where it does not start. */
export async function startJaeger(storage: JaegerStorage): Promise<RunningJaeger> {
  try {
    return await startOnce(storage)
  } catch (error) {
    // Somebody else may have taken one of its ports meanwhile.
    if (!/address already in use/.test(String(error))) throw error
    return startOnce(storage)
  }
}

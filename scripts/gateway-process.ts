import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

export interface GatewayProcess {
  /** e.g. `http://127.0.0.1:41873` */
  readonly address: string
  readonly pid: number
  /** Milliseconds from the start of the process to its first answer. */
  readonly startMs: number
  /** Everything that it has written so far. */
  readonly output: () => string
  /** Resident memory now, and its highest so far, in MB. */
  readonly memory: () => { readonly now: number; readonly peak: number }
  /** Sets the highest back to what it is now. */
  readonly resetPeak: () => void
  /** Resolves when the process has gone. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>
}

export interface GatewayOptions {
  readonly dataDir: string
  /** Settings beside the free ports, the data directory and the loopback. */
  readonly env?: Readonly<Record<string, string>>
  /** What `npm start` runs, or the sources as they stand. */
  readonly run?: 'built' | 'sources'
}

const PROGRAMS = {
  built: [join(ROOT, 'scripts', 'start.mjs')],
  sources: ['--import', 'tsx', join(ROOT, 'src', 'gateway', 'main.ts')],
} as const

const STARTED = /explorer at (http:\/\/\S+)/

/** No setting of the shell that runs the test may reach the gateway. */
const inherited = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(TURNSCOPE|OTLP|LANGFUSE|JAEGER|PORT$|HOST$)/.test(name),
    ),
  )

const gone = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
  })

const megabytes = (pid: number, field: string): number => {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(
    readFileSync(`/proc/${pid}/status`, 'utf8'),
  )?.[1]
  return Number(kilobytes ?? Number.NaN) / 1024
}

/** Starts a gateway as a process of its own, on free ports; rejects with its output where it does not start. */
export async function startGatewayProcess(options: GatewayOptions): Promise<GatewayProcess> {
  const began = performance.now()
  const child = spawn(process.execPath, PROGRAMS[options.run ?? 'built'], {
    cwd: ROOT,
    env: {
      ...inherited(),
      PORT: '0',
      OTLP_HTTP_PORT: '0',
      OTLP_GRPC_PORT: 'off',
      TURNSCOPE_DATA_DIR: options.dataDir,
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const address = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk
      const found = STARTED.exec(output)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}:\n${output}`)))
  })
  const health = await fetch(`${address}/healthz`)
  if (!health.ok) throw new Error(`the gateway answers ${health.status} to /healthz`)
  const pid = child.pid as number
  return {
    address,
    pid,
    startMs: performance.now() - began,
    output: () => output,
    memory: () => ({ now: megabytes(pid, 'VmRSS'), peak: megabytes(pid, 'VmHWM') }),
    resetPeak: () => {
      try {
        // Linux: 5 resets the high-water mark.
        writeFileSync(`/proc/${pid}/clear_refs`, '5')
      } catch {
        // Not allowed everywhere; the peak then counts from the start of the process.
      }
    },
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal)
      await gone(child)
    },
  }
}

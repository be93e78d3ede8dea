import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')
/** The gateway in one file: put together once, not at each of the starts below. */
let main = ''
let folder = ''
beforeAll(async () => {
  // Below the project, so that it finds its packages.
  const cache = join(ROOT, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  folder = mkdtempSync(join(cache, 'main-test-'))
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    build: {
      ssr: join(ROOT, 'src', 'gateway', 'main.ts'),
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
    },
  })
  main = join(folder, 'main.js')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const children: ChildProcess[] = []
const servers: Server[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const server of servers.splice(0)) server.close()
})

interface Run {
  readonly child: ChildProcess
  readonly out: () => string
  readonly errors: () => string
  readonly exit: Promise<number | null>
  /** Resolves once the output holds a line; to what the pattern caught. */
  readonly said: (pattern: RegExp) => Promise<string>
}

/** The gateway as a process of its own, in an empty folder, on free ports unless told otherwise. */
function run(settings: Record<string, string>, dotEnv?: string): Run {
  const cwd = mkdtempSync(join(tmpdir(), 'turnscope-main-'))
  if (dotEnv !== undefined) writeFileSync(join(cwd, '.env'), dotEnv)
  const free = { PORT: '0', OTLP_HTTP_PORT: '0', OTLP_GRPC_PORT: '0' }
  const env = { PATH: process.env.PATH ?? '', ...free, ...settings }
  const child = spawn(process.execPath, [main], { cwd, env })
  children.push(child)
  let out = ''
  let errors = ''
  const waiting: (() => void)[] = []
  child.stdout.on('data', (chunk) => {
    out += chunk
    for (const look of waiting) look()
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const exit = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  const said = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(out)
        if (match) resolve(match[1] ?? match[0])
      }
      waiting.push(look)
      look()
      exit.then((code) => reject(new Error(`exited with ${code}: ${errors}`)))
    })
  return { child, out: () => out, errors: () => errors, exit, said }
}

const takenPort = (): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      resolve(String((server.address() as { port: number }).port))
    })
    servers.push(server)
  })

describe('a start that cannot be', () => {
  it.each([
    [{ PORT: 'http' }, 'PORT: not a port'],
    [{ HOST: '0.0.0.0' }, 'HOST: 0.0.0.0 can be reached from other machines: set TURNSCOPE_TOKEN'],
    [
      { HOST: '203.0.113.77', TURNSCOPE_TOKEN: 'x'.repeat(20) },
      'HOST: 203.0.113.77 is no address of this machine',
    ],
    [{ TURNSCOPE_RETENTION: '30' }, 'TURNSCOPE_RETENTION: not a stretch'],
  ])('%o ends with one line', async (settings, line) => {
    const { exit, errors, out } = run(settings)
    expect(await exit).toBe(1)
    expect(errors().split('\n')).toHaveLength(2)
    expect(errors()).toContain(`turnscope: ${line}`)
    expect(out()).toBe('')
  })

  it.each(['PORT', 'OTLP_HTTP_PORT', 'OTLP_GRPC_PORT'])(
    '%s that is in use ends with one line',
    async (name) => {
      const port = await takenPort()
      const { exit, errors } = run({ [name]: port })
      expect(await exit).toBe(1)
      expect(errors().trim()).toMatch(
        new RegExp(`^turnscope: ${name}: port ${port} on 127.0.0.1 .*in use by another`),
      )
    },
  )
})

describe('a running gateway', () => {
  it('says where it is, warns of unknown settings, reads .env and ends well', async () => {
    const gateway = run(
      { TURNSCOPE_COLOUR: 'red' },
      'OTLP_GRPC_PORT=1\nTURNSCOPE_TOKEN=out-of-the-dot-env-file\n',
    )
    const address = await gateway.said(/explorer at (http:\/\/127\.0\.0\.1:\d+)\n/)
    await gateway.said(/OTLP\/HTTP and OTLP\/gRPC at http:\/\/127\.0\.0\.1:\d+\n/)
    await gateway.said(/sources: .*\n/)
    expect(gateway.errors()).toContain('turnscope: warning: TURNSCOPE_COLOUR: no such setting')
    expect((await fetch(`${address}/healthz`)).status).toBe(200)
    expect((await fetch(`${address}/api/v1/sources`)).status).toBe(401)
    const headers = { authorization: 'Bearer out-of-the-dot-env-file' }
    expect((await fetch(`${address}/api/v1/sources`, { headers })).status).toBe(200)
    gateway.child.kill('SIGTERM')
    expect(await gateway.exit).toBe(0)
    expect(gateway.out() + gateway.errors()).not.toContain('out-of-the-dot-env-file')
  })

  it('has the sample until the first trace comes, and that trace after a kill', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'turnscope-data-'))
    const first = run({ TURNSCOPE_DATA_DIR: dir })
    const address = await first.said(/explorer at (\S+)\n/)
    const sources = async (base: string) =>
      (await (await fetch(`${base}/api/v1/sources`)).json()).map(({ id }: { id: string }) => id)
    expect(await sources(address)).toEqual(['local', 'sample'])
    const sample = await (await fetch(`${address}/api/v1/sources/sample/traces?limit=5`)).json()
    expect(sample.items).toHaveLength(5)
    const second = run({ TURNSCOPE_DATA_DIR: dir })
    expect(await second.exit).toBe(1)
    expect(second.errors().trim().split('\n')).toHaveLength(1)
    expect(second.errors()).toContain(dir)
    const id = '5b8efff798038103d269b633813fc60c'
    const span = {
      traceId: id,
      spanId: 'eee19b7ec3c1b174',
      name: 'turn',
      startTimeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
      endTimeUnixNano: String(BigInt(Date.now() + 5) * 1_000_000n),
    }
    const sent = await fetch(`${address}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
    })
    expect(sent.status).toBe(200)
    expect(await sources(address)).toEqual(['local'])
    first.child.kill('SIGKILL')
    await first.exit
    const third = run({ TURNSCOPE_DATA_DIR: dir })
    const again = await third.said(/explorer at (\S+)\n/)
    const spans = await (await fetch(`${again}/api/v1/sources/local/traces/${id}/spans`)).json()
    expect(spans).toMatchObject({ count: 1, ids: ['eee19b7ec3c1b174'] })
  })

  it('ends at once when it is asked twice', async () => {
    const gateway = run({})
    const address = new URL(await gateway.said(/explorer at (\S+)\n/))
    const slow = connect(Number(address.port), address.hostname)
    slow.on('error', () => {})
    // A request that never ends keeps the first stop waiting.
    slow.write(
      `POST /v1/traces HTTP/1.1\r\nHost: ${address.host}\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{`,
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
    gateway.child.kill('SIGTERM')
    await gateway.said(/stopping/)
    gateway.child.kill('SIGTERM')
    expect(await gateway.exit).toBe(1)
    slow.destroy()
  })
})

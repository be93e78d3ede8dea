import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type GatewayProcess, startGatewayProcess } from '../../../scripts/gateway-process.ts'

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const SCRIPTS = join(import.meta.dirname, '..', '..', '..', 'scripts')
const SPANS = 12

let parent: string
const running: GatewayProcess[] = []
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'turnscope-backup-'))
})
afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.stop('SIGKILL')
  await rm(parent, { recursive: true, force: true })
})

const start = async (dataDir: string): Promise<GatewayProcess> => {
  const gateway = await startGatewayProcess({ dataDir, run: 'sources' })
  running.push(gateway)
  return gateway
}

/** Runs one of the scripts as `npm run` does. */
async function script(name: string, dataDir: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, ['--import', TSX, join(SCRIPTS, `${name}.ts`), ...args], {
    cwd: parent,
    env: { PATH: process.env.PATH, TURNSCOPE_DATA_DIR: dataDir },
  })
  let out = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      out += chunk
    })
  const [code] = await once(child, 'close')
  return { code, out }
}

const hex = (number: number, length: number) => number.toString(16).padStart(length, '0')

async function send(address: string, trace: number): Promise<string> {
  const traceId = hex(trace, 32)
  const begin = BigInt(Date.now()) * 1_000_000n
  const spans = Array.from({ length: SPANS }, (_, index) => ({
    traceId,
    spanId: hex(index + 1, 16),
    ...(index > 0 && { parentSpanId: hex(1, 16) }),
    name: `step ${index}`,
    startTimeUnixNano: String(begin + BigInt(index)),
    endTimeUnixNano: String(begin + 5_000_000n),
    attributes: [{ key: 'input.value', value: { stringValue: `question ${trace} of ${index}` } }],
  }))
  const reply = await fetch(`${address}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  })
  expect(reply.status).toBe(200)
  return traceId
}

const ask = async (gateway: GatewayProcess, path: string) =>
  (await fetch(`${gateway.address}/api/v1/sources/local/${path}`)).text()

async function idsOf(gateway: GatewayProcess): Promise<string[]> {
  const ids: string[] = []
  for (let cursor = ''; ; ) {
    const page = JSON.parse(await ask(gateway, `traces?limit=1000${cursor && `&cursor=${cursor}`}`))
    ids.push(...page.items.map(({ traceId }: { traceId: string }) => traceId))
    if (page.nextCursor === undefined) return ids
    cursor = encodeURIComponent(page.nextCursor)
  }
}

it('of a gateway under load is a store that answers as the source does', async () => {
  const [data, copy] = [join(parent, 'data'), join(parent, 'copy')]
  const gateway = await start(data)
  const acknowledged: string[] = []
  let next = 1
  let going = true
  const sender = async () => {
    while (going) acknowledged.push(await send(gateway.address, next++))
  }
  const senders = [sender(), sender(), sender()]
  while (acknowledged.length < 60) await new Promise((resolve) => setTimeout(resolve, 20))
  const before = [...acknowledged]
  const { code, out } = await script('store-backup', data, copy)
  const held = await script('store-check', data)
  expect(held).toMatchObject({ code: 2, out: expect.stringContaining('is in use by another process') })
  const during = acknowledged.length - before.length
  going = false
  await Promise.all(senders)
  expect(out).toMatch(/\d+ traces and \d+ spans of .* are in .*copy/)
  expect(code).toBe(0)
  // Senders were served while it ran.
  expect(during).toBeGreaterThan(0)
  for (const folder of [data, copy]) {
    for (const name of ['', ...(await readdir(folder))])
      expect((await stat(join(folder, name))).mode & 0o077, name).toBe(0)
  }

  const restored = await start(copy)
  const ids = await idsOf(restored)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toEqual(expect.arrayContaining(before))
  expect(JSON.parse(await ask(restored, 'traces/count'))).toMatchObject({ count: ids.length })
  for (const id of ids) {
    const spans = await ask(restored, `traces/${id}/spans`)
    expect(JSON.parse(spans).count, id).toBe(SPANS)
    expect(spans).toBe(await ask(gateway, `traces/${id}/spans`))
  }
  const [id = ''] = ids
  const one = `traces/${id}/spans/${hex(3, 16)}`
  expect(await ask(restored, one)).toBe(await ask(gateway, one))
  const records = (await ask(restored, 'traces.csv')).split('\r\n').slice(1)
  const all = new Set((await ask(gateway, 'traces.csv')).split('\r\n'))
  expect(records.length).toBeGreaterThanOrEqual(ids.length)
  expect(records.filter((record) => !all.has(record))).toEqual([])

  const again = await script('store-backup', data, copy)
  expect(again).toMatchObject({ code: 1 })
  expect(again.out).toContain('is not empty')
}, 120_000)

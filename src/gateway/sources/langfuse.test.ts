import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateTraces, heldAs } from '../../sources/langfuse/testing/generated-traces.ts'
import { KEYS, serveLangfuse } from '../../sources/langfuse/testing/langfuse-server.ts'
import { NO_FILES } from '../api/static-files.ts'
import { readConfig } from '../settings/config.ts'
import { type RunningGateway, startGateway } from '../start-gateway.ts'
import { openSourceTable } from './source-table.ts'

const NOW = Date.now()

describe.each(['v4', 'legacy'] as const)('Langfuse (%s) behind the gateway', (dialect) => {
  const generated = generateTraces(40, NOW)
  const [turn] = generated.traces
  const id = String(turn?.id)
  let langfuse: Awaited<ReturnType<typeof serveLangfuse>>
  let gateway: RunningGateway
  let directory: string
  const ask = (path: string, init?: RequestInit) => fetch(`${gateway.address}/api/v1${path}`, init)
  // biome-ignore lint/suspicious/noExplicitAny: bodies of many shapes, each looked at by its test
  const read = async (path: string): Promise<any> => (await ask(path)).json()

  beforeAll(async () => {
    langfuse = await serveLangfuse(heldAs(dialect, generated))
    directory = await mkdtemp(join(tmpdir(), 'turnscope-langfuse-'))
    const { config } = readConfig({
      PORT: '0',
      OTLP_HTTP_PORT: 'off',
      OTLP_GRPC_PORT: 'off',
      TURNSCOPE_DATA_DIR: directory,
      LANGFUSE_BASE_URL: langfuse.url,
      LANGFUSE_PUBLIC_KEY: KEYS.publicKey,
      LANGFUSE_SECRET_KEY: KEYS.secretKey,
    })
    const table = await openSourceTable(config, () => {})
    expect(table.warnings).toEqual([])
    gateway = await startGateway(config, table, NO_FILES)
  })
  afterAll(async () => {
    await gateway.close(1000)
    langfuse.close()
    await rm(directory, { recursive: true, force: true })
  })

  it('says how it is, and no key', async () => {
    await read('/sources/langfuse/traces?limit=5')
    const text = await (await ask('/sources')).text()
    expect(text).not.toContain(KEYS.secretKey)
    const [source] = JSON.parse(text).filter((one: { id: string }) => one.id === 'langfuse')
    expect(source).toMatchObject({
      label: 'Langfuse',
      kind: 'langfuse',
      state: { reachable: true, dialect, project: 'Local' },
      links: [{ label: 'Open in Langfuse', on: 'trace' }, { on: 'span' }],
    })
  })

  it('lists, opens, counts, groups and exports', async () => {
    const { items } = await read('/sources/langfuse/traces?limit=100')
    expect(items).toHaveLength(40)
    expect(items[0].traceId).toBe(id)
    const trace = await read(`/sources/langfuse/traces/${id}`)
    expect(trace.externalUrl).toBe(`${langfuse.url}/project/proj-local/traces/${id}`)
    const spans = await (await ask(`/sources/langfuse/traces/${id}/spans`)).text()
    for (const observation of (turn?.observations ?? []) as { id: string }[])
      expect(spans).toContain(observation.id)
    expect(await read('/sources/langfuse/traces/count')).toMatchObject({ count: 40, complete: true })
    const sessions = await read('/sources/langfuse/sessions?limit=100')
    expect(sessions.items).toHaveLength(8)
    const session = await read('/sources/langfuse/sessions/sess-3')
    expect(session).toMatchObject({ id: 'sess-3', turns: 5 })
    const csv = await (await ask('/sources/langfuse/traces.csv')).text()
    const ids = new Set([...csv.matchAll(/[0-9a-f]{32}/g)].map(([one]) => one))
    expect(ids.size).toBe(40)
    expect(langfuse.refused).toEqual([])
  })

  it('takes nothing that would write', async () => {
    const before = langfuse.asked.length
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      for (const path of ['traces', `traces/${id}`, `traces/${id}/spans`, 'sessions', 'sessions/sess-3'])
        expect((await ask(`/sources/langfuse/${path}`, { method })).status).toBeGreaterThanOrEqual(400)
    expect(langfuse.asked.length).toBe(before)
  })

  it('tells a limit with how long it lasts, and goes on by itself afterwards', async () => {
    langfuse.inject(() => ({ status: 429, headers: { 'retry-after': '7' }, body: '{"message":"slow down"}' }))
    const refused = await ask('/sources/langfuse/traces?limit=3&status=error')
    expect(refused.status).toBe(429)
    expect((await refused.json()).error).toMatchObject({ kind: 'rate-limited', retryAfterMs: 7000 })
    langfuse.inject(() => undefined)
    const [state] = (await read('/sources')).flatMap((one: { id: string; state: object }) =>
      one.id === 'langfuse' ? one.state : [],
    )
    expect(state).toMatchObject({ retryAt: expect.any(Number) })
  })

  it('shows the spans of a turn that was recorded elsewhere', async () => {
    const recorded = {
      traceId: `turn-${dialect}`,
      startTime: new Date(NOW - 5000).toISOString(),
      duration: 1_000_000,
      chatbot: { name: 'bot' },
      session: { id: 's' },
      input: 'hi',
      output: 'hello',
      provider: { source: 'langfuse', traceId: id },
    }
    const posted = await ask('/turns', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(recorded),
    })
    expect(posted.status).toBeLessThan(300)
    expect(await read(`/sources/local/traces/turn-${dialect}`)).toMatchObject({
      spans: { source: 'langfuse', traceId: id },
    })
  })
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { microsFromMillis } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import { compileQuery } from '../../domain/query/match.ts'
import { parseQuery } from '../../domain/query/query-params.ts'
import { expectedChatbots, expectedSessions } from '../../sources/conformance/expected-groups.ts'
import { FakeBackend } from '../../sources/conformance/fake-backend.ts'
import { generateConversations } from '../../sources/sample/conversations.ts'
import { rowOfHeld, wholeRow } from '../../sources/sample/held-rows.ts'
import { holdTrace } from '../../sources/sample/hold-trace.ts'
import { conventionReader } from '../../sources/store/columns/reader.ts'
import { NO_FILES } from '../api/static-files.ts'
import { type Backend, backendKind, type OpenedBackend, type OpeningParts } from '../backends/backend-kind.ts'
import { type Config, readConfig } from '../settings/config.ts'
import { type RunningGateway, startGateway } from '../start-gateway.ts'
import { openSourceTable } from './source-table.ts'

const NOW = Date.now()
const traces = [...generateConversations({ turns: 120, now: NOW, days: 3 })].map(({ spans, arrival }) =>
  holdTrace(conventionReader(), spans, arrival),
)
const listed = traces.filter(({ reading }) => !['training', 'housekeeping'].includes(reading.summary.kind))
const failing = listed.filter(({ reading }) => reading.rootSeen && reading.summary.status === 'error')

/** Settings with a store of their own. */
const configOf = (dataDir: string, backends: readonly Backend[]): Config => ({
  ...readConfig({
    PORT: '0',
    OTLP_HTTP_PORT: 'off',
    OTLP_GRPC_PORT: 'off',
    TURNSCOPE_DATA_DIR: dataDir,
  }).config,
  backends,
})

/** A kind of backend made here: its id decides what is opened. */
const fakeKind = (open: ((id: string, parts: OpeningParts) => Promise<OpenedBackend>) | undefined) => {
  const kind = backendKind({
    kind: 'fake',
    trigger: 'FAKE_URL',
    names: ['FAKE_URL'],
    read: () => null,
    ...(open && { open: (id: string, _: null, parts: OpeningParts) => open(id, parts) }),
  })
  return (id: string): Backend =>
    kind.configure(id, { env: {}, nameOf: (base) => (id === 'fake' ? base : `${base}__SECOND`) })
}

describe('a backend of four calls behind the gateway', () => {
  const backend = new FakeBackend(traces, () => NOW)
  let directory: string
  let gateway: RunningGateway
  const closed: string[] = []
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'turnscope-platform-'))
    const made = fakeKind(async (id) => ({
      source: id === 'fake' ? backend : new FakeBackend([], () => NOW),
      close: async () => void closed.push(id),
    }))
    const config = configOf(directory, [made('fake'), made('fake-second')])
    gateway = await startGateway(config, await openSourceTable(config, () => {}), NO_FILES)
  })
  afterAll(async () => {
    await gateway.close(1000)
    await rm(directory, { recursive: true, force: true })
    expect(closed.sort()).toEqual(['fake', 'fake-second'])
  })
  const ask = (path: string) => fetch(`${gateway.address}/api/v1/sources/fake${path}`)
  // biome-ignore lint/suspicious/noExplicitAny: bodies of many shapes, each looked at by its test
  const read = async (path: string): Promise<any> => (await ask(path)).json()

  it('is listed with what it can do and how it is', async () => {
    const sources = (await (await fetch(`${gateway.address}/api/v1/sources`)).json()) as { id: string }[]
    expect(sources.find(({ id }) => id === 'fake')).toMatchObject({
      kind: 'fake',
      capabilities: { sorts: [], filters: [], costs: { count: 'walk' } },
      state: { reachable: true },
    })
  })

  /** All that a listing gives, page by page. */
  const idsOf = async (search: string, limit: number): Promise<string[]> => {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = await read(`/traces?${search}&limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`)
      ids.push(...page.items.map(({ traceId }: { traceId: string }) => traceId))
      cursor = page.nextCursor
    } while (cursor !== undefined)
    return ids
  }
  const csvOf = async (search: string) =>
    parse<Record<string, string>>(await (await ask(`/traces.csv?${search}`)).text(), {
      columns: true,
      bom: true,
    })

  it('lists everything once, newest first, and refuses an order that it lacks', async () => {
    const ids = await idsOf('', 25)
    const newestFirst = listed.toSorted((a, b) => b.reading.summary.startTime - a.reading.summary.startTime)
    expect(ids).toEqual(newestFirst.map(({ traceId }) => traceId))
    expect(await idsOf('status=error', 1000)).toHaveLength(failing.length)
    expect((await ask('/traces?sort=duration')).status).toBe(400)
  })

  const one = listed
    .map(({ reading }) => reading.summary)
    .find(({ session, tags }) => session && tags.length > 0)
  const middle = listed[listed.length >> 1]?.reading.summary.startTime ?? 0
  it.each([
    `chatbot=${encodeURIComponent(one?.chatbot.name ?? '')}`,
    `session=${encodeURIComponent(one?.session?.id ?? '')}`,
    `tag=${encodeURIComponent(one?.tags[0] ?? '')}`,
    'status.not=error',
    'duration.min=1000',
    'tokens.min=1',
    `spanName=${encodeURIComponent(listed[0]?.reading.facets.spanNames[0] ?? '')}`,
    'error.contains=e',
    'q=the',
    'kind=any',
    `from=${new Date(Math.ceil(middle / 1000)).toISOString()}`,
    `to=${new Date(Math.ceil(middle / 1000)).toISOString()}&status=ok`,
  ])('filters by %s in list, count and export alike, though the backend filters nothing', async (search) => {
    const parsed = parseQuery(new URLSearchParams(search))
    if (!parsed.ok) throw new Error(JSON.stringify(parsed))
    const now = microsFromMillis(NOW)
    const answers = compileQuery(parsed.query, now)
    const wanted = traces
      .filter((held) => answers(wholeRow(held, now)))
      .map(({ traceId }) => traceId as string)
    expect(wanted.length).toBeGreaterThan(0)
    expect((await idsOf(search, 30)).sort()).toEqual(wanted.toSorted())
    expect(await read(`/traces/count?${search}`)).toMatchObject({ count: wanted.length, complete: true })
    expect(new Set((await csvOf(search)).map((row) => row['Trace ID']))).toEqual(new Set(wanted))
  })

  it('groups sessions and chatbots as their turns add up', async () => {
    const rows = listed.map((held) => rowOfHeld(held, microsFromMillis(NOW)))
    const plain = ({ id, turns, errors }: { id: string; turns: number; errors: number }) => ({
      id,
      turns,
      errors,
    })
    const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)
    const sessions = (await read('/sessions?limit=1000')).items.map(plain)
    expect(sessions.length).toBeGreaterThan(5)
    expect(sessions.sort(byId)).toEqual(expectedSessions(rows).map(plain).sort(byId))
    const chatbots = (await read('/chatbots')).items.map(plain)
    expect(chatbots.length).toBeGreaterThan(1)
    expect(chatbots.sort(byId)).toEqual(expectedChatbots(rows).map(plain).sort(byId))
  })

  it('counts, draws, and groups, with what a page asks at once walked once', async () => {
    const before = backend.calls
    const alone = await read('/traces/count?q=an')
    const once = backend.calls - before
    await new Promise((resolve) => setTimeout(resolve, 2_100))
    const from = backend.calls
    const [count, histogram, chatbots, values] = await Promise.all([
      read('/traces/count'),
      read('/traces/histogram?buckets=20'),
      read('/chatbots'),
      ask('/suggest/chatbot'),
    ])
    expect(backend.calls - from).toBeLessThan(once * 2)
    expect(alone.count).toBeGreaterThan(0)
    expect(count).toMatchObject({ count: listed.length, complete: true, scanned: { complete: true } })
    const drawn = [...histogram.ok, ...histogram.error].reduce((sum, one) => sum + one, 0)
    expect(drawn).toBe(listed.length)
    expect(chatbots.items.length).toBeGreaterThan(1)
    expect(chatbots.scanned.traces).toBeGreaterThanOrEqual(listed.length)
    expect((await values.json()).length).toBeGreaterThan(1)
    expect(JSON.parse(values.headers.get('turnscope-scanned') ?? '')).toMatchObject({ complete: true })
  })

  it('is exported and downloaded', async () => {
    const rows = await csvOf('')
    expect(new Set(rows.map((row) => row['Trace ID'])).size).toBe(listed.length)
    const [held] = traces
    const file = await ask(`/traces/${held?.traceId}/download`)
    expect(file.status).toBe(200)
    expect((await file.text()).match(/"spanId"/g)?.length).toBeGreaterThanOrEqual(held?.spans.length ?? 0)
    const ids = held?.spans.slice(0, 5).map(({ spanId }) => spanId) ?? []
    expect((await read(`/traces/${held?.traceId}/spans?ids=${ids.join(',')}`)).items).toHaveLength(ids.length)
  })

  it('says what went wrong', async () => {
    backend.failure = new SourceError('rate-limited', 'slow down', { retryAfterMs: 3000 })
    try {
      const reply = await ask('/traces')
      expect([reply.status, reply.headers.get('retry-after')]).toEqual([429, '3'])
      const sources = (await (await fetch(`${gateway.address}/api/v1/sources`)).json()) as { id: string }[]
      expect(sources.find(({ id }) => id === 'fake')).toMatchObject({ state: { reachable: false } })
    } finally {
      backend.failure = undefined
    }
  })
})

describe('a backend that cannot be opened', () => {
  it('stops the start in one line, and closes what was opened', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'turnscope-platform-'))
    const closed: string[] = []
    const signals: AbortSignal[] = []
    const made = fakeKind(async (id, { signal }) => {
      signals.push(signal)
      if (id === 'fake-second') throw new Error('FAKE_URL__SECOND: not this one')
      return { source: new FakeBackend([], () => NOW), close: async () => void closed.push(id) }
    })
    try {
      const config = configOf(directory, [made('fake'), made('fake-second')])
      await expect(openSourceTable(config, () => {})).rejects.toThrow('FAKE_URL__SECOND: not this one')
      expect(closed).toEqual(['fake'])
      expect(signals.length).toBe(2)
      expect(signals.every((signal) => signal.aborted)).toBe(true)
      // Nothing was left open: the store's folder can be opened. A kind that cannot be opened is named.
      const unserved = fakeKind(undefined)('fake')
      const table = await openSourceTable(configOf(directory, [unserved]), () => {})
      expect(table.warnings).toEqual(['FAKE_URL: this version has no source of kind fake: it is not shown'])
      await table.close()
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })
})

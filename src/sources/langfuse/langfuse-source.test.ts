import { afterEach, describe, expect, it } from 'vitest'
import { micros, traceId } from '../../domain/model/units.ts'
import type { PageRequest, TraceSource } from '../../domain/port/trace-source.ts'
import { EVERYTHING, type TraceQuery } from '../../domain/query/trace-query.ts'
import { readMeaning } from '../../semantics/span/meaning.ts'
import { readSpan } from '../../semantics/span/read-span.ts'
import { summarise } from '../../semantics/trace/summarise.ts'
import { everyTrace } from '../every-trace.ts'
import { LangfuseSource } from './langfuse-source.ts'
import { generateTraces, heldAs } from './testing/generated-traces.ts'
import { type Held, KEYS, serveLangfuse } from './testing/langfuse-server.ts'

const NOW = Date.UTC(2026, 10, 20, 12)
const never = new AbortController().signal
const reader = {
  readSpan: (span: Parameters<typeof readSpan>[0]) => readSpan(span),
  summarise,
  readMeaning: (span: Parameters<typeof readMeaning>[0]) => readMeaning(span),
}

type Server = Awaited<ReturnType<typeof serveLangfuse>>
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function over(held: Held, limits = {}) {
  const server = await serveLangfuse(held)
  servers.push(server)
  const source = new LangfuseSource({
    id: 'langfuse',
    baseUrl: server.url,
    ...KEYS,
    reader,
    limits: { backOffMs: 1, ...limits },
    clock: () => NOW,
  })
  return { server, source }
}
const DIALECTS = ['v4', 'legacy'] as const
const generated = generateTraces(60, NOW)

const list = (source: TraceSource, page: PageRequest = { limit: 50 }, query: TraceQuery = EVERYTHING) =>
  source.listTraces(query, page, never)
const kindOf = async (asked: Promise<unknown>) =>
  asked.then(
    () => 'answered',
    (error) => error.kind,
  )

describe.each(DIALECTS)('Langfuse (%s)', (dialect) => {
  it('is found out, and says what it is', async () => {
    const { source } = await over(heldAs(dialect, generated))
    expect(source.info.links).toBeUndefined()
    await list(source)
    expect(source.state()).toMatchObject({
      reachable: true,
      dialect,
      version: dialect === 'v4' ? '4.16.0' : '3.100.0',
      project: 'Local',
    })
    expect(source.info.links?.map(({ template }) => template)).toEqual([
      expect.stringMatching(/\/project\/proj-local\/traces\/\{traceId\}$/),
      expect.stringMatching(/\/project\/proj-local\/traces\/\{traceId\}\?observation=\{spanId\}$/),
    ])
  })

  it('asks few times for a page, always with a range of time, and with GET alone', async () => {
    const { source, server } = await over(heldAs(dialect, generated))
    await source.look(never)
    const before = server.asked.length
    const { items } = await list(source, { limit: 25 })
    expect(items).toHaveLength(25)
    const calls = server.asked.slice(before)
    expect(calls.length).toBeLessThanOrEqual(dialect === 'v4' ? 5 : 8)
    for (const call of calls) {
      expect(call).toMatch(/^GET /)
      if (/\/(traces|observations)\?/.test(call))
        expect(decodeURIComponent(call)).toMatch(/(from|to)(Start)?Time|startTime/)
    }
    expect(server.refused).toEqual([])
  })

  it('exports without a call for each trace', async () => {
    const { source, server } = await over(heldAs(dialect, generateTraces(400, NOW)))
    await source.look(never)
    const before = server.asked.length
    let found = 0
    for await (const batch of everyTrace(source, EVERYTHING, never)) found += batch.length
    expect(found).toBe(400)
    const calls = server.asked.length - before
    // At 30 calls a minute, one minute for 400 turns.
    expect(calls).toBeLessThanOrEqual(dialect === 'v4' ? 30 : 60)
  })

  it('lists and opens a trace with the same numbers, and links to it', async () => {
    const { source } = await over(heldAs(dialect, generated))
    const { items } = await list(source)
    for (const item of items.slice(0, 8)) {
      const { source: fresh } = await over(heldAs(dialect, generated))
      const trace = await fresh.getTrace(item.traceId, never)
      expect(trace).toMatchObject({ metrics: item.metrics, status: item.status, feedback: item.feedback })
      expect(trace.externalUrl).toMatch(new RegExp(`/project/proj-local/traces/${item.traceId}$`))
    }
  })

  it('has the participant’s data from metadata, longer ones too', async () => {
    const { source } = await over(heldAs(dialect, generated))
    const withData = generated.traces.find(({ metadata }) => 'participant_data' in (metadata as object))
    const trace = await source.getTrace(traceId(String(withData?.id)), never)
    expect(trace).toMatchObject({
      participantData: { before: { plan: 'basic', notes: 'n'.repeat(300) }, after: { plan: 'premium' } },
      sessionData: { step: expect.any(Number) },
    })
  })

  it('says what there is not', async () => {
    const { source } = await over(heldAs(dialect, generated))
    expect(await kindOf(source.getTrace(traceId('none'), never))).toBe('not-found')
    const [first] = (await list(source)).items
    expect(await kindOf(source.getSpan(traceId(String(first?.traceId)), 'none' as never, never))).toBe(
      'not-found',
    )
  })

  it.each([
    [401, '{"message":"Invalid credentials."}', 'unauthorized'],
    [403, '{"message":"no"}', 'forbidden'],
    [500, '{"message":"Internal Server Error"}', 'unreachable'],
    [429, '{"message":"slow down"}', 'rate-limited'],
  ])('tells %i as it is, and is whole again once it is over', async (status, body, kind) => {
    const { source, server } = await over(heldAs(dialect, generated))
    server.inject(() => ({ status, body }))
    expect(await kindOf(list(source))).toBe(kind)
    expect(source.state().lastError).toContain(String(status))
    server.inject(() => undefined)
    expect((await list(source)).items).toHaveLength(50)
    expect(source.state().lastError).toBeUndefined()
  })

  it('names no key in what it tells', async () => {
    const { source, server } = await over(heldAs(dialect, generated))
    server.inject(() => ({ status: 403, body: JSON.stringify({ message: `no ${KEYS.secretKey}` }) }))
    await list(source).catch((error) => expect(error.message).not.toContain(KEYS.secretKey))
    expect(JSON.stringify([source.state(), source.info])).not.toContain(KEYS.secretKey)
  })

  it('waits as long as it is told to, says until when, and asks nothing meanwhile', async () => {
    const { source, server } = await over(heldAs(dialect, generated))
    await source.look(never)
    server.inject(() => ({
      status: 429,
      headers: {
        'retry-after': '30',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-limit': '30',
        'x-ratelimit-reset': '30',
      },
      body: '{"message":"rate limited"}',
    }))
    const refused = await list(source).catch((error) => error)
    expect([refused.kind, refused.retryAfterMs]).toEqual(['rate-limited', 30_000])
    const asked = server.asked.length
    server.inject(() => undefined)
    expect(await kindOf(list(source))).toBe('rate-limited')
    expect(server.asked.length).toBe(asked)
    const { rateLimit, retryAt } = source.state()
    expect(rateLimit).toMatchObject({ remaining: 0, limit: 30, resetAt: expect.any(Number) })
    expect(retryAt).toBeGreaterThan(Date.now() * 1000)
  })

  it('keeps what was found before it was told to wait', async () => {
    const { source, server } = await over(heldAs(dialect, generateTraces(300, NOW)))
    let calls = 0
    const isList = /\/(v2\/observations|traces)$/
    server.inject((path) =>
      isList.test(path) && ++calls > 4 ? { status: 429, headers: { 'retry-after': '30' } } : undefined,
    )
    const page = await list(source, { limit: 1000 }).catch((error) => error)
    if (page instanceof Error) expect((page as { kind?: string }).kind).toBe('rate-limited')
    else
      expect([page.items.length > 0, page.nextCursor !== undefined, page.problems?.length]).toEqual([
        true,
        true,
        1,
      ])
  })

  it('asks for less where the server gave up on it', async () => {
    const { source, server } = await over(heldAs(dialect, generated))
    await source.look(never)
    const hours = (params: URLSearchParams) => {
      const from = params.get('fromStartTime') ?? params.get('fromTimestamp')
      const to = params.get('toStartTime') ?? params.get('toTimestamp')
      return from && to ? (Date.parse(to) - Date.parse(from)) / 3_600_000 : 0
    }
    server.inject((path, params) =>
      /\/(v2\/observations|traces)$/.test(path) && hours(params) > 3
        ? { status: 422, body: '{"message":"Request timed out"}' }
        : undefined,
    )
    const first = await list(source, { limit: 10 })
    expect(first.items).toHaveLength(10)
    const last = generated.traces
      .map(({ timestamp }) => Date.parse(String(timestamp)) * 1000)
      .sort((a, b) => b - a)
    expect(first.items.map(({ startTime }) => startTime)).toEqual(last.slice(0, 10).map(micros))
  })

  it('is not taken in by a page, by a reply that is cut, or by other JSON', async () => {
    const { source, server } = await over(heldAs(dialect, generated))
    const isList = /\/(v2\/observations|traces)$/
    server.inject((path) => (isList.test(path) ? { status: 200, body: '<html>sign in</html>' } : undefined))
    expect(await kindOf(list(source))).toBe('bad-reply')
    server.inject((path) => (isList.test(path) ? { status: 200, body: '{"data":{}}' } : undefined))
    expect(await kindOf(list(source))).toBe('bad-reply')
    server.inject((path) => (isList.test(path) ? { status: 200, isCut: true } : undefined))
    expect(await kindOf(list(source))).toBe('unreachable')
    server.inject((path) => (isList.test(path) ? { status: 404, body: '<!DOCTYPE html>' } : undefined))
    expect(await kindOf(list(source))).toBe('bad-reply')
    server.inject(() => undefined)
    expect((await list(source)).items).toHaveLength(50)
  })
})

describe('a server that is upgraded', () => {
  it('goes on being read, its list too, from where it was', async () => {
    const { source, server } = await over(heldAs('legacy', generated))
    const before = await list(source, { limit: 20 })
    expect(source.state().dialect).toBe('legacy')
    server.hold(heldAs('v4', generated))
    const after = await list(source, { limit: 40, cursor: before.nextCursor as string })
    expect(source.state()).toMatchObject({ dialect: 'v4', version: '4.16.0' })
    expect(after.items.map(({ traceId: id }) => id)).toEqual(
      (await list(source, { limit: 60 })).items.slice(20).map(({ traceId: id }) => id),
    )
    const id = traceId(String(generated.traces.at(-1)?.id))
    expect((await source.getTrace(id, never)).traceId).toBe(id)
  })

  it('and one that is put back', async () => {
    const { source, server } = await over(heldAs('v4', generated))
    const [first] = (await list(source)).items
    server.hold(heldAs('legacy', generated))
    expect((await list(source)).items[0]?.traceId).toBe(first?.traceId)
    expect(source.state().dialect).toBe('legacy')
  })
})

describe('pages of the newer API', () => {
  it('that are empty while there is more are not the end', async () => {
    const { source, server } = await over(heldAs('v4', generated))
    await source.look(never)
    let empty = 0
    server.inject((path, params) =>
      path.endsWith('/v2/observations') &&
      params.get('isRootObservation') === 'true' &&
      !params.has('cursor') &&
      ++empty === 1
        ? {
            status: 200,
            body: JSON.stringify({
              data: [],
              meta: {
                cursor: Buffer.from(JSON.stringify([new Date(NOW + 1e9).toISOString(), '~'])).toString(
                  'base64url',
                ),
              },
            }),
          }
        : undefined,
    )
    expect((await list(source, { limit: 60 })).items).toHaveLength(60)
    expect(empty).toBeGreaterThan(0)
  })

  it('are asked for trace by trace where a filter takes no lists', async () => {
    const { source, server } = await over({ ...heldAs('v4', generated), takesLists: false })
    expect((await list(source, { limit: 12 })).items).toHaveLength(12)
    expect(server.asked.filter((call) => call.includes('traceId=')).length).toBeGreaterThanOrEqual(12)
    expect(server.refused).toEqual([])
  })
})

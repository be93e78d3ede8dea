import { beforeEach, describe, expect, it } from 'vitest'
import { micros } from '../../../domain/model/units.ts'
import { SourceError } from '../../../domain/port/source-error.ts'
import { MemorySink } from '../testing/memory-sink.ts'
import { type LangfuseApi, langfuseRoutes } from './langfuse-api.ts'

let sink: MemorySink
beforeEach(() => {
  sink = new MemorySink()
})
const ask = async (method: string, path: string, body?: unknown, more: Partial<LangfuseApi> = {}) => {
  const reply = await langfuseRoutes({
    sink,
    authorize: () => ({ ok: true }),
    now: () => micros(1_772_357_400_000_000),
    projectId: 'p-1',
    ...more,
  }).request(`/api/public/${path}`, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  })
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> }
}
const timestamp = '2026-03-01T09:30:00.000Z'
const send = (batch: readonly unknown[], more: Partial<LangfuseApi> = {}) =>
  ask('POST', 'ingestion', { batch, metadata: { sdk_name: 'x' } }, more)

describe('POST /api/public/ingestion', () => {
  it('answers for every event by its id, and takes those that are right', async () => {
    const { status, body } = await send([
      { id: 'a', type: 'trace-create', timestamp, body: { id: 't', name: 'Fern', release: null } },
      { id: 'b', type: 'dream-create', timestamp, body: { id: 't' } },
      { id: 'c', type: 'tool-create', timestamp, body: { id: 'o', traceId: 't', startTime: timestamp } },
      { id: 'd', type: 'sdk-log', timestamp, body: { log: 'x' } },
      { id: 'e', type: 'span-update', timestamp, body: { traceId: 't' } },
      { id: 'f', type: 'span-create', timestamp, body: { id: 'o', startTime: 'noon' } },
      { id: 'g', type: 'span-create', timestamp: 'now', body: {} },
      { id: 'h', type: 'span-create', timestamp },
      'i',
      { type: 'span-create', timestamp, body: {} },
      { id: 'k', type: 'span-create', timestamp, body: { id: 'o', traceId: 7 } },
    ])
    expect(status).toBe(207)
    expect(body.successes).toEqual([
      { id: 'a', status: 201 },
      { id: 'c', status: 201 },
      { id: 'd', status: 201 },
    ])
    const errors = body.errors as { id: string; status: number; error: string }[]
    expect(errors.map(({ id, status, error }) => [id, status, error])).toEqual([
      ['b', 400, expect.stringContaining('"dream-create" is no type')],
      ['e', 400, expect.stringContaining('body.id is missing')],
      ['f', 400, expect.stringContaining('body.startTime')],
      ['g', 400, expect.stringContaining('timestamp')],
      ['h', 400, expect.stringContaining('body must be an object')],
      ['', 400, expect.stringContaining('[8]: an event must be an object')],
      ['', 400, expect.stringContaining('id must be')],
      ['k', 400, expect.stringContaining('body.traceId')],
    ])
    expect(sink.events.map(({ entityId, fields }) => [entityId, fields])).toEqual([
      ['t', { name: 'Fern' }],
      ['o', { startTime: timestamp, type: 'TOOL' }],
    ])
  })

  it('takes scores as feedback, by the rules of feedback', async () => {
    const score = (id: string, body: object) => ({
      id,
      type: 'score-create',
      timestamp,
      body: { id: `s-${id}`, traceId: 't', name: 'helpful', value: 1, ...body },
    })
    const { body } = await send([
      score('a', { observationId: 'o', comment: 'x'.repeat(10_240) }),
      score('b', { dataType: 'BOOLEAN', value: 0, comment: null }),
      score('c', { value: 'good', id: undefined }),
      score('d', { comment: 'x'.repeat(10_241) }),
      score('e', { traceId: undefined, sessionId: 's' }),
      score('f', { value: {} }),
    ])
    expect((body.errors as { id: string }[]).map(({ id }) => id)).toEqual(['d', 'e', 'f'])
    const time = 1_772_357_400_000_000
    expect(sink.feedback).toEqual([
      { id: 's-a', traceId: 't', spanId: 'o', name: 'helpful', value: 1, comment: 'x'.repeat(10_240), time },
      { id: 's-b', traceId: 't', name: 'helpful', value: false, time },
      { id: 'c', traceId: 't', name: 'helpful', value: 'good', time },
    ])
  })

  it.each([
    [{ batch: {} }, 400],
    [[], 400],
    ['{', 400],
  ])('refuses %j', async (body, status) => {
    expect((await ask('POST', 'ingestion', body)).status).toBe(status)
  })

  it('takes an empty batch, 10,000 events, and 100,000 at most', async () => {
    const event = (index: number) => ({
      id: `e${index}`,
      type: 'event-create',
      timestamp,
      body: { id: `o${index}`, traceId: 't' },
    })
    expect(await send([])).toEqual({ status: 207, body: { successes: [], errors: [] } })
    const { body } = await send(Array.from({ length: 10_000 }, (_, index) => event(index)))
    expect(body.successes).toHaveLength(10_000)
    expect(sink.events).toHaveLength(10_000)
    expect((await send(new Array(100_001).fill(0))).status).toBe(413)
  })

  it('has a busy store’s senders come again, and refuses where read-only', async () => {
    sink.failWith = new SourceError('rate-limited', 'busy', { retryAfterMs: 2_000 })
    const one = [{ id: 'a', type: 'trace-create', timestamp, body: { id: 't' } }]
    expect((await send(one)).status).toBe(429)
    expect((await send(one, { readOnly: true })).status).toBe(403)
  })
})

describe('what the SDKs ask beside', () => {
  const stranger = {
    authorize: () => ({ ok: false, status: 401, message: 'the token is not the right one' }) as const,
    mayRead: () => true,
  }

  it('gives one project to whom has the key', async () => {
    expect((await ask('GET', 'projects')).body).toMatchObject({ data: [{ id: 'p-1', name: 'Turnscope' }] })
    expect((await ask('GET', 'projects', undefined, { readOnly: true })).status).toBe(200)
    expect((await ask('GET', 'projects', undefined, stranger)).status).toBe(401)
    expect((await ask('GET', 'health', undefined, stranger)).body).toMatchObject({ status: 'OK' })
  })

  it('takes a list of scores', async () => {
    const score = (id: string, body: object = {}) => ({
      id,
      traceId: 't',
      name: 'helpful',
      value: 1,
      ...body,
    })
    const timestamp = '2026-03-01T09:30:01Z'
    const first = await ask('POST', 'scores', [score('a', { timestamp }), score('b')])
    expect(first).toEqual({ status: 202, body: { message: 'Accepted' } })
    expect(sink.feedback.map(({ time }) => time)).toEqual([1_772_357_401_000_000, 1_772_357_400_000_000])
    const { status, body } = await ask('POST', 'scores', [score('c'), score('d', { traceId: null }), 7])
    expect(status).toBe(207)
    expect(body).toMatchObject({
      accepted: 1,
      rejected: 2,
      errors: [{ message: expect.stringContaining('[1]: body.traceId') }, { index: 2 }],
    })
    expect(sink.feedback).toHaveLength(3)
  })

  it('takes a score by itself', async () => {
    const score = { traceId: 't', name: 'helpful', value: 0.5 }
    expect(await ask('POST', 'scores', { id: 's', ...score })).toEqual({ status: 200, body: { id: 's' } })
    expect((await ask('POST', 'scores', score)).body.id).toMatch(/^[0-9a-f-]{36}$/)
    expect(sink.feedback).toHaveLength(2)
    expect((await ask('POST', 'scores', { name: 'x' })).body.message).toContain('traceId')
    expect((await ask('POST', 'scores', score, stranger)).status).toBe(401)
    expect((await send([], stranger)).status).toBe(401)
  })
})

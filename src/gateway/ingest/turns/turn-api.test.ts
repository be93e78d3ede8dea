import { beforeEach, describe, expect, it } from 'vitest'
import { micros } from '../../../domain/model/units.ts'
import { SourceError } from '../../../domain/port/source-error.ts'
import { DEFAULT_INGEST_LIMITS } from '../door/ingest-limits.ts'
import { MemorySink } from '../testing/memory-sink.ts'
import { type TurnApi, turnRoutes } from './turn-api.ts'

let sink: MemorySink
beforeEach(() => {
  sink = new MemorySink()
})
const post = async (path: string, body: unknown, more: Partial<TurnApi> = {}, type = 'application/json') => {
  const reply = await turnRoutes({
    sink,
    authorize: () => ({ ok: true }),
    now: () => micros(1_772_357_400_000_000),
    ...more,
  }).request(path, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return {
    status: reply.status,
    headers: reply.headers,
    body: (await reply.json()) as Record<string, unknown>,
  }
}

const TURN = {
  traceId: 'turn-17',
  startTime: '2026-03-01T09:30:00.25+01:00',
  duration: 1_500_000,
  chatbot: { name: 'Fern', version: '12' },
  session: { id: 's-1' },
  participant: { id: 'ana', name: 'Ana Torres' },
  input: 'Where is my order?',
  output: 'On its way.',
  participantData: { before: { tier: 'free' }, changes: [['change', 'tier', ['free', 'pro']]] },
  sessionData: { step: 2 },
  metrics: { llmTurns: 1, inputTokens: 12, cost: null, partial: ['inputTokens'] },
  tags: ['vip'],
  environment: 'production',
  feedback: [{ name: 'thumbs', value: 'up', comment: 'thanks' }],
  provider: { source: 'langfuse', traceId: 'abc', url: 'https://langfuse.example/trace/abc' },
}

describe('POST /api/v1/turns', () => {
  it('records a turn', async () => {
    const { status, body } = await post('/api/v1/turns', TURN)
    expect({ status, body }).toEqual({ status: 200, body: { traceId: 'turn-17' } })
    expect(sink.turns).toEqual([
      {
        trace: {
          traceId: 'turn-17',
          startTime: 1_772_353_800_250_000,
          duration: 1_500_000,
          status: 'ok',
          kind: 'turn',
          chatbot: { id: 'Fern', name: 'Fern', version: '12' },
          session: { id: 's-1' },
          participant: { id: 'ana', name: 'Ana Torres' },
          input: 'Where is my order?',
          output: 'On its way.',
          participantData: { ...TURN.participantData, after: { tier: 'pro' } },
          sessionData: { step: 2 },
          metrics: TURN.metrics,
          tags: ['vip'],
          environment: 'production',
          feedback: TURN.feedback,
          services: [],
          spans: { source: 'langfuse', traceId: 'abc' },
          externalUrl: 'https://langfuse.example/trace/abc',
        },
        facets: { models: [], tools: [], flows: [], spanNames: [], changed: ['tier'] },
      },
    ])
  })

  it('takes times in microseconds, and makes an id where none is given', async () => {
    const { body } = await post('/api/v1/turns', {
      ...TURN,
      traceId: undefined,
      startTime: 1_772_353_800_250_000,
    })
    expect(body.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(sink.turns[0]?.trace).toMatchObject({ traceId: body.traceId, startTime: 1_772_353_800_250_000 })
  })

  it('names every wrong field by its path', async () => {
    const { status, body } = await post('/api/v1/turns', {
      traceId: 'a\nb',
      startTime: 'yesterday',
      endTime: 1_772_353_800,
      chatbot: {},
      session: { id: 7, name: 'x' },
      output: 4,
      status: 'fine',
      participantData: { before: {}, changes: [['swap', 'a', 1]] },
      metrics: { cost: -1, tokens: 5 },
      tags: ['a', 1],
      feedback: [{ value: 'up' }],
      provider: { source: 'langfuse', traceId: 'abc', url: 'javascript:alert(1)' },
      colour: 'red',
    })
    expect(status).toBe(400)
    const { kind, fields } = body.error as { kind: string; fields: { path: string; message: string }[] }
    expect(kind).toBe('bad-request')
    expect(Object.fromEntries(fields.map(({ path, message }) => [path, message]))).toEqual({
      traceId: 'must be 1 to 200 printable characters',
      startTime: expect.stringContaining('ISO 8601 with an offset'),
      endTime: expect.stringContaining('integer microseconds'),
      'chatbot.name': 'is missing',
      'session.id': 'must be a text',
      'session.name': 'is no field of this',
      input: 'is missing',
      output: 'must be a text',
      status: 'must be one of ok, error, pending',
      'participantData.changes[0][0]': 'must be add, remove or change',
      'metrics.cost': 'must not be negative',
      'metrics.tokens': 'is no field of this',
      'tags[1]': 'must be a text',
      'feedback[0].name': 'is missing',
      'provider.url': 'must be an http or https URL',
      colour: 'is no field of this',
    })
    expect(sink.turns).toEqual([])
  })

  it.each([
    [{ endTime: '2026-03-01T08:00:00Z', duration: undefined }, { endTime: 'must not be before startTime' }],
    [{ endTime: '2026-03-01T09:00:00Z' }, { duration: 'cannot stand beside endTime' }],
    [{ startTime: undefined }, { startTime: 'is missing' }],
    [{ startTime: 1_772_353_800_250 }, { startTime: expect.stringContaining('microseconds') }],
    [{ input: null }, { input: 'must be a text' }],
  ])('refuses %o', async (wrong, expected) => {
    const { status, body } = await post('/api/v1/turns', { ...TURN, ...wrong })
    expect(status).toBe(400)
    const { fields } = body.error as { fields: { path: string; message: string }[] }
    expect(Object.fromEntries(fields.map(({ path, message }) => [path, message]))).toEqual(expected)
  })

  it('takes of a list what is right, with an answer for each', async () => {
    const { status, body } = await post('/api/v1/turns', [
      TURN,
      { ...TURN, session: {} },
      { ...TURN, traceId: 'b' },
      7,
    ])
    expect(status).toBe(200)
    expect(body).toMatchObject({
      accepted: 2,
      rejected: 2,
      items: [
        { traceId: 'turn-17' },
        { error: { kind: 'bad-request', message: 'session.id is missing' } },
        { traceId: 'b' },
        { error: { kind: 'bad-request', message: 'must be an object' } },
      ],
    })
    expect(sink.turns.map(({ trace }) => trace.traceId)).toEqual(['turn-17', 'b'])
  })

  it('answers 400 to a list of which nothing is right, 200 to an empty one', async () => {
    expect(await post('/api/v1/turns', [7, 8])).toMatchObject({
      status: 400,
      body: { accepted: 0, rejected: 2 },
    })
    expect(await post('/api/v1/turns', [])).toMatchObject({ status: 200, body: { accepted: 0, items: [] } })
  })

  const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`) as unknown

  it.each([
    ['nested 99 levels deep', nested(99), true],
    ['nested 100 levels deep', nested(100), false],
    ['of 249,900 values', Array.from({ length: 249_900 }, () => 0), true],
    ['of 250,000 values', Array.from({ length: 250_000 }, () => 0), false],
  ])('takes a record %s or refuses it alone', async (_what, sessionData, isTaken) => {
    const { status, body } = await post('/api/v1/turns', [{ ...TURN, traceId: 'odd', sessionData }, TURN])
    expect({ status, accepted: body.accepted }).toEqual({ status: 200, accepted: isTaken ? 2 : 1 })
    if (!isTaken)
      expect(JSON.stringify(body.items)).toMatch(
        /must not (be nested deeper than 100 levels|hold more than 250000 values)/,
      )
  })

  it('makes texts safe to keep', async () => {
    await post(
      '/api/v1/turns',
      '{"startTime":"2026-03-01T09:30:00Z","chatbot":{"name":"F"},"session":{"id":"s"},"input":"a\\u0000b\\ud800c","sessionData":{"k\\u0000":["\\udc00"]}}',
    )
    expect(sink.turns[0]?.trace).toMatchObject({
      input: 'a\ufffdb\ufffdc',
      sessionData: { 'k\ufffd': ['\ufffd'] },
    })
  })

  it.each([
    ['broken JSON', '{', {}, 'application/json', 400, 'bad-request'],
    ['another type', TURN, {}, 'text/plain', 415, 'unsupported'],
    [
      'JSON nested too deep',
      `${'['.repeat(200)}${']'.repeat(200)}`,
      {},
      'application/json',
      400,
      'bad-request',
    ],
    [
      'a body too large',
      TURN,
      { limits: { ...DEFAULT_INGEST_LIMITS, bodyBytes: 10 } },
      'application/json',
      413,
      'too-large',
    ],
    [
      'more records than a request holds',
      Array.from({ length: 10_001 }, () => 1),
      {},
      'application/json',
      413,
      'too-large',
    ],
    ['a read-only explorer', TURN, { readOnly: true }, 'application/json', 403, 'forbidden'],
    [
      'no token',
      TURN,
      { authorize: () => ({ ok: false, status: 401, message: 'no' }) },
      'application/json',
      401,
      'unauthorized',
    ],
  ] as [string, unknown, Partial<TurnApi>, string, number, string][])(
    'refuses %s',
    async (_name, body, more, type, status, kind) => {
      expect(await post('/api/v1/turns', body, more, type)).toMatchObject({
        status,
        body: { error: { kind } },
      })
      expect(sink.turns).toEqual([])
    },
  )

  it('counts records before it makes them', async () => {
    const { body } = await post(
      '/api/v1/turns',
      Array.from({ length: 10_001 }, () => ({})),
    )
    expect(body).toMatchObject({ error: { message: 'a request may hold 10000 records' } })
    const most = await post(
      '/api/v1/turns',
      Array.from({ length: 10_000 }, () => ({})),
    )
    expect(most).toMatchObject({ status: 400, body: { rejected: 10_000 } })
    expect(most.body.items).toHaveLength(10_000)
  })

  it('passes on that the store is busy', async () => {
    sink.failWith = new SourceError('rate-limited', 'too much is in flight', { retryAfterMs: 1200 })
    const { status, headers, body } = await post('/api/v1/turns', TURN)
    expect(status).toBe(429)
    expect(headers.get('retry-after')).toBe('2')
    expect(body).toEqual({
      error: { kind: 'rate-limited', message: 'too much is in flight', retryAfterMs: 1200 },
    })
  })
})

const EVENT = {
  conversation_id: 'c-1',
  interaction_id: 'turn-1',
  type: 'MESSAGE',
  task: 'answer',
  trace_id: 'e-1',
  input: 'Hi',
  output: 'Hello',
  start_timestamp: '2026-03-01T09:30:00Z',
  latency: 1500,
}

describe('POST /api/v1/events', () => {
  it('records events as spans of their turn, and ignores what is not known', async () => {
    const tool = { ...EVENT, type: 'TOOL', trace_id: 'e-2', parent_id: 'e-1', app_id: 'x', channel_id: null }
    const feedback = {
      ...EVENT,
      type: 'FEEDBACK',
      trace_id: 'e-3',
      feedback_tag: 'THUMBS_UP',
      input: undefined,
    }
    const { status, body } = await post('/api/v1/events', [EVENT, tool, feedback])
    expect(status).toBe(200)
    expect(body.items).toEqual(['e-1', 'e-2', 'e-3'].map((spanId) => ({ traceId: 'turn-1', spanId })))
    expect(sink.spans.map(({ parentId, duration }) => [parentId, duration])).toEqual([
      [null, 1_500_000],
      ['e-1', 1_500_000],
      ['e-1', 1_500_000],
    ])
  })

  it.each([
    ['2026-03-01T09:30:00Z'],
    ['2026-03-01T10:30:00+01:00'],
    ['2026-03-01T09:30:00'],
    ['2026-03-01 09:30:00.000000'],
    [1_772_357_400],
    [1_772_357_400_000],
    [1_772_357_400_000_000],
    [1_772_357_400_000_000_000],
    ['1772357400'],
  ])('reads %s as a time', async (start_timestamp) => {
    await post('/api/v1/events', { ...EVENT, start_timestamp })
    expect(sink.spans[0]?.startTime).toBe(1_772_357_400_000_000)
  })

  it('names every wrong field by its path', async () => {
    const { status, body } = await post('/api/v1/events', {
      interaction_id: '',
      type: 'THOUGHT',
      start_timestamp: 'soon',
      latency: -1,
      user: { id: 5 },
      metadata: [],
    })
    expect(status).toBe(400)
    const { fields } = body.error as { fields: { path: string; message: string }[] }
    expect(fields.map(({ path }) => path).sort()).toEqual([
      'conversation_id',
      'interaction_id',
      'latency',
      'metadata',
      'start_timestamp',
      'task',
      'type',
      'user.id',
    ])
  })
})

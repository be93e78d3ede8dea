import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openReplayGateway, type ReplayGateway } from '../testing/replaying.ts'

let gateway: ReplayGateway
beforeAll(async () => {
  gateway = await openReplayGateway()
})
afterAll(() => gateway.close())

const START = 1_795_224_134_950_000
const hex = (digits: number): string =>
  Array.from({ length: digits }, () => Math.floor(Math.random() * 15 + 1).toString(16)).join('')

const post = async (path: string, body: string, headers: Record<string, string> = {}) => {
  const reply = await fetch(gateway.address + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  return { status: reply.status, text: await reply.text() }
}
const get = async (path: string) => {
  const reply = await fetch(`${gateway.address}/api/v1/sources/local/${path}`)
  return { status: reply.status, text: await reply.text() }
}
const isThere = async (traceId: string): Promise<boolean> => (await get(`traces/${traceId}`)).status === 200

const otlpSpan = (traceId: string, more: object = {}) => ({
  traceId,
  spanId: hex(16),
  name: 'turn',
  startTimeUnixNano: `${START}000`,
  endTimeUnixNano: `${START + 5}000`,
  ...more,
})
const otlp = (...spans: object[]) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
const jaegerSpan = (traceID: string, more: object = {}) => ({
  traceID,
  spanID: hex(16),
  operationName: 'turn',
  startTime: START,
  duration: 5,
  ...more,
})
const observation = (traceId: string, more: object = {}) => ({
  id: hex(16),
  traceId,
  type: 'SPAN',
  name: 'turn',
  startTime: '2026-11-21T09:00:00Z',
  ...more,
})
const turn = (traceId: string, more: object = {}) => ({
  traceId,
  startTime: '2026-11-21T09:00:00Z',
  duration: 5,
  chatbot: { name: 'b' },
  session: { id: 's' },
  input: 'hello',
  ...more,
})
const event = (interaction_id: string, more: object = {}) => ({
  conversation_id: 'c',
  interaction_id,
  type: 'message',
  task: 't',
  start_timestamp: '2026-11-21T09:00:00Z',
  ...more,
})

/** What stands in a body for a number that JavaScript has none for. */
const HUGE = '"HUGE"'
const json = (value: unknown): string => JSON.stringify(value).replaceAll(HUGE, '1e999')

const NAMES = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf']
const tag = (key: string, value: string, type = 'string') => ({ key, type, value })
const attribute = (key: string, value: object) => ({ key, value })
const named = (name: string, value: unknown): object => JSON.parse(`{${JSON.stringify(name)}:${json(value)}}`)

describe.each([
  [
    'OTLP',
    '/v1/traces',
    (good: string, bad: string, more: object) => otlp(otlpSpan(bad, more), otlpSpan(good)),
    [
      { startTimeUnixNano: 1e22 },
      { startTimeUnixNano: 1e300 },
      { endTimeUnixNano: 'HUGE' },
      { startTimeUnixNano: -1e300, endTimeUnixNano: -0 },
      { startTimeUnixNano: 'NaN' },
      { startTimeUnixNano: '+275760-09-13T00:00:00Z' },
      { kind: 1e308, flags: 1e300, status: { code: -1e300 }, droppedLinksCount: 'HUGE' },
      { traceId: { deep: [[]] }, spanId: null },
      { events: [{ timeUnixNano: 1e300 }], links: [{}, 5] },
      ...NAMES.map((name) => ({
        kind: name,
        name,
        attributes: [
          attribute(name, { stringValue: name }),
          attribute('openinference.span.kind', { stringValue: name }),
          attribute('input.value', { stringValue: `[${name}, {'role': '${name}'}]` }),
          attribute('input.value', { stringValue: JSON.stringify([{ role: name, type: name }]) }),
          attribute('gen_ai.agent.name', { stringValue: name }),
        ],
        events: [{ name, attributes: [] }],
      })),
      {
        attributes: [
          attribute('openinference.span.kind', { stringValue: 'LLM' }),
          attribute('gen_ai.usage.cost', { doubleValue: 1e300 }),
          attribute('gen_ai.usage.input_tokens', { doubleValue: 1e300 }),
          attribute('gen_ai.usage.output_tokens', { intValue: '9223372036854775807' }),
          attribute('gen_ai.response.time_to_first_chunk', { doubleValue: 1e308 }),
          attribute('ai.response.msToFirstChunk', { doubleValue: -1e308 }),
          attribute('turnscope.feedback.name', { stringValue: 'score' }),
          attribute('turnscope.feedback.value', { doubleValue: 1e308 }),
        ],
      },
    ],
  ],
  [
    'Jaeger',
    '/api/v1/import',
    (good: string, bad: string, more: object) => ({
      data: [
        { traceID: bad, processes: {}, spans: [jaegerSpan(bad, more)] },
        { traceID: good, processes: {}, spans: [jaegerSpan(good)] },
      ],
    }),
    [
      { startTime: 1e300 },
      { startTime: 'HUGE' },
      { startTime: -1e300 },
      { duration: 1e308 },
      { duration: -5 },
      { startTime: 0.5, duration: 0.25, flags: 1e300 },
      { logs: [{ timestamp: 1e300, fields: [] }] },
      ...NAMES.map((name) => ({
        tags: [tag(name, name, name), tag('span.kind', name), tag('otel.status_code', name)],
        processID: name,
      })),
      { tags: [{ key: 'x', type: 'float64', value: 'HUGE' }] },
    ],
  ],
  [
    'Langfuse',
    '/api/v1/import',
    (good: string, bad: string, more: object) => [observation(good), observation(bad, more)],
    [
      { latency: 1e308, endTime: '9999-12-31T23:59:59Z' },
      { startTime: '9999-12-31T23:59:59Z' },
      { startTime: '0001-01-01T00:00:00Z' },
      { startTime: '+275760-09-13T00:00:00Z' },
      { type: 'GENERATION', costDetails: { total: 1e300 }, usageDetails: { input: 1e19, total: 'HUGE' } },
      { completionStartTime: '9999-12-31T23:59:59Z' },
      ...NAMES.map((name) => ({
        type: name,
        metadata: { attributes: named(name, [1]), ...named(name, 'x') },
      })),
    ],
  ],
  [
    'turns',
    '/api/v1/turns',
    (good: string, bad: string, more: object) => [turn(bad, more), turn(good)],
    [
      { startTime: 1e300 },
      { startTime: 1e22, duration: 1e22 },
      { startTime: '9999-12-31T23:59:59Z' },
      { startTime: '0001-01-01T00:00:00Z' },
      { duration: 1e308 },
      { duration: 9_007_199_254_740_991 },
      { duration: -0 },
      { metrics: { cost: 1e300 } },
      { metrics: { totalTokens: 1e19, inputTokens: 9_007_199_254_740_991 } },
      { metrics: { cost: 'HUGE' } },
      { sessionData: 'HUGE', feedback: [{ name: 'f', value: 1e308 }] },
      ...NAMES.map((name) => ({
        chatbot: { name },
        session: { id: name },
        participant: { id: name },
        tags: [name],
        status: name,
        participantData: { before: named(name, 1), changes: [[name, name, [1, 2]]] },
      })),
      ...NAMES.map((name) => ({
        chatbot: { name },
        tags: [name],
        environment: name,
        sessionData: named(name, 1),
      })),
    ],
  ],
  [
    'events',
    '/api/v1/events',
    (good: string, bad: string, more: object) => [event(bad, more), event(good)],
    [
      { latency: 1e308 },
      { start_timestamp: null, end_timestamp: 5, latency: 1e12 },
      { start_timestamp: 1e19, end_timestamp: '99999999999999999999' },
      { start_timestamp: '9999-12-31T23:59:59' },
      { type: 'generation', custom: { usage: { cost: 1e300, input_tokens: 'HUGE' } } },
      ...NAMES.map((name) => ({ type: name, metadata: named(name, name), custom: named(name, name) })),
      ...NAMES.map((name) => ({ task: name, channel_id: name, metadata: named('chatbot', name) })),
    ],
  ],
] as const)('%s', (_format, path, bodyOf, odd) => {
  it.each(odd.map((more) => [json(more).slice(0, 90), more] as const))('%s', async (_what, more) => {
    const [good, bad] = [hex(32), hex(32)]
    const { status, text } = await post(path, json(bodyOf(good, bad, more)))
    expect(status, text).toBe(200)
    expect(await isThere(good), text).toBe(true)
    for (const question of [`traces/${bad}`, `traces/${bad}/spans`])
      expect([200, 404]).toContain((await get(question)).status)
  })
})

describe('what was kept of all that', () => {
  it.each(['startTime', 'duration', 'tokens', 'cost'].flatMap((field) => [field, `-${field}`]))(
    'is listed page by page: sort=%s',
    async (sort) => {
      const seen: string[] = []
      let cursor = ''
      for (;;) {
        const { status, text } = await get(`traces?kind=any&limit=7&sort=${sort}${cursor}`)
        expect(status, text).toBe(200)
        const page = JSON.parse(text) as { items: { traceId: string }[]; nextCursor?: string }
        seen.push(...page.items.map(({ traceId }) => traceId))
        if (page.nextCursor === undefined) break
        cursor = `&cursor=${page.nextCursor}`
      }
      expect(new Set(seen).size).toBe(seen.length)
      expect(seen.length).toBeGreaterThan(60)
    },
  )

  it.each(['sessions', 'chatbots', 'traces/count', 'traces/histogram', 'suggest/chatbot', 'suggest/tag'])(
    'is summed up: %s',
    async (question) => {
      const { status, text } = await get(question)
      expect(status, text).toBe(200)
    },
  )

  it('holds chatbots of any name', async () => {
    const names = (JSON.parse((await get('chatbots')).text) as { items: { name: string }[] }).items.map(
      (one) => one.name,
    )
    expect(names).toEqual(expect.arrayContaining(NAMES))
    for (const name of NAMES) {
      const { text } = await get(`traces/count?chatbot=${name}`)
      expect((JSON.parse(text) as { count: number }).count).toBeGreaterThan(0)
    }
  })
})

describe('an import', () => {
  it.each([
    ['{"resourceSpans":5}', 'the file cannot be read: OTLP JSON: the JSON has no list "resourceSpans"'],
    [
      '{"resourceLogs":"x"}',
      'the file cannot be read: OTLP JSON (logs): the JSON has no list "resourceLogs"',
    ],
    [`{"a":${'['.repeat(1_001)}${']'.repeat(1_001)}}`, 'nested deeper than 1,000 levels'],
  ])('of %.40s is refused', async (body, why) => {
    const { status, text } = await post('/api/v1/import', body)
    expect(status).toBe(400)
    expect(text).toContain(JSON.stringify(why).slice(1, -1))
  })

  it('goes on after a line that cannot be read', async () => {
    const [first, last] = [hex(32), hex(32)]
    const lines = [otlp(otlpSpan(first)), { resourceSpans: 5 }, otlp(otlpSpan(last))]
    const { status, text } = await post('/api/v1/import', lines.map(json).join('\n'))
    expect(status).toBe(200)
    expect(JSON.parse(text.trim().split('\n').at(-1) ?? '')).toMatchObject({
      type: 'done',
      spans: 2,
      rejected: 1,
      problems: ['OTLP JSON: the JSON has no list "resourceSpans" (line 2)'],
    })
    expect(await isThere(last)).toBe(true)
  })
})

describe('headers', () => {
  it.each(NAMES)('content type and encoding %s are not known', async (name) => {
    for (const path of ['/v1/traces', '/v1/logs', '/api/v1/turns', '/api/v1/events']) {
      expect((await post(path, '{}', { 'content-type': name })).status).toBe(415)
      expect((await post(path, '{}', { 'content-encoding': name })).status).toBe(415)
    }
  })
})

const cursorOf = (...parts: readonly unknown[]): string => Buffer.from(json(parts)).toString('base64url')

describe('a question', () => {
  it.each([
    'traces?cost.min=1e308',
    'traces?cost.min=9007199254740992',
    'traces?duration.max=-1e16',
    'traces?score=1e999',
    'traces?tokens=NaN',
    'traces?tokens=Infinity',
    'traces?tokens=0x10',
    'traces?limit=1e3',
    'traces?limit=-0',
    'traces?limit=1&limit=2',
    'traces?last=99999999999d',
    'traces?last=0d',
    'traces?from=%2B275760-09-13T00:00:00Z',
    'traces?to=10000-01-01T00:00:00Z',
    'traces?from=-000001-01-01T00:00:00Z',
    'traces/histogram?buckets=0x10',
    'traces/histogram?buckets=1e3',
    ...NAMES.map((name) => `traces?${name}=1`),
    ...NAMES.map((name) => `traces?cost.${name}=1`),
    ...NAMES.map((name) => `traces?sort=${name}`),
    ...NAMES.map((name) => `suggest/${name}`),
    'traces?cursor=%00',
  ])('that cannot be is a 400: %s', async (question) => {
    const { status, text } = await get(question)
    expect(status, text).toBe(400)
  })

  it.each([
    'traces?cost.min=9007199254740991',
    'traces?cost.max=-9007199254740991',
    'traces?cost=-0',
    'traces?tokens.min=1e15',
    'traces?from=0000-01-01T00:00:00Z&to=9999-12-31T23:59:59Z',
    'traces/histogram?from=0000-01-01T00:00:00Z&to=9999-12-31T23:59:59Z',
    'traces?last=36525d',
  ])('at the very bound is answered: %s', async (question) => {
    const { status, text } = await get(question)
    expect(status, text).toBe(200)
  })

  it('in a path that is no percent-encoding is answered', async () => {
    for (const id of ['%E0%A4%A', '%', '%00', '%ff', '%2e%2e', '__proto__'])
      expect([400, 404]).toContain((await get(`traces/${id}`)).status)
  })

  it.each(['HUGE', 1e300, -1e300, 1.5, '5', true, [], { a: 1 }])(
    'with a cursor that holds %s is a 400',
    async (key) => {
      for (const kind of ['traces', 'sessions']) {
        const { text } = await get(`${kind}?limit=1`)
        const { nextCursor } = JSON.parse(text) as { nextCursor: string }
        const parts = JSON.parse(Buffer.from(nextCursor, 'base64url').toString()) as unknown[]
        const forged = cursorOf(...parts.map((part, at) => (at === 3 ? key : part)))
        expect((await get(`${kind}?limit=1&cursor=${forged}`)).status).toBe(400)
      }
    },
  )
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { micros, spanId, traceId } from '../../domain/model/units.ts'
import { encodeTracesProtobuf } from '../../formats/otlp/testing/encode-traces-protobuf.ts'
import { MemorySink } from '../ingest/testing/memory-sink.ts'
import { readConfig } from '../settings/config.ts'
import { type RunningGateway, startGateway } from '../start-gateway.ts'
import { oneTraceSource } from '../testing/one-trace-source.ts'
import { NO_FILES } from './static-files.ts'

const TEXT = 1024
const TURN = 3 * 1024
const CUT = /^(?<kept>[\s\S]*)\n\[cut: (?<more>[\d,]+) more characters\]$/

let gateway: RunningGateway
const sink = new MemorySink()
beforeAll(async () => {
  const { config } = readConfig({
    PORT: '0',
    OTLP_HTTP_PORT: 'off',
    OTLP_GRPC_PORT: 'off',
    TURNSCOPE_MAX_TEXT: '1KiB',
    TURNSCOPE_MAX_TURN: '3KiB',
  })
  const { source } = oneTraceSource('local', {})
  const table = { current: async () => [source], sink, warnings: [], close: async () => {} }
  gateway = await startGateway(config, table, NO_FILES)
})
afterAll(() => gateway.close(100))

const post = (path: string, body: BodyInit, type = 'application/json') =>
  fetch(`${gateway.address}${path}`, { method: 'POST', headers: { 'content-type': type }, body })

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const exportOf = (attributes: Readonly<Record<string, string>>) => ({
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: [
            {
              traceId: TRACE,
              spanId: 'b7ad6b7169203331',
              name: 's',
              startTimeUnixNano: '1760000000000000000',
              endTimeUnixNano: '1760000000000001000',
              attributes: Object.entries(attributes).map(([key, stringValue]) => ({
                key,
                value: { stringValue },
              })),
            },
          ],
        },
      ],
    },
  ],
})

type Texts = Readonly<Record<string, string>>
interface Taken {
  readonly texts: readonly string[]
  /** Whether the answer says that something was cut. */
  readonly told: boolean
}

/** Each way in: sends texts as parts of one record; gives them as they were taken. */
const WAYS: Readonly<Record<string, (texts: Texts) => Promise<Taken>>> = {
  'OTLP/JSON': async (texts) => {
    const reply = await post('/v1/traces', JSON.stringify(exportOf(texts)))
    return ofSpan(texts, (await reply.text()).includes('were cut'))
  },
  'OTLP/protobuf': async (texts) => {
    const bytes = encodeTracesProtobuf([
      {
        traceId: traceId(TRACE),
        spanId: spanId('b7ad6b7169203331'),
        parentId: null,
        name: 's',
        otelKind: 'internal',
        startTime: micros(1_760_000_000_000_000),
        duration: null,
        status: { code: 'unset' },
        attributes: texts,
        events: [],
        links: [],
        resource: {},
        scope: { name: '' },
      },
    ])
    const reply = await post('/v1/traces', Buffer.from(bytes), 'application/x-protobuf')
    return ofSpan(texts, Buffer.from(await reply.arrayBuffer()).includes('were cut'))
  },
  import: async (texts) => {
    const reply = await post('/api/v1/import', JSON.stringify(exportOf(texts)))
    return ofSpan(texts, (await reply.text()).includes('was cut'))
  },
  turns: async (texts) => {
    const [first = '', ...rest] = Object.values(texts)
    const reply = await post(
      '/api/v1/turns',
      JSON.stringify({
        startTime: 1_760_000_000_000_000,
        chatbot: { name: 'b' },
        session: { id: 's' },
        input: first,
        sessionData: Object.fromEntries(rest.map((text, index) => [index, text])),
      }),
    )
    const answer = (await reply.json()) as { problems?: readonly string[] }
    const { trace } = sink.turns.splice(0)[0] ?? expect.fail('no turn was taken')
    const data = Object.values((trace.sessionData ?? {}) as Texts)
    return { texts: [trace.input ?? '', ...data], told: answer.problems !== undefined }
  },
  events: async (texts) => {
    const [input = '', output] = Object.values(texts)
    const event = { conversation_id: 'c', interaction_id: 'i', type: 'CUSTOM', task: 't', input, output }
    const reply = await post('/api/v1/events', JSON.stringify([event]))
    const { items } = (await reply.json()) as { items: readonly { problems?: readonly string[] }[] }
    const span = sink.spans.splice(0)[0]
    return {
      texts: ['input.value', 'output.value'].flatMap((key) => {
        const value = span?.attributes[key]
        return typeof value === 'string' ? [value] : []
      }),
      told: items[0]?.problems !== undefined,
    }
  },
}

function ofSpan(texts: Texts, told: boolean): Taken {
  const span = sink.spans.splice(0)[0] ?? expect.fail('no span was taken')
  expect(span.problems?.some((problem) => problem.includes('was cut')) ?? false).toBe(told)
  return { texts: Object.keys(texts).map((key) => String(span.attributes[key])), told }
}

describe.each(Object.entries(WAYS))('by %s a text', (_way, send) => {
  it.each([TEXT - 1, TEXT])('of %i characters is taken whole', async (size) => {
    const text = 'é'.repeat(size)
    expect(await send({ a: text })).toEqual({ texts: [text], told: false })
  })

  it('that is one character longer is cut, says how much, and the answer says so', async () => {
    const { texts, told } = await send({ a: '汉'.repeat(TEXT + 1) })
    expect(texts).toEqual([`${'汉'.repeat(TEXT)}\n[cut: 1 more characters]`])
    expect(told).toBe(true)
  })

  it('never ends in half a surrogate pair', async () => {
    const { texts } = await send({ a: `a${'😀'.repeat(TEXT)}` })
    const { kept = '', more } = CUT.exec(texts[0] ?? '')?.groups ?? {}
    expect(kept).toBe(`a${'😀'.repeat(TEXT / 2 - 1)}`)
    expect(more).toBe('1,026')
  })
})

describe.each(Object.entries(WAYS).filter(([way]) => way !== 'events'))('by %s a record', (_way, send) => {
  it('that is too long as a whole is cut, though no text of it is', async () => {
    const texts = { a: 'a'.repeat(1000), b: 'b'.repeat(1000), c: 'c'.repeat(1000), d: 'd'.repeat(1000) }
    const taken = await send(texts)
    expect(taken.told).toBe(true)
    expect(taken.texts.slice(0, 2)).toEqual([texts.a, texts.b])
    const kept = taken.texts.join('').replace(/\n\[cut[^\]]*\]/g, '')
    expect(kept.length).toBeLessThanOrEqual(TURN)
    expect(kept.length).toBeGreaterThan(TURN - 100)
  })
})

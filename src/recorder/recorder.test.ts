import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createAdaptorServer } from '@hono/node-server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Span } from '../domain/model/span.ts'
import { SourceError } from '../domain/port/source-error.ts'
import { MemorySink } from '../gateway/ingest/testing/memory-sink.ts'
import { turnRoutes } from '../gateway/ingest/turns/turn-api.ts'
import type { RecorderOptions } from './options.ts'
import { Recorder } from './recorder.ts'

let sink: MemorySink
let url: string
let close: () => void
let problems: string[]
let tokens: (string | null)[]
let running: Recorder[]

beforeEach(async () => {
  sink = new MemorySink()
  problems = []
  tokens = []
  running = []
  const routes = turnRoutes({
    sink,
    authorize: (headers) => {
      tokens.push(headers.get('authorization'))
      return { ok: true }
    },
  })
  const server = createAdaptorServer({ fetch: routes.fetch })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  close = () => server.close()
})
afterEach(async () => {
  await Promise.all(running.map((recorder) => recorder.close()))
  close()
})

const recorder = (more: Partial<RecorderOptions> = {}) => {
  const made = new Recorder({ url, chatbot: 'Fern', onProblem: (problem) => problems.push(problem), ...more })
  running.push(made)
  return made
}
const conversation = { conversationId: 'c-1', user: { id: 'ana', name: 'Ana' } }
const byTask = (task: string): Span => {
  const span = sink.spans.find((one) => one.name === task)
  if (span === undefined) throw new Error(`no span ${task}`)
  return span
}
const typeOf = (span: Span) => span.attributes['turnscope.event.type']

describe('a recorder', () => {
  it('takes a text as the input of what it opens', async () => {
    const client = recorder()
    const message = client.trace(conversation).message('Where is my order?')
    message.tool('48213').end('sent')
    message.end('On its way.')
    await client.flush()

    expect(problems).toEqual([])
    expect(byTask('message').attributes).toMatchObject({
      'input.value': 'Where is my order?',
      'output.value': 'On its way.',
    })
    expect(byTask('tool').attributes['gen_ai.tool.call.arguments']).toBe('48213')
  })

  it('records each type of event, nested, with its input and output', async () => {
    const client = recorder({ environment: 'production', chatbotVersion: '7' })
    const trace = client.trace({ ...conversation, sessionId: 's-9', channelId: 'web' })
    const message = trace.message({ task: 'turn', input: 'Can I return boots?' })
    const router = message.router({ task: 'route' })
    const retrieval = router.retrieval({ task: 'search', input: 'return boots' })
    const generation = retrieval.generation({
      task: 'answer',
      model: 'gpt-4o-mini',
      parameters: { temperature: 0 },
    })
    generation.end('Within 60 days.', { usage: { inputTokens: 12, outputTokens: 3 } })
    retrieval.end([{ chunk: 'Boots go back within 60 days.', score: 0.95 }])
    router.end('returns')
    const agent = message.agent({ task: 'think' })
    agent.tool({ task: 'lookup', input: { id: 7 } }).end({ state: 'sent' })
    agent.event({ task: 'note' }).end()
    agent.end('done')
    trace.system({ task: 'cache' }).end('warm')
    message.end('Within 60 days.')
    trace.feedback({ tag: 'THUMBS_UP', text: 'thanks' })
    await client.flush()

    expect(problems).toEqual([])
    const ids = new Map(sink.spans.map((span) => [span.spanId, span.name]))
    const tree = sink.spans.map((span) => [typeOf(span), span.name, span.parentId && ids.get(span.parentId)])
    expect(tree).toEqual([
      ['GENERATION', 'answer', 'search'],
      ['RETRIEVAL', 'search', 'route'],
      ['ROUTER', 'route', 'turn'],
      ['TOOL', 'lookup', 'think'],
      ['CUSTOM', 'note', 'think'],
      ['AGENT', 'think', 'turn'],
      ['SYSTEM', 'cache', 'turn'],
      ['MESSAGE', 'turn', null],
      ['FEEDBACK', 'feedback', 'turn'],
    ])
    expect(new Set(sink.spans.map((span) => span.traceId))).toEqual(new Set([trace.interactionId]))
    expect(byTask('turn').attributes).toMatchObject({
      'session.id': 'c-1',
      'user.id': 'ana',
      'gen_ai.agent.name': 'Fern',
      'input.value': 'Can I return boots?',
      'output.value': 'Within 60 days.',
      'deployment.environment.name': 'production',
      'service.version': '7',
      'turnscope.event.session_id': 's-9',
    })
    expect(byTask('answer').attributes).toMatchObject({
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.request.temperature': 0,
      'gen_ai.usage.input_tokens': 12,
    })
    expect(byTask('lookup').attributes['gen_ai.tool.call.arguments']).toBe('{"id":7}')
    expect(byTask('feedback').attributes['turnscope.feedback.comment']).toBe('thanks')
    for (const span of sink.spans) {
      const parent = sink.spans.find((one) => one.spanId === span.parentId)
      expect(span.startTime).toBeGreaterThanOrEqual(parent?.startTime ?? 0)
    }
  })

  it("lets the bot's own work run inside an event, its failure thrown on", async () => {
    const client = recorder()
    const message = client.trace(conversation).message({ task: 'turn', input: 'Hi' })
    expect(await message.tool({ task: 'good' }).run(() => 42)).toBe(42)
    const failing = message.tool({ task: 'bad' }).run(async () => {
      throw new Error('the bank did not answer')
    })
    await expect(failing).rejects.toThrow('the bank did not answer')
    message.fail(new Error('no answer'))
    message.end('too late')
    await client.flush()
    expect(byTask('good').attributes['gen_ai.tool.call.result']).toBe('42')
    expect(byTask('bad').status).toEqual({ code: 'error', message: 'the bank did not answer' })
    expect(byTask('turn').status).toEqual({ code: 'error', message: 'no answer' })
    expect(sink.spans).toHaveLength(3)
  })

  it('records whole turns, and shows its token', async () => {
    const client = recorder({ token: 'secret' })
    client.turn({
      traceId: 't',
      startTime: '2026-03-01T09:30:00Z',
      chatbot: { name: 'Fern' },
      session: { id: 's' },
      input: 'Hi',
    })
    await client.flush()
    expect(sink.turns.map(({ trace }) => trace.traceId)).toEqual(['t'])
    expect(tokens).toEqual(['Bearer secret'])
  })

  it('gathers records into batches, and sends by itself', async () => {
    const client = recorder({ batchSize: 4, flushIntervalMs: 20 })
    const trace = client.trace(conversation)
    for (let index = 0; index < 10; index++) trace.event({ task: `e${index}` }).end()
    while (sink.spans.length < 10) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(tokens).toHaveLength(3)
    expect(sink.spans.map((span) => span.name)).toEqual(Array.from({ length: 10 }, (_, index) => `e${index}`))
  })

  it('tries again while the explorer is busy, and loses nothing', async () => {
    const client = recorder()
    sink.failWith = new SourceError('rate-limited', 'busy', { retryAfterMs: 1 })
    client.trace(conversation).event({ task: 'kept' }).end()
    const flushed = client.flush()
    while (tokens.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    sink.failWith = undefined
    await flushed
    expect(sink.spans.map((span) => span.name)).toEqual(['kept'])
    expect(tokens.length).toBeGreaterThan(1)
    expect(problems).toEqual([])
  })

  it('gives up on what is refused, and says why', async () => {
    const client = recorder()
    client.trace({ conversationId: '' }).event({ task: 'wrong' }).end()
    client.trace(conversation).event({ task: 'right' }).end()
    client.turn({})
    await client.flush()
    expect(sink.spans.map((span) => span.name)).toEqual(['right'])
    expect(problems).toEqual([
      'a record was not recorded: conversation_id must be 1 to 200 printable characters',
      expect.stringMatching(/^1 records not recorded: the explorer answered 400: .*startTime/),
    ])
  })

  it('drops the oldest when too much waits', async () => {
    const client = recorder({ maxQueue: 3, batchSize: 100 })
    const trace = client.trace(conversation)
    for (let index = 0; index < 5; index++) trace.event({ task: `e${index}` }).end()
    await client.flush()
    expect(sink.spans.map((span) => span.name)).toEqual(['e2', 'e3', 'e4'])
    expect(problems).toHaveLength(2)
  })

  it('records nothing when it is off', async () => {
    const client = recorder({ enabled: false })
    client.trace(conversation).message().end()
    await client.flush()
    expect(tokens).toEqual([])
  })
})

describe('a recorder never throws into the bot', () => {
  it('whatever it is given', async () => {
    const cyclic: { self?: unknown; big: bigint; bad: number; when: Date } = {
      big: 2n ** 70n,
      bad: Number.NaN,
      when: new Date(Number.NaN),
    }
    cyclic.self = cyclic
    const angry = {
      get secret() {
        throw new Error('no')
      },
    }
    const angrier = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('never')
        },
      },
    )
    const client = recorder()
    const trace = client.trace(conversation)
    for (const input of [
      cyclic,
      angry,
      angrier,
      Symbol('s'),
      () => 1,
      new Map([['a', new Set([1])]]),
      undefined,
    ])
      trace.tool({ task: 't', input }).end(input)
    client.turn(undefined as never)
    client
      .trace(undefined as never)
      .message(null as never)
      .end(1, null as never)
    client.trace(conversation).feedback(undefined as never)
    await client.flush()
    expect(sink.spans.slice(0, 7).map((span) => span.attributes['gen_ai.tool.call.arguments'])).toEqual([
      '{"big":"1180591620717411303424","bad":"NaN","when":"Invalid Date","self":"[circular]"}',
      '{"secret":"[unreadable: no]"}',
      '[unreadable: never]',
      undefined,
      undefined,
      '{"a":[1]}',
      undefined,
    ])
  })

  it.each([
    ['no server there', async () => ({ url: await freeAddress() })],
    ['an address that is none', async () => ({ url: 'nonsense' })],
    [
      'a fetch that throws',
      async () => ({
        fetch: () => {
          throw new Error('no network')
        },
      }),
    ],
    [
      'a listener that throws',
      async () => ({
        url: 'nonsense',
        onProblem: () => {
          throw new Error('mine')
        },
      }),
    ],
  ] as [string, () => Promise<Partial<RecorderOptions>>][])('with %s', async (_name, options) => {
    const client = recorder({ maxRetries: 1, ...(await options()) })
    client.trace(conversation).message({ input: 'Hi' }).end('Hello')
    await client.close()
    expect(problems.length).toBeLessThanOrEqual(1)
    expect(sink.spans).toEqual([])
  })
})

const freeAddress = async (): Promise<string> => {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as { port: number }
  await promisify(server.close.bind(server))()
  return `http://127.0.0.1:${port}`
}

describe('at the end of a program', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'turnscope-recorder-'))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const runProgram = async (body: string, address: string) => {
    const file = join(folder, 'bot.ts')
    writeFileSync(
      file,
      `import { Recorder } from '${join(import.meta.dirname, 'recorder.ts')}'
const recorder = new Recorder({ url: '${address}', flushIntervalMs: 60_000, onProblem: (problem) => console.log(problem) })
recorder.trace({ conversationId: 'c' }).message({ task: 'last words', input: 'Bye' }).end('Bye')
${body}`,
    )
    return promisify(execFile)(process.execPath, ['--import', 'tsx', file], {
      timeout: 20_000,
      cwd: import.meta.dirname,
    })
  }

  it('what waits is sent', async () => {
    await runProgram('', url)
    expect(sink.spans.map((span) => span.name)).toEqual(['last words'])
  })

  it('close() sends it before process.exit()', async () => {
    await runProgram('await recorder.close()\nprocess.exit(0)', url)
    expect(sink.spans.map((span) => span.name)).toEqual(['last words'])
  })

  it('an explorer that is not there does not hold it up', async () => {
    const { stdout } = await runProgram('void recorder.flush()', await freeAddress())
    expect(stdout).toMatch(/1 records not recorded: the explorer did not take them in \d tries/)
  })
})

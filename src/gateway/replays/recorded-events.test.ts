import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SpanDetail, SpanOutline } from '../../domain/model/span.ts'
import type { Trace, TraceSummary } from '../../domain/model/trace.ts'
import { Recorder } from '../../recorder/recorder.ts'
import { decodeSpanColumns } from '../../wire/span-columns.ts'
import { openReplayGateway, type ReplayGateway } from '../testing/replaying.ts'

let gateway: ReplayGateway
const problems: string[] = []
const recorder = (more: object = {}) =>
  new Recorder({
    url: gateway.address,
    chatbot: 'Order helper',
    chatbotVersion: '12',
    environment: 'production',
    onProblem: (problem) => problems.push(problem),
    ...more,
  })
beforeAll(async () => {
  gateway = await openReplayGateway()
})
afterAll(async () => {
  await gateway.close()
  expect(problems).toEqual([])
})

const list = async (query: string) =>
  (await gateway.read<{ items: readonly TraceSummary[] }>(`traces?${query}`)).items
const get = (id: string) => gateway.read<Trace>(`traces/${id}`)
const spansOf = async (id: string): Promise<readonly SpanOutline[]> =>
  decodeSpanColumns(await gateway.read(`traces/${id}/spans`)).spans
const detailOf = (id: string, span: SpanOutline | undefined) =>
  gateway.read<SpanDetail>(`traces/${id}/spans/${span?.spanId}`)

const pause = () => new Promise((resolve) => setTimeout(resolve, 2))

describe('a turn recorded event by event', () => {
  const ID = 'turn-of-every-kind'
  beforeAll(async () => {
    const client = recorder()
    const trace = client.trace({
      conversationId: 's-events',
      interactionId: ID,
      user: { id: 'ana', name: 'Ana' },
      channelId: 'web',
    })
    const message = trace.message({ task: 'answer', input: 'Can I return boots?' })
    await pause()
    const router = message.router({ task: 'choose_path', input: 'return boots' })
    await pause()
    const retrieval = router.retrieval({ task: 'search_returns', input: 'return boots' })
    await pause()
    const generation = retrieval.generation({
      task: 'write_answer',
      model: 'gpt-4o-mini',
      parameters: { temperature: 0.2 },
      input: 'Answer from: …',
    })
    await pause()
    generation.end('Yes, within 60 days.', { usage: { inputTokens: 655, outputTokens: 38, cost: 0.001 } })
    retrieval.end([{ chunk: 'Worn boots go back within 60 days.', score: 0.95 }])
    router.end('returns')
    const agent = message.agent({ task: 'planner', input: 'what next?' })
    await pause()
    await agent
      .tool({ task: 'log_answer', input: { article: 'returns' } })
      .run(async () => ({ logged: true }))
    agent.end('done')
    await pause()
    message.event({ task: 'shown', input: { where: 'web' } }).end('yes')
    await pause()
    trace.system({ task: 'cache_warmed' }).end('ok')
    await pause()
    message.end('Yes, within 60 days.')
    trace.feedback({ tag: 'THUMBS_UP', text: 'Good to know' })
    await client.close()
  })

  it('has each event with its kind, in order, nested as it was', async () => {
    const spans = await spansOf(ID)
    const nameOf = (id: string | null) => spans.find(({ spanId }) => spanId === id)?.name ?? null
    expect(
      spans
        .toSorted((a, b) => a.startTime - b.startTime)
        .map(({ name, kind, parentId }) => [name, kind, nameOf(parentId)]),
    ).toEqual([
      ['answer', 'message', null],
      ['choose_path', 'router', 'answer'],
      ['search_returns', 'retrieval', 'choose_path'],
      ['write_answer', 'generation', 'search_returns'],
      ['planner', 'agent', 'answer'],
      ['log_answer', 'tool', 'planner'],
      ['shown', 'custom', 'answer'],
      ['cache_warmed', 'system', 'answer'],
      ['feedback', 'feedback', 'answer'],
    ])
  })

  it('is one turn with what was said and measured', async () => {
    expect(await get(ID)).toMatchObject({
      kind: 'turn',
      status: 'ok',
      chatbot: { name: 'Order helper', version: '12' },
      session: { id: 's-events' },
      participant: { id: 'ana', name: 'Ana' },
      channel: 'web',
      environment: 'production',
      input: 'Can I return boots?',
      output: 'Yes, within 60 days.',
      feedback: [{ name: 'THUMBS_UP', comment: 'Good to know' }],
      metrics: {
        llmTurns: 1,
        toolCalls: 1,
        inputTokens: 655,
        outputTokens: 38,
        totalTokens: 693,
        cost: 0.001,
      },
      spans: { source: 'local', traceId: ID },
    })
  })

  it('has its values on the page of each event', async () => {
    const spans = await spansOf(ID)
    const named = (name: string) =>
      detailOf(
        ID,
        spans.find((span) => span.name === name),
      )
    expect((await named('write_answer')).meaning).toMatchObject({
      model: 'gpt-4o-mini',
      parameters: { temperature: 0.2 },
      usage: { inputTokens: 655, outputTokens: 38 },
      output: 'Yes, within 60 days.',
    })
    expect((await named('search_returns')).meaning).toMatchObject({
      query: 'return boots',
      documents: [{ content: 'Worn boots go back within 60 days.', score: 0.95 }],
    })
    expect((await named('log_answer')).meaning.tool).toEqual({
      name: 'log_answer',
      arguments: { article: 'returns' },
      result: { logged: true },
    })
  })

  it.each([
    ['feedback=THUMBS_UP', 1],
    ['feedback=THUMBS_DOWN', 0],
    ['feedback=THUMBS_UP&feedback=NEGATIVE', 1],
    ['feedback.not=THUMBS_UP', 0],
    ['tool=log_answer&model=gpt-4o-mini&channel=web', 1],
  ])('is found by %s %i times', async (query, times) => {
    expect(await list(`session=s-events&${query}`)).toHaveLength(times)
  })
})

it('an event that fails ends its turn with the error', async () => {
  const client = recorder()
  const trace = client.trace({ conversationId: 's-failed', interactionId: 'failed' })
  const message = trace.message({ task: 'answer', input: 'Hello?' })
  const work = message.run((own) =>
    own.tool({ task: 'lookup' }).run(() => {
      throw new Error('no connection')
    }),
  )
  await expect(work).rejects.toThrow('no connection')
  await client.close()
  const [turn] = await list('session=s-failed&status=error&error.contains=no connection')
  expect(turn).toMatchObject({ traceId: 'failed' })
  expect((await get('failed')).rootCause).toMatchObject({ name: 'lookup' })
})

describe('events that come by themselves', () => {
  const post = async (...events: object[]) => {
    const reply = await fetch(`${gateway.address}/api/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(events),
    })
    expect(reply.status).toBe(200)
  }
  const event = (turn: string, type: string, more: object) => ({
    type,
    task: type.toLowerCase(),
    conversation_id: `s-${turn}`,
    interaction_id: turn,
    metadata: { chatbot: 'Order helper' },
    ...more,
  })

  it.each([
    ['after', ['MESSAGE', 'SYSTEM', 'FEEDBACK']],
    ['before', ['SYSTEM', 'FEEDBACK', 'MESSAGE']],
  ])('stand in the turn though they name no parent, %s its message', async (when, order) => {
    const turn = `loose-${when}`
    const events: Record<string, object> = {
      MESSAGE: {
        input: 'Hi',
        output: 'Hello',
        start_timestamp: 1_772_357_400,
        end_timestamp: '2026-03-01T09:30:02Z',
      },
      SYSTEM: { output: 'cache warmed', start_timestamp: 1_772_357_399_000, latency: 20 },
      FEEDBACK: { feedback_tag: 'NEGATIVE', start_timestamp: '2026-03-01T09:40:00Z' },
    }
    for (const type of order) await post(event(turn, type, events[type] ?? {}))
    const [row] = await list(`session=s-${turn}`)
    expect(row).toMatchObject({
      traceId: turn,
      kind: 'turn',
      status: 'ok',
      input: 'Hi',
      output: 'Hello',
      duration: 2_000_000,
      feedback: [{ name: 'NEGATIVE' }],
    })
    expect((await spansOf(turn)).map(({ kind }) => kind).toSorted()).toEqual([
      'feedback',
      'message',
      'system',
    ])
  })

  it('are a turn in waiting until their message comes', async () => {
    await post(event('waiting', 'TOOL', { parent_id: 'm-1', start_timestamp: 1_772_357_400, latency: 5 }))
    await post(event('waiting', 'SYSTEM', { start_timestamp: 1_772_357_399 }))
    expect((await get('waiting')).status).toBe('pending')
    await post(
      event('waiting', 'MESSAGE', {
        trace_id: 'm-1',
        input: 'Hi',
        output: 'Error: out of time',
        start_timestamp: 1_772_357_399.5,
        latency: 900,
      }),
    )
    expect(await get('waiting')).toMatchObject({ status: 'error', error: 'out of time', duration: 900_000 })
  })
})

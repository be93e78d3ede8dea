import { describe, expect, it } from 'vitest'
import type { Span } from '../../domain/model/span.ts'
import { micros, traceId } from '../../domain/model/units.ts'
import { readMeaning } from '../../semantics/span/meaning.ts'
import { readSpan } from '../../semantics/span/read-span.ts'
import { summarise } from '../../semantics/trace/summarise.ts'
import { parentWithin } from './parent-within.ts'
import { EVENT_TYPES, type PostedEvent } from './posted-event.ts'
import { spanOfEvent } from './span-of-event.ts'

const NOW = micros(1_772_357_400_000_000)
const event = (more: Partial<PostedEvent> = {}): PostedEvent => ({
  conversation_id: 'c-1',
  interaction_id: 'turn-1',
  type: 'message',
  task: 'answer',
  trace_id: 'e-1',
  start_timestamp: micros(1_772_357_000_000_000),
  end_timestamp: micros(1_772_357_002_500_000),
  ...more,
})
const span = (more: Partial<PostedEvent> = {}) => spanOfEvent(event(more), NOW)

describe('the span of an event', () => {
  it('has the turn as its trace and the conversation as its session', () => {
    const made = span({
      input: 'Where is my order?',
      output: 'On its way.',
      user: { id: 'ana', name: 'Ana' },
    })
    expect(made).toMatchObject({
      traceId: 'turn-1',
      spanId: 'e-1',
      parentId: null,
      name: 'answer',
      startTime: 1_772_357_000_000_000,
      duration: 2_500_000,
      status: { code: 'unset' },
      resource: { 'service.name': 'unnamed' },
    })
    expect(made.attributes).toEqual({
      'turnscope.event.type': 'MESSAGE',
      'turnscope.event.task': 'answer',
      'session.id': 'c-1',
      'user.id': 'ana',
      'user.name': 'Ana',
      'gen_ai.agent.name': 'unnamed',
      'input.value': 'Where is my order?',
      'output.value': 'On its way.',
    })
  })

  it.each([
    [{ metadata: { chatbot: 'fern' }, custom: { chatbot: 'b' }, channel_id: 'c' }, 'fern'],
    [{ custom: { chatbot: 'b' }, channel_id: 'c' }, 'b'],
    [{ channel_id: 'c' }, 'c'],
    [{}, 'unnamed'],
  ])('names the chatbot by %o', (more, chatbot) => {
    expect(span(more).resource).toEqual({ 'service.name': chatbot })
  })

  it.each([
    [
      'tool',
      {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'answer',
        'gen_ai.tool.call.arguments': '{"a":1}',
      },
    ],
    ['generation', { 'gen_ai.operation.name': 'chat', 'input.value': '{"a":1}' }],
    ['agent', { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'answer' }],
    ['retrieval', { 'gen_ai.operation.name': 'retrieval', 'gen_ai.retrieval.query.text': '{"a":1}' }],
  ] as const)('says what a %s event is in the words of gen_ai', (type, attributes) => {
    expect(span({ type, input: { a: 1 } }).attributes).toMatchObject(attributes)
  })

  it.each(EVENT_TYPES)('keeps the type %s', (type) => {
    expect(span({ type }).attributes['turnscope.event.type']).toBe(type.toUpperCase())
  })

  it.each([
    ['a list', [{ chunk: 'Boots go back.', score: 0.95, source: 'returns.md' }, 'plain']],
    ['a list in JSON', '[{"chunk":"Boots go back.","score":0.95,"source":"returns.md"},"plain"]'],
  ])('reads the documents of a retrieval from %s', (_name, output) => {
    const { attributes } = span({ type: 'retrieval', output })
    expect(JSON.parse(String(attributes['gen_ai.retrieval.documents']))).toEqual([
      { content: 'Boots go back.', score: 0.95, metadata: { source: 'returns.md' } },
      { content: 'plain' },
    ])
  })

  it('takes model, tokens, cost and parameters from custom', () => {
    const custom = {
      model: 'gpt-4o-mini',
      usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15, cost: 0.002 },
      parameters: { temperature: 0.2 },
    }
    expect(span({ type: 'generation', custom }).attributes).toMatchObject({
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.usage.input_tokens': 12,
      'gen_ai.usage.output_tokens': 3,
      'gen_ai.usage.total_tokens': 15,
      'gen_ai.usage.cost': 0.002,
      'gen_ai.request.temperature': 0.2,
      'turnscope.event.custom': custom,
    })
  })

  it('failed when its output begins with "Error:"', () => {
    expect(span({ output: 'Error: the bank did not answer' }).status).toEqual({
      code: 'error',
      message: 'the bank did not answer',
    })
    expect(span({ output: 'No error: all well' }).status).toEqual({ code: 'unset' })
  })

  it.each([
    ['start and latency', { end_timestamp: undefined, latency: 1500 }, 1_772_357_000_000_000, 1_500_000],
    ['end and latency', { start_timestamp: undefined, latency: 500 }, 1_772_357_002_000_000, 500_000],
    ['start alone', { end_timestamp: undefined }, 1_772_357_000_000_000, 0],
    ['nothing', { start_timestamp: undefined, end_timestamp: undefined }, NOW, 0],
  ])('has its time from %s', (_name, more, startTime, duration) => {
    expect(span(more)).toMatchObject({ startTime, duration })
  })

  it('says what is wrong with its time', () => {
    expect(span({ end_timestamp: micros(1) })).toMatchObject({
      duration: 0,
      problems: [expect.stringMatching(/ended before/)],
    })
    expect(span({ start_timestamp: undefined, end_timestamp: undefined }).problems).toHaveLength(1)
    expect(span().problems).toBeUndefined()
  })

  it('marks what is cut from values that are too large', () => {
    const made = spanOfEvent(event({ input: 'x'.repeat(50), custom: { long: 'y'.repeat(50) } }), NOW, {
      valueSize: 20,
      recordSize: 1_000,
    })
    expect(made.attributes).toMatchObject({
      'input.value': `${'x'.repeat(20)}\n[cut: 30 more characters]`,
      'turnscope.event.custom': '{"long":"yyyyyyyyyyy\n[cut: 41 more characters]',
    })
    expect(made.problems).toEqual([
      'attribute "turnscope.event.custom" was cut from 61 to 20 characters',
      'attribute "input.value" was cut from 50 to 20 characters',
    ])
  })

  it('without an id has the same one each time', () => {
    const first = span({ trace_id: undefined, task: 'a' })
    expect(first.spanId).toBe(span({ trace_id: undefined, task: 'a' }).spanId)
    expect(first.spanId).not.toBe(span({ trace_id: undefined, task: 'b' }).spanId)
  })
})

describe('a turn of events', () => {
  it('reads as any other trace', () => {
    const turn = { chatbot: 'Fern', environment: 'production', tags: ['vip'] }
    const spans = [
      span({
        trace_id: 'm',
        input: 'Can I return boots?',
        output: 'Error: the shop did not answer',
        user: { id: 'ana', name: 'Ana' },
        channel_id: 'web',
        metadata: turn,
        custom: {
          participant_data: { before: { tier: 'free' }, after: { tier: 'pro' } },
          session_data: { step: 2 },
        },
      }),
      span({ type: 'router', trace_id: 'r', parent_id: 'm', task: 'route' }),
      span({
        type: 'retrieval',
        trace_id: 's',
        parent_id: 'r',
        task: 'search',
        input: 'boots',
        output: [{ chunk: 'Boots go back.', score: 0.95 }],
      }),
      span({
        type: 'generation',
        trace_id: 'g',
        parent_id: 's',
        task: 'write',
        custom: { model: 'gpt-4o-mini', usage: { input_tokens: 12, output_tokens: 3 } },
      }),
      span({
        type: 'tool',
        trace_id: 't',
        parent_id: 'm',
        task: 'shop',
        input: { id: 7 },
        output: 'Error: timed out',
      }),
      span({ type: 'agent', trace_id: 'a', parent_id: 'm', task: 'think' }),
      span({ type: 'custom', trace_id: 'c', parent_id: 'm', task: 'note' }),
      span({ type: 'system', trace_id: 'y', task: 'cache' }),
      span({ type: 'feedback', trace_id: 'f', feedback_tag: 'THUMBS_DOWN', feedback_text: 'too slow' }),
    ]
    const reading = summarise(
      parentWithin(spans).map((one) => readSpan(one)),
      { traceId: traceId('turn-1') },
    )
    expect(reading.summary).toMatchObject({
      status: 'error',
      kind: 'turn',
      chatbot: { id: 'Fern', name: 'Fern' },
      session: { id: 'c-1' },
      participant: { id: 'ana', name: 'Ana' },
      input: 'Can I return boots?',
      error: expect.stringContaining('timed out'),
      metrics: { llmTurns: 1, toolCalls: 1, inputTokens: 12, outputTokens: 3, totalTokens: 15 },
      tags: ['vip'],
      environment: 'production',
      channel: 'web',
      feedback: [{ name: 'THUMBS_DOWN', comment: 'too slow' }],
      services: expect.arrayContaining(['Fern']),
    })
    expect(reading.rootCause).toMatchObject({ name: 'shop', message: 'timed out' })
    expect(reading.participantData).toEqual({ before: { tier: 'free' }, after: { tier: 'pro' } })
    expect(reading.sessionData).toEqual({ step: 2 })
    expect(reading.rootSeen).toBe(true)
    expect(reading.outlines.map(({ kind }) => kind)).toEqual([
      'message',
      'router',
      'retrieval',
      'generation',
      'tool',
      'agent',
      'custom',
      'system',
      'feedback',
    ])
    expect(readMeaning(spans[2] as Span)).toMatchObject({
      query: 'boots',
      documents: [{ content: 'Boots go back.', score: 0.95 }],
    })
    expect(readMeaning(spans[4] as Span).tool).toEqual({
      name: 'shop',
      arguments: { id: 7 },
      result: 'Error: timed out',
    })
  })
})

describe('events without a parent', () => {
  it('stand under the message of their turn where it came along', () => {
    const spans = parentWithin([
      span({ type: 'feedback', trace_id: 'f', feedback_tag: 'THUMBS_UP' }),
      span({ type: 'tool', trace_id: 't', parent_id: 'g' }),
      span({ trace_id: 'm' }),
      span({ type: 'system', trace_id: 's', interaction_id: 'turn-2' }),
    ])
    expect(spans.map(({ spanId, parentId }) => [spanId, parentId])).toEqual([
      ['f', 'm'],
      ['t', 'g'],
      ['m', null],
      ['s', null],
    ])
    expect(spans[0]?.attributes['turnscope.feedback.name']).toBe('THUMBS_UP')
  })
})

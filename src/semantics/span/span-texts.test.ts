import { describe, expect, it } from 'vitest'
import type { Attributes, LogRecord, Span } from '../../domain/model/span.ts'
import { traceOf } from '../../domain/testing/trace-drawing.ts'
import { readMeaning } from './meaning.ts'
import { readSpan } from './read-span.ts'

const [template] = traceOf('chat  0..100  gen_ai.operation.name="chat"')
const span = template as Span

type Event = readonly [name: string, attributes: Attributes]

const withEvents = (events: readonly Event[], attributes: Attributes = {}): Span => ({
  ...span,
  attributes: { ...span.attributes, ...attributes },
  events: events.map(([name, said], at) => ({
    name,
    time: (span.startTime + at) as Span['startTime'],
    attributes: said,
  })),
})

const texts = (one: Span, logs: readonly LogRecord[] = []) => {
  const { input, output } = readSpan(one, { logs }).facts
  return { input: input?.value, output: output?.value }
}

const DETAILS = 'gen_ai.client.inference.operation.details'

describe('messages in events of the span', () => {
  const CASES: readonly (readonly [string, readonly Event[], string | undefined, string | undefined])[] = [
    ['none', [], undefined, undefined],
    ['of something else', [['gen_ai.evaluation.result', { content: 'hi' }]], undefined, undefined],
    ['a plain text', [['gen_ai.user.message', { content: 'hi' }]], 'hi', undefined],
    ['parts in JSON', [['gen_ai.user.message', { content: '[{"text":"hi"}]' }]], 'hi', undefined],
    [
      'a text that begins like JSON',
      [['gen_ai.user.message', { content: '[urgent] hi' }]],
      '[urgent] hi',
      undefined,
    ],
    [
      'the last of a history',
      [
        ['gen_ai.system.message', { content: 'be kind' }],
        ['gen_ai.user.message', { content: 'hi' }],
        ['gen_ai.assistant.message', { content: 'yo' }],
        ['gen_ai.user.message', { content: 'and now?' }],
      ],
      'and now?',
      undefined,
    ],
    ['a choice that is a text', [['gen_ai.choice', { message: 'yo\n' }]], undefined, 'yo'],
    ['a choice of parts', [['gen_ai.choice', { message: '[{"text":"yo"}]' }]], undefined, 'yo'],
    [
      'a choice that is a message',
      [['gen_ai.choice', { message: '{"role":"assistant","content":"yo"}' }]],
      undefined,
      'yo',
    ],
    [
      'details, one event a side',
      [
        [DETAILS, { 'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"hi"}]}]' }],
        [
          DETAILS,
          { 'gen_ai.output.messages': '[{"role":"assistant","parts":[{"type":"text","content":"yo"}]}]' },
        ],
      ],
      'hi',
      'yo',
    ],
  ]
  it.each(CASES)('%s', (_name, events, input, output) => {
    expect(texts(withEvents(events))).toEqual({ input, output })
  })

  it('add what the span does not say itself', () => {
    const own = { 'gen_ai.input.messages': '[{"role":"user","content":"mine"}]' }
    expect(texts(withEvents([['gen_ai.user.message', { content: 'hi' }]], own)).input).toBe('mine')
  })
})

describe('messages in log records', () => {
  const log = (name: string, body: LogRecord['body']): LogRecord => ({
    traceId: span.traceId,
    spanId: span.spanId,
    time: span.startTime,
    severity: 9,
    body,
    attributes: { 'event.name': name },
  })
  it.each([
    ['a structure', { content: 'hi' }, { message: { role: 'assistant', content: 'yo' } }],
    ['JSON', '{"role":"user","content":"hi"}', '{"message":{"role":"assistant","content":"yo"}}'],
  ])('whose body is %s', (_name, asked, answered) => {
    const logs = [log('gen_ai.user.message', asked), log('gen_ai.choice', answered)]
    expect(texts(span, logs)).toEqual({ input: 'hi', output: 'yo' })
  })
  it('whose body is a plain text', () => {
    expect(texts(span, [log('gen_ai.user.message', 'hi')]).input).toBe('hi')
  })
})

describe('what a tool was given and gave back', () => {
  const tool = (events: readonly Event[], attributes: Attributes = {}) => {
    const { tool: read } = readMeaning(
      withEvents(events, {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'look',
        ...attributes,
      }),
    )
    return { arguments: read?.arguments, result: read?.result }
  }
  const GIVEN = '{"title":"The Overstory"}'
  it.each<readonly [string, readonly Event[]]>([
    [
      'a message of the tool and a choice',
      [
        ['gen_ai.tool.message', { role: 'tool', content: GIVEN, id: 'c1' }],
        ['gen_ai.choice', { message: '{"due":"2026-12-12"}', id: 'c1' }],
      ],
    ],
    [
      'details',
      [
        [
          DETAILS,
          {
            'gen_ai.input.messages':
              '[{"role":"tool","parts":[{"type":"tool_call","name":"look","arguments":{"title":"The Overstory"}}]}]',
          },
        ],
        [
          DETAILS,
          {
            'gen_ai.output.messages':
              '[{"role":"tool","parts":[{"type":"tool_call_response","response":{"due":"2026-12-12"}}]}]',
          },
        ],
      ],
    ],
  ])('is read from %s', (_name, events) => {
    expect(tool(events)).toEqual({ arguments: { title: 'The Overstory' }, result: { due: '2026-12-12' } })
  })
  it('is what the span says itself, where it does', () => {
    const events: readonly Event[] = [['gen_ai.tool.message', { content: GIVEN }]]
    expect(tool(events, { 'gen_ai.tool.call.arguments': '{"title":"mine"}' })).toEqual({
      arguments: { title: 'mine' },
      result: undefined,
    })
  })
  it('is nothing where nothing says it', () => {
    expect(tool([])).toEqual({ arguments: undefined, result: undefined })
    expect(tool([['gen_ai.tool.message', { content: '' }]])).toEqual({
      arguments: undefined,
      result: undefined,
    })
  })
})

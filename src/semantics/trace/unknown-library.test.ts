import { describe, expect, it } from 'vitest'
import type { LogRecord, Span } from '../../domain/model/span.ts'
import { traceOf } from '../../domain/testing/trace-drawing.ts'
import { readSpan } from '../span/read-span.ts'
import { summarise } from './summarise.ts'

/** A turn of a library that no convention knows: keys of its own, the call of the model a client span. */
const [root, call] = traceOf(`
  turn    0..100
    ask   10..90
`) as [Span, Span]

const ASKED = [
  { role: 'system', content: 'be kind' },
  { role: 'user', content: 'Is it raining?' },
]
const ANSWERED = [{ role: 'assistant', content: 'A little.' }]
const EVENT = 'zephyr.said'

const event = (at: number, value: unknown): Span['events'][number] => ({
  name: EVENT,
  time: (call.startTime + at) as Span['startTime'],
  attributes: { 'zephyr.said': JSON.stringify(value) },
})
const log = (at: number, body: LogRecord['body']): LogRecord => ({
  traceId: call.traceId,
  spanId: call.spanId,
  time: (call.startTime + at) as Span['startTime'],
  severity: 9,
  eventName: EVENT,
  body,
  attributes: {},
})

const read = (changes: Partial<Span>, logs: readonly LogRecord[] = []) => {
  const spans = [root, { ...call, otelKind: 'client' as const, ...changes }]
  const { input, output, summary } = summarise(
    spans.map((span) => readSpan(span, { logs: logs.filter(({ spanId }) => spanId === span.spanId) })),
    { traceId: root.traceId },
  )
  return { input, output, kind: summary.kind }
}

const TURN = { input: 'Is it raining?', output: 'A little.', kind: 'turn' }
const NOTHING = { input: undefined, output: undefined, kind: 'other' }

describe('messages of a library that nobody has seen', () => {
  it.each<readonly [string, Partial<Span>]>([
    [
      'in two attributes',
      { attributes: { 'zephyr.a': JSON.stringify(ANSWERED), 'zephyr.q': JSON.stringify(ASKED) } },
    ],
    ['in one attribute', { attributes: { 'zephyr.all': JSON.stringify([...ASKED, ...ANSWERED]) } }],
    ['as a request body', { attributes: { body: JSON.stringify({ messages: [...ASKED, ...ANSWERED] }) } }],
    ['as values, not JSON', { attributes: { q: ASKED, a: ANSWERED } }],
    ['in events', { events: [event(1, ASKED), event(2, ANSWERED)] }],
    ['in events, one a message', { events: [...ASKED, ...ANSWERED].map((each, at) => event(at, each)) }],
  ])('are read %s', (_name, changes) => {
    expect(read(changes)).toEqual(TURN)
  })

  it.each<readonly [string, LogRecord['body'], LogRecord['body']]>([
    ['JSON', JSON.stringify(ASKED), JSON.stringify(ANSWERED)],
    ['structures', ASKED, ANSWERED[0] ?? null],
  ])('are read in log records that hold %s', (_name, asked, answered) => {
    expect(read({}, [log(1, asked), log(2, answered)])).toEqual(TURN)
  })

  it.each<readonly [string, Partial<Span>]>([
    ['a list of something else', { attributes: { roles: '[{"role":"admin","content":"x"}]' } }],
    ['a list of roles without words', { attributes: { roles: '[{"role":"user"}]' } }],
    ['a list of messages and others', { attributes: { x: '[{"role":"user","content":"x"},{"step":1}]' } }],
    ['broken JSON', { attributes: { x: '[{"role":"user","content":"x"}' } }],
    ['an empty list', { attributes: { x: '[]' } }],
    ['a text that speaks of roles', { attributes: { x: 'a "role" is a string' } }],
  ])('are not read in %s', (_name, changes) => {
    expect(read(changes)).toEqual(NOTHING)
  })

  it('give way to what a known key says', () => {
    const attributes = { 'input.value': 'mine', 'output.value': 'yours', 'zephyr.q': JSON.stringify(ASKED) }
    expect(read({ attributes })).toMatchObject({ input: 'mine', output: 'yours' })
  })
})

describe("the participant's own words", () => {
  const turn = (rootInput: string, prompt: string) => {
    const spans = [
      { ...root, attributes: { 'openinference.span.kind': 'CHAIN', 'input.value': rootInput } },
      { ...call, attributes: { 'openinference.span.kind': 'LLM', 'input.value': prompt } },
    ]
    return summarise(
      spans.map((span) => readSpan(span)),
      { traceId: root.traceId },
    ).input
  }
  it.each([
    [
      'stand in a template',
      '{"task":"Is it raining?","n":1}',
      'Context: a\nQuestion: Is it raining?',
      'Is it raining?',
    ],
    [
      'stand on a line',
      '{"task":"Is it raining?","n":1}',
      'Answer this.\nIs it raining?\nThanks.',
      'Is it raining?',
    ],
    ['are the whole', '{"task":"Hello","n":1}', 'Hello', 'Hello'],
    ['are no word among others', '{"topic":"rain","n":1}', 'Is there rain today?', 'Is there rain today?'],
    ['are not what the root was set to', '{"topic":"weather","n":1}', 'Is it raining?', 'Is it raining?'],
    ['are plain', 'Is it raining?', 'Context: a\nQuestion: Is it raining? Say yes', 'Is it raining?'],
  ])('%s', (_name, rootInput, prompt, wanted) => {
    expect(turn(rootInput, prompt)).toBe(wanted)
  })
  it('are what the root alone was given, where nothing else talks', () => {
    const alone = { ...root, attributes: { 'input.value': '{"task":"Is it raining?","n":1}' } }
    expect(summarise([readSpan(alone)], { traceId: root.traceId }).input).toBe('Is it raining?')
  })
})

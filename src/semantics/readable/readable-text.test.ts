import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AttributeValue, Span } from '../../domain/model/span.ts'
import { decodeTracesJson } from '../../formats/otlp/decode-traces.ts'
import { readMeaning } from '../span/meaning.ts'
import { readSpan } from '../span/read-span.ts'
import type { ReadablePart } from './readable-parts.ts'
import { type ReadableBlock, readable, splitHistory } from './readable-text.ts'

const captures = join(import.meta.dirname, '..', '..', 'formats', 'otlp', 'fixtures', 'captures')

const spansOf = (capture: string): readonly Span[] =>
  readdirSync(join(captures, capture))
    .filter((file) => /^request-\d+\.otlp\.json$/.test(file))
    .flatMap(
      (file) => decodeTracesJson(JSON.parse(readFileSync(join(captures, capture, file), 'utf8'))).spans,
    )

/** Libraries whose generations carry their messages. LlamaIndex prints Python objects beside them. */
const LIBRARIES = [
  'langfuse-js-5.11.1',
  'langfuse-python-3.15.0',
  'langfuse-python-5.0.4',
  'langsmith-0.14.17',
  'openinference-anthropic-3.1.0',
  'openinference-langchain-0.1.80',
  'openinference-openai-0.1.66',
  'openllmetry-0.40.14',
  'openllmetry-0.62.4',
  'otel-genai-langchain-1.3b0',
  'otel-genai-openai-1.3b0',
  'vercel-ai-6.0.326',
  'vercel-ai-7.0.173',
]

const parts = (blocks: readonly ReadableBlock[]): readonly ReadablePart[] =>
  blocks.flatMap((block) => block.parts)
const texts = (blocks: readonly ReadableBlock[]) =>
  blocks.flatMap((block) =>
    block.parts.flatMap((part) => (part.kind === 'text' ? [`${block.role}: ${part.text}`] : [])),
  )

describe.each(LIBRARIES)('what %s sends', (library) => {
  const generations = spansOf(library).filter((span) => readSpan(span).outline.kind === 'generation')
  const meanings = generations.map((span) => readMeaning(span))

  it('shows what the participant asked as the words of a user', () => {
    expect(meanings.flatMap(({ input }) => texts(readable(input)))).toContain(
      'user: Hi, where is my order 48213?',
    )
  })

  it('shows the call of a tool with its arguments', () => {
    const calls = meanings
      .flatMap(({ output, input }) => [...parts(readable(output)), ...parts(readable(input))])
      .filter((part) => part.kind === 'tool-call' && part.name === 'get_order_status')
    expect(calls.length).toBeGreaterThan(0)
    expect(calls[0]).toMatchObject({ arguments: { order_id: '48213' } })
  })

  it('shows the answer as the words of the assistant', () => {
    const said = meanings
      .flatMap(({ output }) => parts(readable(output)))
      .flatMap((part) => (part.kind === 'text' ? part.text : []))
    expect(said.join('\n')).toContain('left our warehouse and is on its way with DHL')
  })

  it('leaves no message as raw data', () => {
    const raw = meanings.flatMap(({ input, output }) => [...readable(input), ...readable(output)])
    expect(
      raw.filter((block) => block.role !== undefined && block.parts.some(({ kind }) => kind === 'data')),
    ).toEqual([])
  })
})

const text = (said: string): ReadablePart => ({ kind: 'text', text: said })

/** Shapes from the documentation of each API, and those that Open Chat Studio's panel reads. */
const SHAPES: readonly [name: string, value: AttributeValue, expected: readonly ReadableBlock[]][] = [
  ['a text', 'hello', [{ parts: [text('hello')] }]],
  ['a quoted text', '"hello"', [{ parts: [text('hello')] }]],
  ['nothing', 'None', []],
  ['a message', { role: 'user', content: 'hi' }, [{ role: 'user', parts: [text('hi')] }]],
  ['LangChain, bare', { type: 'human', content: 'hi' }, [{ role: 'user', parts: [text('hi')] }]],
  [
    'LangChain, serialized',
    { lc: 1, kwargs: { type: 'ai', content: 'yo' } },
    [{ role: 'assistant', parts: [text('yo')] }],
  ],
  ['a recorded call', '{"args": ["hi"], "kwargs": {}}', [{ parts: [text('hi')] }]],
  [
    'Open Chat Studio, input',
    { input: { message_text: 'hi', participant_id: 'p' } },
    [{ parts: [text('hi')] }],
  ],
  ['Open Chat Studio, output', { response: 'yo' }, [{ parts: [text('yo')] }]],
  [
    'OpenAI, a reply',
    {
      choices: [
        {
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{"a":1}' } }],
          },
        },
      ],
    },
    [{ role: 'assistant', parts: [{ kind: 'tool-call', name: 'f', arguments: { a: 1 }, id: 'c' }] }],
  ],
  [
    'OpenAI, a tool message',
    [{ role: 'tool', tool_call_id: 'c', content: '42' }],
    [{ role: 'tool', parts: [{ kind: 'tool-result', id: 'c', content: '42' }] }],
  ],
  [
    'OpenAI, responses',
    {
      output: [
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'think' }] },
        { type: 'function_call', name: 'f', arguments: '{}', call_id: 'c' },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'yo' }] },
      ],
    },
    [
      { role: 'assistant', parts: [{ kind: 'reasoning', text: 'think' }] },
      { role: 'assistant', parts: [{ kind: 'tool-call', name: 'f', arguments: {}, id: 'c' }] },
      { role: 'assistant', parts: [text('yo')] },
    ],
  ],
  [
    'Anthropic',
    {
      system: 'be kind',
      messages: [
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm' },
            { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'done' }] },
      ],
    },
    [
      { role: 'system', parts: [text('be kind')] },
      {
        role: 'assistant',
        parts: [
          { kind: 'reasoning', text: 'hm' },
          { kind: 'tool-call', name: 'f', arguments: { a: 1 }, id: 't' },
        ],
      },
      { role: 'user', parts: [{ kind: 'tool-result', id: 't', content: 'done' }] },
    ],
  ],
  [
    'Gemini',
    {
      systemInstruction: { parts: [{ text: 'be kind' }] },
      contents: [
        { role: 'user', parts: [{ text: 'hi' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }] },
        { role: 'model', parts: [{ functionCall: { name: 'f', args: { a: 1 } } }] },
      ],
    },
    [
      { role: 'system', parts: [text('be kind')] },
      { role: 'user', parts: [text('hi'), { kind: 'image', reference: 'image/png' }] },
      { role: 'assistant', parts: [{ kind: 'tool-call', name: 'f', arguments: { a: 1 } }] },
    ],
  ],
  [
    'Vercel',
    [
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'c', toolName: 'f', output: { type: 'json', value: { a: 1 } } },
        ],
      },
    ],
    [{ role: 'tool', parts: [{ kind: 'tool-result', id: 'c', name: 'f', content: { a: 1 } }] }],
  ],
  [
    'an image is named, never carried',
    [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] }],
    [{ role: 'user', parts: [{ kind: 'image', reference: 'embedded image/png, 26 characters' }] }],
  ],
  [
    "Rasa's orchestrator",
    '{"text": null, "tool_calls": [{"name": "activate", "args": {"target_id": "x"}}]}',
    [{ role: 'assistant', parts: [{ kind: 'tool-call', name: 'activate', arguments: { target_id: 'x' } }] }],
  ],
  ['something else', { a: [1, 2] }, [{ parts: [{ kind: 'data', value: { a: [1, 2] } }] }]],
  ['a list of something else', [1, 2], [{ parts: [{ kind: 'data', value: [1, 2] }] }]],
]

it.each(SHAPES)('reads %s', (_name, value, expected) => {
  expect(readable(value)).toEqual(expected)
})

it('is total on depth and width', () => {
  let deep: AttributeValue = 'x'
  for (let at = 0; at < 50_000; at++) deep = [deep]
  expect(readable(deep)).toHaveLength(1)
  expect(readable(`${'['.repeat(10_000)}${']'.repeat(10_000)}`)).toHaveLength(1)
  expect(
    readable(Array.from({ length: 5_000 }, () => ({ role: 'user', content: 'x' }))).length,
  ).toBeLessThanOrEqual(2_000)
})

it('folds history that was shown before, never the last message', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((said) => ({ role: 'user', parts: [text(said)] }))
  if (!a || !b || !c) throw new Error('unreachable')
  expect(splitHistory([a, b, c], [a, b])).toEqual({ repeated: [a, b], fresh: [c] })
  expect(splitHistory([a, b], [a, b])).toEqual({ repeated: [a], fresh: [b] })
  expect(splitHistory([c, a], [a])).toEqual({ repeated: [], fresh: [c, a] })
})

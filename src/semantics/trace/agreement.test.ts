import { afterAll, describe, expect, it } from 'vitest'
import type { AttributeValue } from '../../domain/model/span.ts'
import { traceId } from '../../domain/model/units.ts'
import { ownWords } from '../conventions/convention-table.ts'
import { readable, type Side, textOf } from '../readable/readable-text.ts'
import { readMeaning } from '../span/meaning.ts'
import { readSpan } from '../span/read-span.ts'
import { fixtureTraces, logsOf } from '../testing/fixture-traces.ts'
import { summarise } from './summarise.ts'

const SIDES: readonly Side[] = ['input', 'output']

/** What a panel shows of a value as text: each message's, and all of those that nobody speaks. */
function shownTexts(value: AttributeValue | undefined): readonly string[] {
  const blocks = readable(value)
  const texts = blocks.map(({ parts }) =>
    parts.flatMap((part) => (part.kind === 'text' ? part.text : [])).join('\n'),
  )
  return [...texts, texts.filter((_, at) => blocks[at]?.role === undefined).join('\n')]
}

const traces = fixtureTraces()

it('has traces of every sample', () => {
  expect(traces.length).toBeGreaterThan(180)
})

/** How many texts were compared: samples of which nothing were read would agree about nothing. */
const compared = { spans: 0, input: 0, output: 0 }
afterAll(() => {
  expect(compared.spans).toBeGreaterThan(200)
  expect(compared.input).toBeGreaterThan(60)
  expect(compared.output).toBeGreaterThan(60)
})

/** Preview, text to search and panel must quote the same messages. */
describe.each(traces)('$name', (trace) => {
  const read = trace.spans.map((span) => {
    const logs = logsOf(trace, span)
    return { span, reading: readSpan(span, { logs }), meaning: readMeaning(span, { logs }) }
  })
  const whole = summarise(
    read.map(({ reading }) => reading),
    { traceId: traceId(trace.spans[0]?.traceId ?? '') },
  )

  it.each(SIDES)('says the same %s in list, search and panel', (side) => {
    for (const { span, reading, meaning } of read) {
      const text = reading.facts[side]?.value
      // Of a prompt that a library rendered, the list has what the participant said in it.
      const words = shownTexts(meaning[side]).flatMap((each) => [each, ownWords(each, span.scope.name)])
      if (text === undefined) continue
      compared.spans += 1
      expect(words, span.name).toContain(text)
    }
    const { [side]: searched, summary } = whole
    const preview = summary[side]
    expect(preview === undefined).toBe(searched === undefined)
    if (searched === undefined || preview === undefined) return
    compared[side] += 1
    expect(searched.startsWith(preview)).toBe(true)
    expect(preview.length).toBeGreaterThanOrEqual(Math.min(searched.length, 499))
    const said = read.flatMap(({ reading: { facts } }) => [
      ...(facts[side] ? [facts[side].value] : []),
      ...(side === 'input' && facts.query !== undefined ? [facts.query] : []),
    ])
    // Of a call each turn joins what was heard and spoken in it.
    const isSaid = (line: string) => said.some((each) => each === line || each.split('\n').includes(line))
    expect(said.includes(searched) || searched.split('\n').every(isSaid)).toBe(true)
  })
})

/** Shapes that readers are easily at odds about, with what stands in the list. */
const SHAPES: readonly [
  name: string,
  value: AttributeValue,
  input: string | undefined,
  output: string | undefined,
][] = [
  [
    'Gemini contents',
    '{"contents":[{"role":"user","parts":[{"text":"hi"}]},{"role":"model","parts":[{"text":"yo"}]}]}',
    'hi',
    'yo',
  ],
  [
    'Gemini candidates',
    { candidates: [{ content: { role: 'model', parts: [{ text: 'yo' }] } }] },
    undefined,
    'yo',
  ],
  ['messages as Python prints them', "[{'role': 'user', 'content': 'hi'}]", 'hi', undefined],
  ['a dict as Python prints it', "{'question': 'hi'}", 'hi', 'hi'],
  ['an object as Python prints it', "StopEvent(result='yo')", undefined, undefined],
  ['an object without a text of its own', '<app.Bot object at 0x7f00>', undefined, undefined],
  ['question and answer', { question: 'hi', answer: 'yo' }, 'hi', 'yo'],
  ['question and documents', { question: 'hi', documents: ['a', 'b'] }, 'hi', 'hi'],
  ['input and output', { input: 'hi', output: 'yo' }, 'hi', 'yo'],
  ['a call with one text', '{"args":["hi",{"k":1}],"kwargs":{}}', 'hi', 'hi'],
  ['a call with two texts', '{"args":["hi","ho"],"kwargs":{}}', undefined, undefined],
  ['messages beside something else', [{ role: 'user', content: 'hi' }, { step: 1 }], 'hi', undefined],
  ['a message as LlamaIndex prints it', 'user: hi', 'hi', 'user: hi'],
  ['a text that begins like one', 'assistant: help me', 'assistant: help me', 'help me'],
  ['a bare list of parts', [{ type: 'text', text: 'hi' }], 'hi', 'hi'],
  ['definitions of tools', [{ type: 'function', function: { name: 'f' } }], undefined, undefined],
  ['an object that names a role', { role: 'admin', question: 'hi' }, 'hi', 'hi'],
  [
    'parts of Bedrock',
    [{ role: 'user', content: [{ text: 'hi' }, { toolResult: { content: [{ text: '42' }] } }] }],
    'hi',
    undefined,
  ],
  ['a text that ends in line breaks', 'hi \n\n', 'hi', 'hi'],
  ['one text and settings', '{"task":"hi","stream":false}', undefined, undefined],
  ['two texts', '{"task":"hi","extra":"ho"}', undefined, undefined],
  ['a truth value', true, undefined, undefined],
  ['a number', 42, '42', '42'],
]

describe.each(SHAPES)('%s', (_name, value, input, output) => {
  it.each([
    ['input', input],
    ['output', output],
  ] as const)('reads alike as %s', (side, wanted) => {
    const text = textOf(value, side)
    expect(text).toBe(wanted)
    const all = JSON.stringify(readable(value))
    if (text !== undefined) expect(all).toContain(text.replace(/^(user|assistant): /, ''))
    expect(all).not.toBe('[]')
  })
})

it('finds the last message of a history of any length', () => {
  const history = Array.from({ length: 5_001 }, (_, at) => ({ role: 'user', content: `message ${at}` }))
  expect(textOf(history, 'input')).toBe('message 5000')
  const blocks = readable(history)
  expect(blocks).toHaveLength(2_000)
  expect(JSON.stringify(blocks.at(-1))).toContain('message 5000')
})

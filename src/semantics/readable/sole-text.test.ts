import { expect, it } from 'vitest'
import type { AttributeValue } from '../../domain/model/span.ts'
import { soleText } from './sole-text.ts'

const CASES: readonly (readonly [name: string, value: AttributeValue, text: string | undefined])[] = [
  ['a text and settings', '{"task":"hi there","stream":false,"images":null}', 'hi there'],
  ['a text below a name', { input_args: { question: 'hi' } }, 'hi'],
  ['one text twice', { data: { retriever: { query: 'hi' }, prompt: { question: 'hi' } } }, 'hi'],
  ['beside names and ids', { text: 'hi', session_id: 's-1', model: 'm', userId: 'u' }, 'hi'],
  ['beside what Python prints', { a: 'hi', b: "{'retriever'}", c: '<app.Bot object>', d: 'Step(x=1)' }, 'hi'],
  ['two texts', { task: 'hi', hint: 'ho' }, undefined],
  ['names alone', { model: 'gpt', channel: 'web' }, undefined],
  ['what Python prints alone', { memory_step: 'ActionStep(number=1)' }, undefined],
  ['numbers', { a: 1 }, undefined],
  ['lists', { a: ['hi'] }, undefined],
  ['nothing', {}, undefined],
  ['the word for nothing', { a: 'None' }, undefined],
  ['a text', 'hi', undefined],
  ['half of an object', '{"task":"hi"', undefined],
  ['too deep', { a: { b: { c: { d: { e: 'hi' } } } } }, undefined],
]
it.each(CASES)('%s', (_name, value, text) => {
  expect(soleText(value)).toBe(text)
})

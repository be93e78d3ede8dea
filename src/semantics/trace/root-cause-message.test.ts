import { expect, it } from 'vitest'
import type { Span } from '../../domain/model/span.ts'
import { traceOf } from '../../domain/testing/trace-drawing.ts'
import { readSpan } from '../span/read-span.ts'
import { summarise } from './summarise.ts'

const DRAWN = traceOf(`
  turn       0..100
    book     10..90
      POST   20..80
`)
const FAILED: Partial<Span> = { status: { code: 'error' } }
const says = (message: string): Partial<Span> => ({ status: { code: 'error', message } })
const answered = (status: number, body?: string): Partial<Span> => ({
  ...FAILED,
  attributes: {
    'http.response.status_code': status,
    ...(body !== undefined && { 'http.response.body': body }),
  },
})

type Case = readonly [
  name: string,
  spans: readonly [turn: Partial<Span>, book: Partial<Span>, post: Partial<Span>],
  message: string | undefined,
  line: string | undefined,
]
const CASES: readonly Case[] = [
  ['its own', [says('a'), says('b'), says('c')], 'c', 'c'],
  ['the nearest above', [says('a'), says('b'), FAILED], 'b', 'POST failed: b'],
  ['the next one above', [says('a'), FAILED, FAILED], 'a', 'POST failed: a'],
  ['past one that did not fail', [says('a'), {}, FAILED], 'a', 'POST failed: a'],
  ['none where nobody says one', [FAILED, FAILED, FAILED], '', 'POST failed'],
  ['the status of the answer', [{}, {}, answered(503)], 'HTTP 503', 'HTTP 503'],
  [
    'the body of the answer',
    [says('a'), {}, answered(409, 'no room')],
    'HTTP 409: no room',
    'HTTP 409: no room',
  ],
  ['no status of success', [says('a'), {}, answered(200, 'fine')], 'a', 'POST failed: a'],
  [
    'nothing where nothing failed',
    [{}, {}, { attributes: { 'http.response.status_code': 503 } }],
    undefined,
    undefined,
  ],
]
it.each(CASES)('the message of a failure is %s', (_name, changes, message, line) => {
  const readings = DRAWN.map((span, at) => readSpan({ ...span, ...changes[at] }))
  const { rootCause, summary } = summarise(readings, { traceId: DRAWN[0]?.traceId as Span['traceId'] })
  expect(rootCause?.message).toBe(message)
  expect(summary.error).toBe(line)
  // The span that is opened stays the deepest.
  expect(rootCause?.name).toBe(message === undefined ? undefined : 'POST')
})

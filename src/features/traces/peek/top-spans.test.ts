import { expect, test } from 'vitest'
import type { SpanKind, SpanOutline } from '../../../domain/model/span.ts'
import { type DurationMicros, micros, spanId } from '../../../domain/model/units.ts'
import { parentsOf, topSpans } from './top-spans.ts'

const span = (
  id: string,
  parent: string | null,
  start: number,
  length: number,
  kind: SpanKind = 'chain',
): SpanOutline => ({
  spanId: spanId(id),
  parentId: parent === null ? null : spanId(parent),
  name: id,
  kind,
  startTime: micros(start),
  duration: length as DurationMicros,
  service: 'bot',
  state: 'ok',
})

const SPANS = [
  span('turn', null, 0, 100, 'message'),
  span('long chain', 'turn', 0, 60),
  span('model', 'long chain', 5, 40, 'generation'),
  span('tool', 'turn', 60, 20, 'tool'),
  span('cause', 'tool', 79, 1),
  span('small', 'turn', 90, 2),
]
const names = (most: number, cause?: string) =>
  topSpans(SPANS, cause === undefined ? undefined : spanId(cause), most).map((placed) => placed.span.name)

test('the root first, then what took long at something telling, in order of time', () => {
  expect(names(4)).toEqual(['turn', 'long chain', 'model', 'tool'])
  expect(names(3)).toEqual(['turn', 'model', 'tool'])
})

test('the root cause is always there', () => {
  expect(names(3, 'cause')).toEqual(['turn', 'model', 'cause'])
})

test('places are shares of the whole trace', () => {
  const [root, model] = topSpans(SPANS, undefined, 2)
  expect(root).toMatchObject({ at: 0, share: 1 })
  expect(model).toMatchObject({ at: 0.05, share: 0.4 })
})

test('no spans: none', () => {
  expect(topSpans([], undefined, 6)).toEqual([])
})

test('parents', () => {
  expect([...parentsOf(SPANS)]).toEqual(['turn', 'long chain', 'tool'])
})

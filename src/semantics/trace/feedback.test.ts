import { describe, expect, it } from 'vitest'
import type { Span } from '../../domain/model/span.ts'
import { micros } from '../../domain/model/units.ts'
import { traceOf } from '../../domain/testing/trace-drawing.ts'
import { buildSpanTree } from '../../domain/tree/span-tree.ts'
import { readSpan } from '../span/read-span.ts'
import { summarise } from './summarise.ts'

const [span] = traceOf('turn  0..10')
if (!span) throw new Error('no span')

it('reads feedback from keys of our own and from evaluation events', () => {
  const rated = {
    ...span,
    attributes: {
      'turnscope.feedback.name': 'thumbs',
      'turnscope.feedback.value': 'up',
      'turnscope.feedback.comment': 'nice',
    },
    events: [
      {
        name: 'gen_ai.evaluation.result',
        time: micros(1),
        attributes: {
          'gen_ai.evaluation.name': 'relevance',
          'gen_ai.evaluation.score.value': 0.8,
          'gen_ai.evaluation.explanation': 'on topic',
        },
      },
      {
        name: 'gen_ai.evaluation.result',
        time: micros(2),
        attributes: { 'gen_ai.evaluation.name': 'tone', 'gen_ai.evaluation.score.label': 'calm' },
      },
      { name: 'something else', time: micros(3), attributes: { 'gen_ai.evaluation.name': 'no' } },
    ],
  }
  expect(readSpan(rated).facts.feedback).toEqual([
    { name: 'thumbs', value: 'up', comment: 'nice' },
    { name: 'relevance', value: 0.8, comment: 'on topic' },
    { name: 'tone', value: 'calm' },
  ])
  expect(readSpan(span).facts.feedback).toBeUndefined()
})

describe('feedback that comes late', () => {
  const turn = traceOf(`
    turn     0..97
      call   1..90  gen_ai.operation.name="chat"
  `)
  const root = turn[0] as Span
  const rating = (late: number, changes: Partial<Span> = {}): Span => ({
    ...root,
    spanId: 'rated' as Span['spanId'],
    parentId: null,
    name: 'feedback',
    startTime: micros(root.startTime + late),
    attributes: { 'turnscope.feedback.name': 'thumbs', 'turnscope.feedback.value': 'up' },
    resource: { 'service.name': 'unnamed' },
    ...changes,
  })
  const read = (spans: readonly Span[]) => {
    const readings = spans.map((each) => readSpan(each))
    const { summary, outlines, rootCause, rootSeen } = summarise(readings, { traceId: root.traceId })
    return { summary, rootCause, rootSeen, extent: buildSpanTree(outlines).extent }
  }
  const plain = read(turn)
  const { feedback: _, spanCount: __, ...unrated } = plain.summary

  const LATE = [
    ['a second', 1e6],
    ['19 minutes', 19 * 60e6],
    ['an hour', 3_600e6],
    ['a day', 86_400e6],
  ] as const
  const WAYS: readonly (readonly [string, Partial<Span>])[] = [
    ['beside the turn', {}],
    ['below the turn', { parentId: root.spanId }],
    ['below a span that is not there', { parentId: 'gone' as Span['spanId'] }],
    ['by a service that failed', { status: { code: 'error', message: 'no' } }],
    [
      'as an event of a conversation',
      {
        name: 'rate',
        attributes: { 'turnscope.event.type': 'FEEDBACK', 'turnscope.feedback.name': 'thumbs' },
      },
    ],
  ]
  describe.each(LATE)('%s', (_name, late) => {
    it.each(WAYS)('%s, leaves time, axis, status and services as they were', (_way, changes) => {
      const rated = rating(late, changes)
      for (const spans of [
        [...turn, rated],
        [rated, ...turn],
      ]) {
        const { summary, rootCause, rootSeen, extent } = read(spans)
        expect(summary).toMatchObject(unrated)
        expect(summary.services).toEqual(plain.summary.services)
        expect(summary.feedback).toHaveLength(1)
        expect({ rootCause, rootSeen, extent }).toEqual({
          rootCause: undefined,
          rootSeen: plain.rootSeen,
          extent: plain.extent,
        })
      }
    })
  })
  it('is the whole trace where the turn has not come', () => {
    expect(read([rating(0)]).summary).toMatchObject({ services: ['unnamed'], duration: 97_000, spanCount: 1 })
  })
  it('does not take the time of a turn whose root has not come', () => {
    const orphan = { ...(turn[1] as Span), parentId: 'gone' as Span['spanId'] }
    expect(read([orphan, rating(86_400e6)]).summary.duration).toBe(read([orphan]).summary.duration)
  })
  it('is no excuse for a step of the turn that failed', () => {
    const failing = turn.map((each) => ({ ...each, status: { code: 'error' as const, message: 'no' } }))
    expect(read([...failing, rating(1e6)]).summary.status).toBe('error')
  })
})

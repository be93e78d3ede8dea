import { expect, it } from 'vitest'
import { traceOf } from '../../domain/trace-drawing.ts'
import { micros } from '../../domain/units.ts'
import { readSpan } from '../span/read-span.ts'

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

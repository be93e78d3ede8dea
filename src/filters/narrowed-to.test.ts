import { expect, it } from 'vitest'
import { micros } from '../domain/model/units.ts'
import { narrowedTo } from './narrowed-to.ts'

it('keeps what is said of other fields, and of the time', () => {
  const query = {
    conditions: [
      { field: 'chatbot', operator: 'starts', values: ['T'] },
      { field: 'status', operator: 'is', values: ['error'] },
    ],
    from: micros(5),
    text: 'card',
    sort: { field: 'duration', descending: true },
  } as const
  expect(narrowedTo('chatbot', 'Transfer', query)).toEqual({
    ...query,
    conditions: [
      { field: 'status', operator: 'is', values: ['error'] },
      { field: 'chatbot', operator: 'is', values: ['Transfer'] },
    ],
  })
})

it('begins with everything', () => {
  expect(narrowedTo('session', 's').conditions).toEqual([{ field: 'session', operator: 'is', values: ['s'] }])
})

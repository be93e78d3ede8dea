import { expect, it } from 'vitest'
import { readProgress } from './csv-export.ts'

it.each([
  [
    'a running one',
    { state: 'running', traces: 1, rows: 2, total: 9 },
    { state: 'running', traces: 1, rows: 2, total: 9 },
  ],
  [
    'a failed one',
    { state: 'failed', traces: 1, rows: 2, message: 'gone' },
    { state: 'failed', traces: 1, rows: 2, message: 'gone' },
  ],
  [
    'one with gaps',
    { state: 'done', traces: 1, rows: 2, gaps: ['a burst', 7] },
    { state: 'done', traces: 1, rows: 2, gaps: ['a burst'] },
  ],
  ['an unknown state', { state: 'lost', traces: 1, rows: 2 }, undefined],
  ['counts that are none', { state: 'done', traces: -1, rows: '2' }, undefined],
  ['no object', null, undefined],
])('reads %s', (_name, reply, expected) => {
  expect(readProgress(reply)).toEqual(expected)
})

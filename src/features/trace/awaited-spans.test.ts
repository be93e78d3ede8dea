import { expect, it } from 'vitest'
import { SourceError } from '../../domain/port/source-error.ts'
import { spansFailure } from './awaited-spans.ts'
import { failureKind } from './poll-until-arrived.ts'

const MINUTE = 60e6
const missing = new SourceError('not-found', 'no trace abc')
const down = new SourceError('unreachable', 'the backend cannot be reached')

it.each([
  ['of a young turn elsewhere', missing, true, 1, 'not-yet'],
  ['just before it is old', missing, true, 14.9, 'not-yet'],
  ['of one that is old', missing, true, 15, 'not-found'],
  ['in the turn’s own source', missing, false, 1, 'not-found'],
  ['where the source is down', down, true, 1, 'unreachable'],
  ['where nothing failed', null, true, 1, undefined],
])('%s', (_, error, isElsewhere, minutes, kind) => {
  const failure = spansFailure(error, { isElsewhere, ended: 0, now: minutes * MINUTE })
  expect(failureKind(failure)).toBe(kind)
  expect(failure?.message).toBe(error?.message)
})

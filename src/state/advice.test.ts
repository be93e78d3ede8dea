import { expect, test } from 'vitest'
import { SOURCE_ERROR_KINDS, SourceError } from '../domain/port/source-error.ts'
import { adviceFor } from './advice.ts'

test('each kind of failure has words of its own, and keeps the fact', () => {
  const all = SOURCE_ERROR_KINDS.map((kind) => adviceFor(new SourceError(kind, `fact of ${kind}`)))
  for (const word of ['title', 'advice', 'line'] as const)
    expect(new Set(all.map((one) => one[word])).size).toBe(SOURCE_ERROR_KINDS.length)
  expect(all.map(({ detail }) => detail)).toEqual(SOURCE_ERROR_KINDS.map((kind) => `fact of ${kind}`))
})

test('a fault of our own says so', () => {
  expect(adviceFor(new TypeError('x is not a function'))).toMatchObject({
    line: 'could not be shown',
    detail: 'x is not a function',
  })
})

test('tells a refusal by the backend from one by this Turnscope: signing in helps against one alone', () => {
  const ours = adviceFor(new SourceError('unauthorized', 'a token is wanted'))
  const theirs = adviceFor(new SourceError('unauthorized', 'the backend answered 401 to /api/services'))
  expect(ours.remedy).toBe('sign-in')
  expect(theirs).toMatchObject({ title: 'The backend refuses our credentials', remedy: 'retry' })
  expect(theirs.detail).toBe('the backend answered 401 to /api/services')
})

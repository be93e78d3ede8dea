import { describe, expect, it } from 'vitest'
import type { ReadableBlock } from '../../../../semantics/readable/readable-text.ts'
import { continuedRuns, inputRuns, outputRuns } from './message-folds.ts'

const said = (role: string, text = role): ReadableBlock => ({ role, parts: [{ kind: 'text', text }] })
const drawn = (runs: ReturnType<typeof inputRuns>) =>
  runs.map(
    ({ folded, why, blocks }) => `${folded ? `(${why}) ` : ''}${blocks.map(({ role }) => role).join(' ')}`,
  )

describe('the messages shown at first', () => {
  it('are all while they are few', () => {
    expect(drawn(inputRuns([said('system'), said('user')]))).toEqual(['system user'])
  })
  it('begin with the last words of the user', () => {
    const talk = [
      said('system'),
      said('user'),
      said('assistant'),
      said('user'),
      said('assistant'),
      said('tool'),
    ]
    expect(drawn(inputRuns(talk))).toEqual([
      '(3 earlier messages) system user assistant',
      'user assistant tool',
    ])
  })
  it('leave long instructions folded', () => {
    expect(drawn(inputRuns([said('system', 'x'.repeat(3_000)), said('user')]))).toEqual([
      '(Instructions, 3,000 characters) system',
      'user',
    ])
    expect(drawn(inputRuns([said('system', 'x'.repeat(3_000))]))).toEqual(['system'])
  })
  it('of an output are those that the input did not hold', () => {
    expect(drawn(outputRuns([said('user')], [said('assistant')]))).toEqual([
      '(1 repeated message of the input) user',
      'assistant',
    ])
    expect(drawn(outputRuns([], [said('assistant')]))).toEqual(['assistant'])
  })
})

it('folds what an earlier call was given, and shows what is new', () => {
  const said = (role: string, text: string) => ({ role, parts: [{ kind: 'text' as const, text }] })
  const [asked, answered] = [said('user', 'Where is it?'), said('tool', 'On its way')]
  expect(continuedRuns([asked], [answered])).toEqual([
    { folded: true, why: '1 repeated message of the call before', blocks: [asked] },
    { folded: false, blocks: [answered] },
  ])
})

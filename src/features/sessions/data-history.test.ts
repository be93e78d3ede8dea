import { expect, it } from 'vitest'
import type { ParticipantData } from '../../domain/model/trace.ts'
import { dataHistory } from './data-history.ts'

const turns: (ParticipantData | undefined)[] = [
  { before: { name: 'Ana', plan: { tier: 'free' } }, after: { name: 'Ana', plan: { tier: 'pro' } } },
  undefined,
  { before: { name: 'Ana', plan: { tier: 'pro' }, 'last.seen': 1 } },
  { before: { name: 'Ana', plan: null, 'last.seen': 1 }, after: { name: 'Ana', 'last.seen': 1 } },
]

it('tells what each field became, when, and whether the turn did it', () => {
  expect(dataHistory(turns)).toEqual([
    {
      path: '"last.seen"',
      entries: [
        { at: 0, value: undefined, during: false },
        { at: 2, value: 1, during: false },
      ],
    },
    {
      path: 'plan',
      entries: [
        { at: 0, value: undefined, during: false },
        { at: 3, value: null, during: false },
        { at: 3, value: undefined, during: true },
      ],
    },
    {
      path: 'plan.tier',
      entries: [
        { at: 0, value: 'free', during: false },
        { at: 0, value: 'pro', during: true },
        { at: 3, value: undefined, during: false },
      ],
    },
  ])
})

it('has nothing to tell where nothing changed or nothing was recorded', () => {
  expect(dataHistory([{ before: { a: 1 } }, { before: { a: 1 }, after: { a: 1 } }])).toEqual([])
  expect(dataHistory([undefined, undefined])).toEqual([])
  expect(dataHistory([{ before: null }, { before: 7, after: 'x' }])).toEqual([])
})

it('is bounded on data of any size and depth', () => {
  let deep: unknown = 1
  for (let at = 0; at < 5000; at++) deep = { x: deep }
  const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${at}`, at]))
  expect(dataHistory([{ before: deep as never, after: wide }]).length).toBeLessThanOrEqual(4_001)
})

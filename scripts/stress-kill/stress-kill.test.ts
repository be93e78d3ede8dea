import { expect, it } from 'vitest'
import { stressKill } from './run.ts'

it('loses nothing that was acknowledged in a few kills (npm run stress:kill has more)', async () => {
  const lines: string[] = []
  const { totals, healing, wrong } = await stressKill({ kills: 5, seed: 7, log: (line) => lines.push(line) })
  expect(wrong, lines.join('\n')).toEqual([])
  expect(totals.spans).toBeGreaterThan(100)
  expect(healing).toBe(1)
}, 240_000)

import { expect, it } from 'vitest'
import { StreamShare } from './stream-share.ts'

const MIB = 1024 ** 2

it('is all of it for one, and divided among several', () => {
  const share = new StreamShare()
  const leave = share.enter()
  expect([share.of(32 * MIB), share.isAlone]).toEqual([32 * MIB, true])
  const others = Array.from({ length: 7 }, () => share.enter())
  expect([share.of(32 * MIB), share.isAlone]).toEqual([4 * MIB, false])
  // Never too little to be worth a fetch.
  expect(share.of(4 * MIB)).toBe(MIB)
  for (const out of others) {
    out()
    out()
  }
  expect([share.of(32 * MIB), share.isAlone]).toEqual([32 * MIB, true])
  leave()
  expect(share.of(32 * MIB)).toBe(32 * MIB)
})

it('knows what the engine held before the first stream', async () => {
  const share = new StreamShare()
  const leave = [share.enter(), share.enter()]
  expect(await Promise.all([1, 2].map((pages) => share.pagesBefore(async () => pages)))).toEqual([1, 1])
  await expect(share.pagesBefore(() => Promise.reject(new Error('not asked')))).resolves.toBe(1)
  for (const out of leave) out()
  await expect(share.pagesBefore(() => Promise.reject(new Error('asked')))).rejects.toThrow('asked')
  expect(await share.pagesBefore(async () => 3)).toBe(3)
})

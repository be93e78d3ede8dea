import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { whileGoing } from './while-going.ts'

it('says nothing of work that is done, and gives its result', async () => {
  const steps = whileGoing(Promise.resolve('made'), 1, () => 'still')
  expect(await steps.next()).toEqual({ done: true, value: 'made' })
})

it('says that work goes on until it is done', async () => {
  let finish = (_: string): void => {}
  const work = new Promise<string>((resolve) => {
    finish = resolve
  })
  const steps = whileGoing(work, 1, () => 'still')
  expect(await steps.next()).toEqual({ done: false, value: 'still' })
  expect(await steps.next()).toEqual({ done: false, value: 'still' })
  finish('made')
  expect(await steps.next()).toEqual({ done: true, value: 'made' })
})

it('fails as the work does, also where it failed while nobody waited', async () => {
  const failing = async () => {
    await delay(5)
    throw new Error('the disk is full')
  }
  const steps = whileGoing(failing(), 1, () => 'still')
  expect(await steps.next()).toEqual({ done: false, value: 'still' })
  await delay(20)
  await expect(steps.next()).rejects.toThrow('the disk is full')
})

import { expect, it } from 'vitest'
import { ExportRegister } from './export-register.ts'

it('tells how far an export is and how it ended', () => {
  const register = new ExportRegister()
  const tracked = register.begin('a', 10)
  tracked.wrote(4, 7)
  tracked.wrote(1, 2)
  expect(register.progress('a')).toEqual({ state: 'running', traces: 5, rows: 9, total: 10 })
  tracked.settle('done')
  expect(register.progress('a')).toMatchObject({ state: 'done' })
  expect(register.progress('b')).toBeUndefined()
})

it('cancels by aborting, and the stream that then closes changes nothing', () => {
  const register = new ExportRegister()
  const tracked = register.begin('a')
  expect(register.cancel('a')).toBe(true)
  expect(tracked.signal.aborted).toBe(true)
  tracked.fail('the connection broke')
  expect(register.progress('a')).toEqual({ state: 'cancelled', traces: 0, rows: 0 })
  expect(register.cancel('b')).toBe(false)
})

it('remembers why an export failed', () => {
  const register = new ExportRegister()
  register.begin('a').fail('the source went away')
  expect(register.progress('a')).toMatchObject({ state: 'failed', message: 'the source went away' })
})

it('keeps why an export does not hold everything, each fact once and some of many', () => {
  const register = new ExportRegister()
  const tracked = register.begin('a')
  expect(register.progress('a')).not.toHaveProperty('gaps')
  tracked.lacks('a burst')
  tracked.lacks('a burst')
  tracked.wrote(1, 2)
  tracked.settle('done')
  expect(register.progress('a')).toEqual({ state: 'done', traces: 1, rows: 2, gaps: ['a burst'] })
  const many = register.begin('b')
  for (let at = 0; at < 30; at++) many.lacks(`gap ${at}`)
  expect(register.progress('b')?.gaps).toHaveLength(20)
})

it('forgets the oldest beyond its bound', () => {
  const register = new ExportRegister()
  for (let at = 0; at < 250; at++) register.begin(`e${at}`)
  expect(register.progress('e0')).toBeUndefined()
  expect(register.progress('e249')).toBeDefined()
})

import { describe, expect, it } from 'vitest'
import type { AttributeValue } from '../model/span.ts'
import { changedPaths } from './changed-paths.ts'
import { changesBetween } from './changes.ts'

const paths = (before: AttributeValue, after: AttributeValue, most?: number) =>
  changedPaths(changesBetween(before, after), most)

describe('changedPaths', () => {
  it.each<[string, AttributeValue, AttributeValue, string[]]>([
    ['nothing', { a: 1 }, { a: 1 }, []],
    ['values', { a: 1, p: { q: 1, r: 1 } }, { a: 2, p: { q: 2, r: 1 } }, ['a', 'p.q']],
    ['every key of what came', {}, { p: { q: 1, r: { s: 2 } }, e: {} }, ['p.q', 'p.r.s', 'e']],
    ['every key of what went', { p: { q: 1 } }, {}, ['p.q']],
    ['both sides of what became something else', { p: { q: 1 } }, { p: { r: 1 } }, ['p.q', 'p.r']],
    ['an object in place of a value', { p: 1 }, { p: { r: 1 } }, ['p.r']],
    ['items of lists', { l: [{ id: 1, s: 1 }] }, { l: [{ id: 1, s: 2 }] }, ['l.0.s']],
    ['a list that came as one', {}, { l: [{ a: 1 }] }, ['l']],
    ['an item moved', { l: ['a', 'b', 'c'] }, { l: ['c', 'a', 'b'] }, ['l.0']],
    ['one index that went and came', { l: [1] }, { l: ['x', 1, { a: 1 }] }, ['l.0', 'l.2.a']],
    ['keys with dots', { 'a.b': 1 }, { 'a.b': 2 }, ['a.b']],
    ['a root that is no object', 1, 2, []],
    ['a root that became an object', null, { a: { b: 1 } }, ['a.b']],
  ])('names %s', (_, before, after, expected) => {
    expect(paths(before, after)).toEqual(expected)
  })

  it('gives what deep paths are under where there are too many', () => {
    const wide = (value: number) =>
      Object.fromEntries(
        ['x', 'y', 'z'].map((key) => [
          key,
          Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, value])),
        ]),
      )
    expect(paths(wide(1), wide(2))).toHaveLength(150)
    expect(paths({ ...wide(1), a: 1 }, { ...wide(2), a: 2 }, 100)).toEqual(['x', 'y', 'z', 'a'])
    expect(paths({}, wide(2), 2)).toEqual(['x', 'y'])
  })

  it('is bounded for data of any depth and width', () => {
    let deep: AttributeValue = 1
    for (let level = 0; level < 5_000; level++) deep = { k: deep }
    expect(paths({}, deep)).toHaveLength(1)
    const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, index]))
    expect(paths({}, { wide })).toEqual(['wide'])
  })
})

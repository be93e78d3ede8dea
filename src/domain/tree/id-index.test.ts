import fc from 'fast-check'
import { expect, it } from 'vitest'
import { indexIds } from './id-index.ts'

it('finds the first item of each id, and tells of the others', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 2 }), { maxLength: 60 }), (ids) => {
      const repeated: number[] = []
      const index = indexIds(
        ids.length,
        (at) => ids[at] as string,
        (at) => repeated.push(at),
      )
      for (const id of ids) expect(index.find(id)).toBe(ids.indexOf(id))
      expect(repeated).toEqual(ids.flatMap((id, at) => (ids.indexOf(id) === at ? [] : [at])))
      expect(index.find('absent')).toBe(-1)
    }),
  )
})

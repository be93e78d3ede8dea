import { expect, it } from 'vitest'
import { outlinesOf } from '../../../../domain/testing/trace-drawing.ts'
import { buildSpanTree } from '../../../../domain/tree/span-tree.ts'
import { earlierGeneration } from './earlier-generation.ts'

it('is the model call that began last before, neither above nor below', () => {
  const tree = buildSpanTree(
    outlinesOf(`
      turn  0..100
        first  10..20  kind=generation
        act  20..60  kind=tool
          inner  30..40  kind=generation
        outer  70..90  kind=generation
          wrapped  71..80  kind=generation
    `),
  )
  const row = (name: string) => tree.spans.findIndex((span) => span.name === name)
  const before = (name: string) => {
    const id = earlierGeneration(tree, row(name))
    return id === undefined ? undefined : tree.spans[tree.rowOf(id)]?.name
  }
  expect(before('first')).toBeUndefined()
  expect(before('act')).toBeUndefined()
  expect(before('inner')).toBe('first')
  expect(before('outer')).toBe('inner')
  expect(before('wrapped')).toBe('inner')
})

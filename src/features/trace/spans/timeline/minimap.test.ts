import { describe, expect, it } from 'vitest'
import { outlinesOf } from '../../../../domain/testing/trace-drawing.ts'
import { buildSpanTree } from '../../../../domain/tree/span-tree.ts'
import { minimapPixels } from './minimap.tsx'

const tree = buildSpanTree(
  outlinesOf(`
    turn    0..10
      a     0..4
      b     4..5
      c     6..10   error
        d   7..8    error
  `),
)
const colours = { names: ['--first', '--second'], of: Uint8Array.from(tree.spans, (_, row) => row % 2) }

const lines = (width: number) => {
  const pixels = minimapPixels(tree, 10_000, width, colours)
  return [0, 1, 2, 3].map((line) => pixels.subarray(line * width, (line + 1) * width).join(''))
}

describe('the picture of a trace', () => {
  it('has a line a depth and a column a pixel; own failures stand in their colour', () => {
    expect(lines(10)).toEqual(['1111111111', '2222102222', '0000000300', '0000000000'])
  })
  it('shows every span however narrow', () => {
    expect(lines(2)).toEqual(['11', '22', '03', '00'])
  })
})

import { describe, expect, test } from 'vitest'
import { micros } from '../../../domain/model/units.ts'
import { movedEdge, snapped, spanned } from './brush-moves.ts'

const stretch = (from: number, to: number) => ({ from: micros(from), to: micros(to) })
const AXIS = stretch(100, 200)

test('a drag to the left is the same as one to the right', () => {
  expect(spanned(150, 120)).toEqual(spanned(120, 150))
})

describe('snapped', () => {
  test.each([
    [stretch(123, 147), stretch(120, 150)],
    [stretch(120, 150), stretch(120, 150)],
    [stretch(133, 133), stretch(130, 140)],
    [stretch(200, 200), stretch(200, 200)],
    [stretch(50, 400), stretch(100, 200)],
  ])('%o becomes %o', (given, expected) => {
    expect(snapped(given, AXIS, 10)).toEqual(expected)
  })
})

describe('movedEdge', () => {
  const brush = stretch(120, 150)
  test.each([
    ['from', 'ArrowRight', false, stretch(130, 150)],
    ['from', 'ArrowLeft', false, stretch(110, 150)],
    ['from', 'ArrowLeft', true, stretch(100, 150)],
    ['from', 'Home', false, stretch(100, 150)],
    ['from', 'End', false, stretch(140, 150)],
    ['to', 'ArrowRight', false, stretch(120, 160)],
    ['to', 'ArrowLeft', true, stretch(120, 130)],
    ['to', 'PageUp', false, stretch(120, 200)],
    ['to', 'End', false, stretch(120, 200)],
  ] as const)('%s, %s, shift %s', (side, key, shift, expected) => {
    expect(movedEdge(brush, side, key, shift, AXIS, 10)).toEqual(expected)
  })
  test('other keys move nothing', () => {
    expect(movedEdge(brush, 'to', 'a', false, AXIS, 10)).toBeUndefined()
  })
})

import { expect, it } from 'vitest'
import { SPAN_KINDS } from '../../../../domain/model/span.ts'
import { glyphPath } from './glyph-paths.ts'

it.each([...SPAN_KINDS, 'down', 'right', 'fold', 'error', 'warn', 'pending'])('%s is one path', (name) => {
  expect(glyphPath(name)).toMatch(/^M[\d.]+ [\d.]+/)
})

it('a drawing of several parts is all of them', () => {
  expect(glyphPath('tool')).toBe(
    'M8 1.8l5.4 3.1v6.2L8 14.2l-5.4-3.1V4.9zM5.8 8a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0 -4.4 0',
  )
  expect(glyphPath('no such glyph')).toBe('')
})

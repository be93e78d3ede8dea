import { describe, expect, it } from 'vitest'
import type { Row } from './row-reader.ts'
import { silentSpans } from './silent-spans.ts'

const row = (id: string, parent: string | null, more: Row = {}): Row => ({
  id,
  traceId: 't',
  parentObservationId: parent,
  type: 'SPAN',
  name: id,
  startTime: `2026-11-20T10:00:0${id.length}.000Z`,
  ...more,
})
const idsOf = (rows: readonly Row[]) => rows.map(({ id }) => id)
const none = () => undefined

describe('texts that a list needs', () => {
  it('are those of the top, be its parent elsewhere or not there', () => {
    const below = [row('b', 'a'), row('cc', 'b')]
    expect(idsOf(silentSpans([...below, row('a', null)], none))).toEqual(['a'])
    expect(idsOf(silentSpans([...below, row('a', 'elsewhere', { isRootObservation: true })], none))).toEqual([
      'a',
    ])
    expect(idsOf(silentSpans(below, none))).toEqual(['b'])
  })

  it('are those of steps in which a platform keeps what it knows of the participant', () => {
    const rows = [
      row('a', null),
      row('b', 'a', { name: 'Run Pipeline' }),
      row('c', 'b', { name: 'Run Pipeline run' }),
      row('d', 'b', { name: 'Run Pipelines' }),
    ]
    expect(idsOf(silentSpans(rows, none))).toEqual(['a', 'b', 'c'])
  })

  it('are no others where the top says something, and the edges of the talk where it says nothing', () => {
    const rows = [
      row('a', null),
      ...['b', 'cc', 'ddd', 'eeee', 'fffff', 'gggggg'].map((id) => row(id, 'a', { type: 'GENERATION' })),
      row('h', 'a', { type: 'TOOL' }),
    ]
    const heard = (top: Row) => (one: Row) => (one.id === 'a' ? { ...one, ...top } : undefined)
    expect(silentSpans(rows, heard({ input: 'hi', output: null }))).toEqual([])
    expect(silentSpans(rows, heard({ input: null, output: 'hello' }))).toEqual([])
    expect(idsOf(silentSpans(rows, heard({ input: null, output: '' })))).toEqual([
      'b',
      'cc',
      'fffff',
      'gggggg',
    ])
  })

  it('are asked for once', () => {
    expect(silentSpans([row('a', null)], (one) => one)).toEqual([])
    expect(silentSpans([], none)).toEqual([])
  })
})

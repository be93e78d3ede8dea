import { describe, expect, it } from 'vitest'
import type { SpanOutline } from '../../domain/model/span.ts'
import { durationMicros, micros, spanId } from '../../domain/model/units.ts'
import { outlinesOf } from '../../domain/testing/trace-drawing.ts'
import { rootOf } from '../../domain/tree/outline-tree.ts'
import { judge } from './judge.ts'

const states = (drawing: string) => {
  const verdict = judge(outlinesOf(drawing))
  return {
    states: Object.fromEntries(verdict.outlines.map(({ spanId: id, state }) => [id, state])),
    cause: verdict.outlines[verdict.rootCause]?.spanId,
    errors: verdict.errorCount,
    ...(verdict.recoveredCount > 0 && { recovered: verdict.recoveredCount }),
  }
}

const CASES: readonly [
  name: string,
  drawing: string,
  expected: { states: Record<string, string>; cause?: string; errors: number; recovered?: number },
][] = [
  [
    'a failure that its parents repeat is judged once, the deepest is the cause',
    `
root      0..100 #r error "no"
  call    1..90  #c error "no"
    http  2..80  #h error "no"`,
    { states: { r: 'error', c: 'error', h: 'error' }, cause: 'h', errors: 3 },
  ],
  [
    'a failure under spans that did not fail makes them contain one',
    `
root    0..100 #r
  step  1..90  #s
    tool  2..80 #t error "no"
  step  91..99 #u`,
    { states: { r: 'contains-error', s: 'contains-error', t: 'error', u: 'ok' }, cause: 't', errors: 1 },
  ],
  [
    'a later sibling of the same name recovers',
    `
root    0..100 #r
  call  1..10  #a error "no"
  call  20..30 #b`,
    { states: { r: 'ok', a: 'recovered', b: 'ok' }, errors: 0, recovered: 1 },
  ],
  [
    'an earlier sibling does not',
    `
root    0..100 #r
  call  1..10  #a
  call  20..30 #b error "no"`,
    { states: { r: 'contains-error', a: 'ok', b: 'error' }, cause: 'b', errors: 1 },
  ],
  [
    'cousins recover under a later sibling of an ancestor (the domain handshake)',
    `
root        0..100 #r
  request   1..10  #q
    run     2..9   #a error "no"
  request   20..40 #p
    run     22..39 #b`,
    { states: { r: 'ok', q: 'ok', a: 'recovered', p: 'ok', b: 'ok' }, errors: 0, recovered: 1 },
  ],
  [
    'an attempt whose parents failed with it is recovered whole',
    `
root      0..100 #r
  call    1..10  #c error "no"
    http  2..9   #h error "no"
  call    20..40 #d
    http  21..39 #i`,
    { states: { r: 'ok', c: 'recovered', h: 'recovered', d: 'ok', i: 'ok' }, errors: 0, recovered: 2 },
  ],
  [
    'a root that failed stands, whatever was recovered below',
    `
root    0..100 #r error "no"
  call  1..10  #a error "no"
  call  20..30 #b`,
    { states: { r: 'error', a: 'recovered', b: 'ok' }, cause: 'r', errors: 1, recovered: 1 },
  ],
  [
    'the first of two failures is the cause',
    `
root    0..100 #r
  late  50..60 #l error "no"
  early  10..20 #e error "no"`,
    { states: { r: 'contains-error', l: 'error', e: 'error' }, cause: 'e', errors: 2 },
  ],
  ['nothing failed', `\nroot  0..100 #r`, { states: { r: 'ok' }, errors: 0 }],
]

describe('judge', () => {
  it.each(CASES)('%s', (_name, drawing, expected) => {
    const { cause, ...rest } = states(drawing.trim())
    const { cause: _cause, ...others } = expected
    expect(rest).toEqual(others)
    expect(cause).toBe(expected.cause)
  })

  const outline = (id: string, parent: string | null, rest: Partial<SpanOutline> = {}): SpanOutline => ({
    spanId: spanId(id),
    parentId: parent === null ? null : spanId(parent),
    name: 'x',
    kind: 'custom',
    startTime: micros(0),
    duration: durationMicros(1),
    service: 's',
    state: 'ok',
    ...rest,
  })

  it('tells attempts at one tool from calls of two', () => {
    const tool = (id: string, start: number, name: string, state: SpanOutline['state']) =>
      outline(id, 'r', { kind: 'tool', name: 'tool_call', tool: name, startTime: micros(start), state })
    const verdict = judge([outline('r', null), tool('a', 1, 'refund', 'error'), tool('b', 2, 'lookup', 'ok')])
    expect(verdict.outlines.map(({ state }) => state)).toEqual(['contains-error', 'error', 'ok'])
  })

  it.each([
    ['nothing', []],
    ['its own parent', [outline('a', 'a', { state: 'error' })]],
    ['a circle', [outline('a', 'b', { state: 'error' }), outline('b', 'a')]],
    ['an id twice', [outline('a', null), outline('a', null, { state: 'error' })]],
    ['only orphans', [outline('a', 'gone'), outline('b', 'gone', { state: 'error' })]],
  ])('is total: %s', (_name, outlines) => {
    const verdict = judge(outlines)
    expect(verdict.outlines).toHaveLength(outlines.length)
    expect(verdict.tree.order).toHaveLength(outlines.length)
    expect(verdict.errorCount).toBe(outlines.some(({ state }) => state === 'error') ? 1 : 0)
  })

  it('has no limit of depth, and many attempts do not multiply', () => {
    const chain = Array.from({ length: 100_000 }, (_, at) =>
      outline(`s${at}`, at === 0 ? null : `s${at - 1}`, { state: at === 99_999 ? 'error' : 'ok' }),
    )
    expect(judge(chain).rootCause).toBe(99_999)
    const attempts = Array.from({ length: 20_000 }, (_, at) =>
      outline(`t${at}`, 's0', { startTime: micros(at), state: 'error' }),
    )
    expect(judge([outline('s0', null), ...attempts]).errorCount).toBe(20_000)
  })
})

describe('rootOf', () => {
  it('takes the span without a parent, else the only top span, else none', () => {
    const index = (drawing: string) => rootOf(judge(outlinesOf(drawing)).tree)
    expect(index('a  0..1 ^gone\nb  2..3')).toBe(1)
    expect(index('a  0..1 ^gone')).toBe(0)
    expect(index('a  0..1 ^gone\nb  2..3 ^lost')).toBe(-1)
  })
})

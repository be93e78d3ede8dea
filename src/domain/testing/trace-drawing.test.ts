import { describe, expect, it } from 'vitest'
import { DRAWING_START, outlinesOf, traceOf } from './trace-drawing.ts'

describe('traceOf', () => {
  it('draws spans, their nesting and times', () => {
    const spans = traceOf(`
      Agent.handle_message        0..6000
        MessageProcessor.x        10..500.5  error "boom: \\"x\\""
          llm call                20..       model="gpt 5" tokens=12 @actions
        late                      600..700   #z ^gone
      other                       0..1       ^
    `)
    expect(spans.map(({ name, spanId, parentId }) => [name, spanId.slice(-2), parentId?.slice(-2)])).toEqual([
      ['Agent.handle_message', '01', undefined],
      ['MessageProcessor.x', '02', '01'],
      ['llm call', '03', '02'],
      ['late', 'z', 'ne'],
      ['other', '05', undefined],
    ])
    expect(spans.map(({ startTime, duration }) => [startTime - DRAWING_START, duration])).toEqual([
      [0, 6_000_000],
      [10_000, 490_500],
      [20_000, null],
      [600_000, 100_000],
      [0, 1_000],
    ])
    expect(spans[1]?.status).toEqual({ code: 'error', message: 'boom: "x"' })
    expect(spans[2]).toMatchObject({
      attributes: { model: 'gpt 5', tokens: 12 },
      resource: { 'service.name': 'actions' },
    })
  })

  it('refuses what it cannot read', () => {
    expect(() => traceOf('name without times')).toThrow('not a line of a drawing: "name without times"')
    expect(() => traceOf('a  0..1 boom')).toThrow('not a word of a drawing: boom')
  })
})

describe('outlinesOf', () => {
  it('reads kind, state, label and duplicate', () => {
    expect(
      outlinesOf(`
        a    0..1  kind=tool state=recovered label="send money"
        b    0..1  kind=unheard duplicate=true error "no"
        c    0..
      `),
    ).toMatchObject([
      { kind: 'tool', state: 'recovered', label: 'send money', service: 'bot' },
      { kind: 'custom', state: 'error', error: 'no', duplicate: true },
      { state: 'running', duration: null },
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { formatAggregate, parseAggregate } from './aggregate-params.ts'

const parse = (text: string) => parseAggregate(new URLSearchParams(text))
const problemsOf = (text: string): readonly string[] => {
  const parsed = parse(text)
  return parsed.ok ? [] : parsed.problems
}

describe('what is to be aggregated', () => {
  it.each([
    ['measure=count', { measure: 'count', by: [], top: 20 }],
    ['measure=count&by=none', { measure: 'count', by: [], top: 20 }],
    ['measure=p95&of=duration&by=flow', { measure: 'p95', of: 'duration', by: ['flow'], top: 20 }],
    [
      'measure=sum&of=cost&by=model,chatbot',
      { measure: 'sum', of: 'cost', by: ['model', 'chatbot'], top: 20 },
    ],
    ['measure=mean&of=selfTime&by=chatbot', { measure: 'mean', of: 'selfTime', by: ['chatbot'], top: 20 }],
    [
      'measure=count&by=attr.http.method&top=1000',
      { measure: 'count', by: ['attr.http.method'], top: 1_000 },
    ],
    ['measure=count&over=hour', { measure: 'count', by: [], over: 3_600e6, top: 20 }],
    ['measure=count&over=day', { measure: 'count', by: [], over: 86_400e6, top: 20 }],
    ['measure=count&over=15m', { measure: 'count', by: [], over: 900e6, top: 20 }],
    ['measure=count&over=366d', { measure: 'count', by: [], over: 366 * 86_400e6, top: 20 }],
  ])('is read from %s', (text, request) => {
    expect(parse(text)).toEqual({ ok: true, request })
    const again = new URLSearchParams(formatAggregate(request as never))
    expect(parseAggregate(again)).toEqual({ ok: true, request })
  })

  it('leaves the filters to who reads them', () => {
    expect(parse('chatbot=a&measure=count&nonsense=1').ok).toBe(true)
  })

  it.each([
    ['by=flow', 'measure: missing'],
    ['measure=', 'measure: not one of'],
    ['measure=p90', 'measure: not one of'],
    ['measure=count&measure=count', 'measure: given more than once'],
    ['measure=count&of=duration', 'of: does not stand beside count'],
    ['measure=errors&of=duration', 'of: does not stand beside errors'],
    ['measure=errorRate&of=cost', 'of: does not stand beside errorRate'],
    ['measure=p95', 'of: missing'],
    ['measure=sum&of=tokens', 'of: not one of'],
    ['measure=p95&of=duration&by=model', 'of: duration is of turns'],
    ['measure=sum&of=llmTurns&by=flow,component', 'of: llmTurns is of turns'],
    ['measure=mean&of=score&by=attr.x', 'of: score is of turns'],
    ['measure=count&by=', 'by: not one of'],
    ['measure=count&by=flows', 'by: not one of'],
    ['measure=count&by=attr.', 'by: not one of'],
    [`measure=count&by=attr.${'x'.repeat(201)}`, "by: the attribute's key is longer"],
    ['measure=count&by=flow,flow', 'by: names one twice'],
    ['measure=count&by=flow,tag,kind', 'by: more than 2'],
    ['measure=count&by=none,flow', 'by: not one of'],
    ['measure=count&over=0m', 'over: not hour'],
    ['measure=count&over=15', 'over: not hour'],
    ['measure=count&over=15s', 'over: not hour'],
    ['measure=count&over=367d', 'over: not hour'],
    ['measure=count&over=toString', 'over: not hour'],
    ['measure=count&top=0', 'top: not a whole number'],
    ['measure=count&top=1001', 'top: not a whole number'],
    ['measure=count&top=1.5', 'top: not a whole number'],
  ])('is refused in %s', (text, problem) => {
    expect(problemsOf(text)).toHaveLength(1)
    expect(problemsOf(text)[0]).toContain(problem)
  })
})

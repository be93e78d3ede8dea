import { describe, expect, it } from 'vitest'
import { NO_FACETS, TRACE_KINDS, type TraceFacets, type TraceRow, type TraceSummary } from '../model/trace.ts'
import { durationMicros, micros, traceId } from '../model/units.ts'
import { compileQuery, freeze } from './match.ts'
import { wantedKinds } from './predicate.ts'
import { parseQuery } from './query-params.ts'
import { EVERYTHING, FILTER_FIELDS, type TraceQuery } from './trace-query.ts'

const query = (text: string) => {
  const parsed = parseQuery(new URLSearchParams(text))
  if (!parsed.ok) throw new Error(parsed.problems.join('; '))
  return parsed.query
}

const BARE: TraceSummary = {
  traceId: traceId('t1'),
  startTime: micros(1_000_000),
  duration: durationMicros(318_200),
  status: 'ok',
  kind: 'turn',
  chatbot: { id: 'bank-12', name: 'Bank' },
  metrics: {},
  tags: [],
  feedback: [],
  services: [],
}
const FULL: TraceSummary = {
  ...BARE,
  chatbot: { id: 'bank-12', name: 'Bank', version: 'v12' },
  session: { id: 's-91' },
  participant: { id: 'ana@example.org', name: 'Ana María' },
  status: 'error',
  environment: 'prod',
  channel: 'web',
  input: 'Send 200 to Bob',
  output: 'Which ÉCOLE?',
  error: 'KeyError: balance',
  metrics: { totalTokens: 0, cost: 0.0214, llmTurns: 2, toolCalls: null },
  tags: ['vip', 'beta'],
  feedback: [
    { name: 'helpful', value: 0.5 },
    { name: 'tone', value: 'rude' },
    { name: 'thumb', value: true },
    { name: 'seen' },
  ],
  services: ['rasa', 'actions'],
  errorCount: 1,
  recovered: 2,
}
const FACETS: TraceFacets = {
  models: ['gpt-5', 'haiku'],
  tools: ['transfer'],
  flows: ['transfer_money'],
  spanNames: ['Agent.handle_message'],
  changed: ['orders.1.status', 'profile[0].name', 'ab.c'],
}
const row: TraceRow = { summary: FULL, facets: FACETS }
const bare: TraceRow = { summary: BARE, facets: NO_FACETS }

const matches = (wanted: TraceQuery, one: TraceRow): boolean => compileQuery(wanted)(one)

describe('a compiled query', () => {
  it.each([
    ['', true],
    ['chatbot=bank-12', true],
    ['chatbot=Bank', true],
    ['chatbot=bank', false],
    ['chatbot=Shop&chatbot=Bank', true],
    ['chatbot.not=Bank', false],
    ['chatbot.not=bank-12', false],
    ['chatbot.not=Shop&chatbot.not=Bank', false],
    ['chatbot.not=Shop', true],
    ['chatbot.contains=BANK', true],
    ['chatbot.ends=-12', true],
    ['version=v12', true],
    ['version.starts=V1', true],
    ['session=s-91', true],
    ['session.contains=S-9', true],
    ['participant=ana@example.org', true],
    ['participant=Ana María', true],
    ['participant=ana maría', false],
    ['participant.contains=MARÍA', true],
    ['participant.lacks=maría', false],
    ['participant.lacks=bob', true],
    ['participant.lacks=bob&participant.lacks=ana', false],
    ['participant.starts=ANA', true],
    ['participant.starts=maría', false],
    ['participant.ends=.ORG', true],
    ['participant.ends=bob&participant.ends=maría', true],
    ['status=error', true],
    ['status=ok&status=pending', false],
    ['status.not=error', false],
    ['environment=prod', true],
    ['channel.not=web', false],
    ['tag=vip', true],
    ['tag=VIP', false],
    ['tag=none&tag=beta', true],
    ['tag.not=vip', false],
    ['tag.not=none', true],
    ['tag.all=vip&tag.all=beta', true],
    ['tag.all=vip&tag.all=none', false],
    ['model=haiku', true],
    ['model.all=haiku&model.all=gpt-5', true],
    ['tool=transfer', true],
    ['flow=transfer_money', true],
    ['spanName=Agent.handle_message', true],
    ['service=actions', true],
    ['error.contains=keyerror', true],
    ['error=KeyError: balance', true],
    ['changed=orders.1.status', true],
    ['changed=orders.1', true],
    ['changed=orders', true],
    ['changed=orders.1.status.x', false],
    ['changed=order', false],
    ['changed=a', false],
    ['changed=profile', true],
    ['changed.not=orders', false],
    ['changed.all=orders&changed.all=profile', true],
    ['changed.all=orders&changed.all=x', false],
    ['kind=turn', true],
    ['kind=call', false],
    ['kind=any', true],
    ['kind.not=turn', false],
    ['traceId=t1', true],
    ['traceId.starts=T', true],
    ['feedback=helpful', true],
    ['feedback=rude', true],
    ['feedback=true', true],
    ['feedback=0.5', false],
    ['feedback.not=rude', false],
    ['feedback.all=tone&feedback.all=seen', true],
    ['score=0.5', true],
    ['score=0.50', true],
    ['score.min=0.6', false],
    ['score.min=0.5&score.max=0.5', true],
    ['duration=318.2', true],
    ['duration.min=318.2', true],
    ['duration.min=318.3', false],
    ['duration.max=318.2', true],
    ['duration.max=318.1', false],
    ['duration.not=318.2', false],
    ['tokens=0', true],
    ['tokens.max=0', true],
    ['tokens.min=1', false],
    ['cost.min=0.02&cost.max=0.03', true],
    ['llmTurns=1&llmTurns=2', true],
    ['toolCalls.min=0', false],
    ['toolCalls.max=9', false],
    ['toolCalls=0', false],
    ['toolCalls.not=0', true],
    ['recovered.min=1', true],
    ['recovered.min=3', false],
    ['recovered=2', true],
    ['recovered.max=1', false],
    ['q=send 200', true],
    ['q=école', true],
    ['q=BALANCE', true],
    ['q=nothing', false],
    ['q=200 send', true],
    ['q="send 200"', true],
    ['q="200 send"', false],
    ['q=send nothing', false],
    ['q=-nothing', true],
    ['q=-send', false],
    ['q=balance -nothing', true],
    ['q=nothing -send', false],
    ['q=-"200 send" BALANCE', true],
    ['q=Bobwhich', false],
    ['from=1970-01-01T00:00:01Z', true],
    ['from=1970-01-01T00:00:01.000001Z', false],
    ['to=1970-01-01T00:00:01Z', false],
    ['to=1970-01-01T00:00:01.000001Z', true],
    ['chatbot=Bank&status=error&tag=vip', true],
    ['chatbot=Bank&status=ok&tag=vip', false],
  ])('%s: %s', (text, expected) => {
    expect(matches(query(text), row)).toBe(expected)
  })

  it('takes no trace without the field, but for the negations', () => {
    for (const [field, type] of Object.entries(FILTER_FIELDS)) {
      if (['chatbot', 'status', 'kind', 'traceId', 'duration'].includes(field)) continue
      const value = type === 'number' ? '1' : 'x'
      expect(matches(query(`${field}=${value}`), bare), field).toBe(false)
      expect(matches(query(`${field}.not=${value}`), bare), field).toBe(true)
    }
    expect(matches(query('participant.lacks=x'), bare)).toBe(true)
    expect(matches(query('participant.contains=x'), bare)).toBe(false)
    expect(matches(query('tokens.min=0'), bare)).toBe(false)
    expect(matches(query('score.max=0'), bare)).toBe(false)
    expect(matches(query('q=x'), bare)).toBe(false)
  })

  it.each([
    ['', ['turn', 'call', 'other']],
    ['kind=any', TRACE_KINDS],
    ['kind=training', ['training']],
    ['kind=turn&kind=call', ['turn', 'call']],
    ['kind.not=turn', ['call', 'other', 'training', 'housekeeping']],
    ['kind=any&kind.not=training', ['turn', 'call', 'other', 'housekeeping']],
    ['kind=turn&kind.not=turn', []],
  ])('gives by kind with %s', (text, kinds) => {
    expect([...wantedKinds(query(text))]).toEqual(kinds)
    const test = compileQuery(query(text))
    expect(TRACE_KINDS.filter((kind) => test({ ...row, summary: { ...FULL, kind } }))).toEqual(kinds)
  })

  it('judges conditions that no type takes as unmatched', () => {
    const odd = { ...EVERYTHING, conditions: [{ field: 'chatbot', operator: 'min', values: ['1'] }] } as const
    expect(matches(odd, row)).toBe(false)
    const odder = {
      ...EVERYTHING,
      conditions: [{ field: 'cost', operator: 'contains', values: ['0'] }],
    } as const
    expect(matches(odder, row)).toBe(false)
  })
})

describe('freeze', () => {
  it('turns a stretch back from now into bounds', () => {
    const now = micros(7_200_000_000)
    expect(freeze(query('last=1h&q=x'), now)).toEqual({
      conditions: [],
      text: 'x',
      sort: EVERYTHING.sort,
      from: micros(3_600_000_000),
      to: now,
    })
  })

  it('leaves bounds alone', () => {
    const bounded = query('from=2026-08-01T00:00:00Z')
    expect(freeze(bounded, micros(5))).toBe(bounded)
  })

  it('happens on compiling where it has not', () => {
    const test = compileQuery(query('last=1h'), micros(3_600_500_000))
    const at = (time: number) => test({ ...row, summary: { ...FULL, startTime: micros(time) } })
    expect([499_999, 500_000, 3_600_499_999, 3_600_500_000].map(at)).toEqual([false, true, true, false])
  })
})

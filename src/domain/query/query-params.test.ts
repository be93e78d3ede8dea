import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LARGEST_NUMBER, micros } from '../model/units.ts'
import {
  CHOICES,
  formatQuery,
  MAX_PARAMETERS,
  MAX_VALUE_LENGTH,
  OPERATORS,
  parseQuery,
} from './query-params.ts'
import {
  EVERYTHING,
  FILTER_FIELDS,
  type FilterField,
  type FilterOperator,
  SORT_FIELDS,
} from './trace-query.ts'

const parse = (text: string, ignore?: string[]) =>
  parseQuery(new URLSearchParams(text), ignore ? { ignore: new Set(ignore) } : {})
const queryOf = (text: string) => {
  const parsed = parse(text)
  if (!parsed.ok) throw new Error(parsed.problems.join('; '))
  return parsed.query
}
const problemsOf = (text: string) => {
  const parsed = parse(text)
  return parsed.ok ? [] : parsed.problems
}
const condition = (field: FilterField, operator: FilterOperator, ...values: string[]) => ({
  field,
  operator,
  values,
})

describe('parseQuery', () => {
  it('takes a search of fifty words, and no more', () => {
    const words = (count: number) => Array.from({ length: count }, (_, at) => `w${at}`).join('+')
    expect(problemsOf(`q=${words(50)}`)).toEqual([])
    expect(problemsOf(`q=${words(51)}`)).toEqual(['q: more than 50 words'])
    expect(problemsOf(`q="${words(51)}"`)).toEqual([])
  })

  it('reads nothing as everything', () => {
    expect(queryOf('')).toEqual(EVERYTHING)
  })

  it('takes pairs as well as URLSearchParams', () => {
    expect(parseQuery([['chatbot', 'a&b']])).toEqual({
      ok: true,
      query: { ...EVERYTHING, conditions: [condition('chatbot', 'is', 'a&b')] },
    })
  })

  it.each<[string, ReturnType<typeof condition>[]]>([
    ['chatbot=Bank', [condition('chatbot', 'is', 'Bank')]],
    ['chatbot=Bank&chatbot=Shop&chatbot=Bank', [condition('chatbot', 'is', 'Bank', 'Shop')]],
    ['chatbot.not=Bank', [condition('chatbot', 'not', 'Bank')]],
    ['participant.contains=an', [condition('participant', 'contains', 'an')]],
    ['participant.lacks=an', [condition('participant', 'lacks', 'an')]],
    ['participant.starts=an', [condition('participant', 'starts', 'an')]],
    ['participant.ends=an', [condition('participant', 'ends', 'an')]],
    ['tag.all=a&tag.all=b', [condition('tag', 'all', 'a', 'b')]],
    [
      'duration.min=250&duration.max=1e3',
      [condition('duration', 'min', '250'), condition('duration', 'max', '1e3')],
    ],
    ['cost=0.0214', [condition('cost', 'is', '0.0214')]],
    ['score.min=-1', [condition('score', 'min', '-1')]],
    ['status=error&status=pending', [condition('status', 'is', 'error', 'pending')]],
    ['kind=any', [condition('kind', 'is', 'any')]],
    ['kind=turn&kind=any', [condition('kind', 'is', 'any')]],
    ['kind.not=housekeeping', [condition('kind', 'not', 'housekeeping')]],
    ['traceId=abc', [condition('traceId', 'is', 'abc')]],
    ['changed=a.b', [condition('changed', 'is', 'a.b')]],
    ['chatbot= padded ', [condition('chatbot', 'is', ' padded ')]],
    [
      'tokens=1&chatbot.not=x&chatbot=y',
      [condition('chatbot', 'is', 'y'), condition('chatbot', 'not', 'x'), condition('tokens', 'is', '1')],
    ],
  ])('reads %s', (text, conditions) => {
    expect(queryOf(text)).toEqual({ ...EVERYTHING, conditions })
  })

  it('reads bounds, text and sort', () => {
    expect(
      queryOf('from=2026-08-01T00:00:00%2B02:00&to=2026-08-02T00:00:00Z&q=no%20money&sort=cost'),
    ).toEqual({
      conditions: [],
      from: micros(Date.UTC(2026, 6, 31, 22) * 1000),
      to: micros(Date.UTC(2026, 7, 2) * 1000),
      text: 'no money',
      sort: { field: 'cost', descending: false },
    })
  })

  it.each([
    ['last=30m', 1_800e6],
    ['last=24h', 86_400e6],
    ['last=365d', 365 * 86_400e6],
  ])('reads %s', (text, length) => {
    expect(queryOf(text).last).toBe(length)
  })

  it.each([
    ['chatbto=x', 'chatbto: unknown field'],
    ['Chatbot=x', 'Chatbot: unknown field'],
    ['=x', ': unknown field'],
    ['__proto__=x', '__proto__: unknown field'],
    ['toString=x', 'toString: unknown field'],
    ['constructor.not=x', 'constructor.not: unknown field'],
    ['limit=5', 'limit: unknown field'],
    ['from.min=2', 'from.min: unknown field'],
    ['tag.contains=x', 'tag.contains: no such operator; there are tag, tag.not, tag.all'],
    ['status.contains=x', 'status.contains: no such operator; there are status, status.not'],
    ['cost.starts=1', 'cost.starts: no such operator; there are cost, cost.not, cost.min, cost.max'],
    ['chatbot.is=x', /^chatbot\.is: no such operator/],
    ['chatbot.=x', /^chatbot\.: no such operator/],
    ['chatbot.not.not=x', /^chatbot\.not\.not: no such operator/],
    ['chatbot.min=1', /^chatbot\.min: no such operator/],
    ['chatbot.toString=1', /^chatbot\.toString: no such operator/],
    ['chatbot=', 'chatbot: the value is empty'],
    ['q=%20', 'q: the value is empty'],
    ['sort=', 'sort: the value is empty'],
    [`q=${'x'.repeat(MAX_VALUE_LENGTH + 1)}`, `q: longer than ${MAX_VALUE_LENGTH} characters`],
    ['duration.min=fast', 'duration.min: not a number: "fast"'],
    ['duration=0x10', 'duration: not a number: "0x10"'],
    ['duration=1e999', 'duration: not a number from -9007199254740991 to 9007199254740991: "1e999"'],
    ['tokens=Infinity', 'tokens: not a number: "Infinity"'],
    ['tokens=.', 'tokens: not a number: "."'],
    ['duration.min=1&duration.min=2', 'duration.min: given more than once'],
    ['status=failed', 'status: not one of ok, error, pending: "failed"'],
    ['status=any', 'status: not one of ok, error, pending: "any"'],
    ['kind=chat', 'kind: not one of turn, call, other, training, housekeeping, any: "chat"'],
    ['kind.not=any', 'kind.not: not one of turn, call, other, training, housekeeping: "any"'],
    ['from=2026-08-01', 'from: not an ISO 8601 time with an offset: "2026-08-01"'],
    ['to=now', 'to: not an ISO 8601 time with an offset: "now"'],
    ['from=2026-08-01T00:00:00Z&from=2026-08-01T00:00:00Z', 'from: given more than once'],
    ['from=2026-08-02T00:00:00Z&to=2026-08-01T00:00:00Z', 'from: later than to'],
    ['last=24', 'last: not a stretch such as 30m, 24h or 7d: "24"'],
    ['last=0h', 'last: not a stretch such as 30m, 24h or 7d: "0h"'],
    ['last=-1h', /^last: not a stretch/],
    ['last=1w', /^last: not a stretch/],
    ['last=9999999d', /^last: not a stretch/],
    ['last=1h&last=2h', 'last: given more than once'],
    ['last=1h&from=2026-08-01T00:00:00Z', 'last: cannot stand beside from'],
    ['last=1h&to=2026-08-01T00:00:00Z', 'last: cannot stand beside to'],
    ['q=a&q=b', 'q: given more than once'],
    ['sort=name', 'sort: not one of startTime, duration, tokens, cost, with or without "-": "name"'],
    ['sort=--cost', /^sort: not one of/],
    ['sort=cost&sort=tokens', 'sort: given more than once'],
  ])('names what is wrong with %s', (text, problem) => {
    const problems = problemsOf(text)
    expect(problems).toHaveLength(1)
    if (typeof problem === 'string') expect(problems[0]).toBe(problem)
    else expect(problems[0]).toMatch(problem)
  })

  it('names every problem at once', () => {
    expect(problemsOf('x=1&status=bad&chatbot=fine&cost.min=much')).toHaveLength(3)
  })

  it('shortens a long value in a problem', () => {
    expect(problemsOf(`cost=${'9x'.repeat(500)}`)[0]?.length).toBeLessThan(100)
  })

  it('leaves the names to ignore to the caller, and nothing else', () => {
    expect(parse('limit=5&cursor=x&chatbot=a', ['limit', 'cursor'])).toMatchObject({ ok: true })
    expect(parse('limit=5&span=x', ['limit'])).toEqual({ ok: false, problems: ['span: unknown field'] })
  })

  it('bounds the number of parameters', () => {
    const many = Array.from({ length: MAX_PARAMETERS + 1 }, (_, index) => `tag=${index}`).join('&')
    expect(problemsOf(many)).toEqual([`tag: more than ${MAX_PARAMETERS} parameters`])
  })
})

describe('formatQuery', () => {
  it.each([
    ['', ''],
    ['sort=-startTime', ''],
    ['sort=startTime&q=x&chatbot=a', 'chatbot=a&q=x&sort=startTime'],
    ['tag.all=b&tag.all=a&tag=z', 'tag=z&tag.all=b&tag.all=a'],
    ['last=60m', 'last=1h'],
    ['last=48h', 'last=2d'],
    ['last=90m', 'last=90m'],
    ['from=2026-08-01T02:00:00%2B02:00', 'from=2026-08-01T00%3A00%3A00Z'],
  ])('writes %s as %s', (text, expected) => {
    expect(formatQuery(queryOf(text)).toString()).toBe(expected)
  })

  it('writes one order for conditions in any order', () => {
    const one = condition('status', 'is', 'error')
    const two = condition('chatbot', 'contains', 'a')
    expect(formatQuery({ ...EVERYTHING, conditions: [one, two] }).toString()).toBe(
      formatQuery({ ...EVERYTHING, conditions: [two, one] }).toString(),
    )
  })

  it('is read back unchanged, whatever the query', () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((value) => value.trim() !== '')
    const fieldValue = (field: FilterField): fc.Arbitrary<string> => {
      const type = FILTER_FIELDS[field]
      if (type === 'number')
        return fc.double({ noNaN: true, min: -LARGEST_NUMBER, max: LARGEST_NUMBER }).map(String)
      if (field === 'status' || field === 'kind') return fc.constantFrom(...CHOICES[field])
      return text
    }
    const anyCondition = fc.constantFrom(...(Object.keys(FILTER_FIELDS) as FilterField[])).chain((field) =>
      fc.constantFrom(...OPERATORS[FILTER_FIELDS[field]]).chain((operator) =>
        fc
          .uniqueArray(fieldValue(field), {
            minLength: 1,
            maxLength: operator === 'min' || operator === 'max' ? 1 : 4,
          })
          .map((values) => condition(field, operator, ...values)),
      ),
    )
    const time = fc.integer({ min: 0, max: 4e15 }).map(micros)
    const query = fc.record(
      {
        conditions: fc.uniqueArray(anyCondition, {
          maxLength: 8,
          selector: (one) => `${one.field}.${one.operator}`,
        }),
        sort: fc.record({ field: fc.constantFrom(...SORT_FIELDS), descending: fc.boolean() }),
        from: time,
        text,
      },
      { requiredKeys: ['conditions', 'sort'] },
    )
    fc.assert(
      fc.property(query, (given) => {
        const written = formatQuery(given)
        const parsed = parseQuery(new URLSearchParams(written.toString()))
        expect(parsed).toMatchObject({ ok: true, query: { ...given, conditions: expect.any(Array) } })
        if (!parsed.ok) throw new Error('what was written cannot be read')
        expect(parsed.query.conditions).toHaveLength(given.conditions.length)
        expect(parsed.query.conditions).toEqual(expect.arrayContaining([...given.conditions]))
        expect(formatQuery(parsed.query).toString()).toBe(written.toString())
      }),
    )
  })
})

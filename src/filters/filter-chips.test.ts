import { describe, expect, test } from 'vitest'
import { formatQuery, parseQuery } from '../domain/query/query-params.ts'
import type { TraceQuery } from '../domain/query/trace-query.ts'
import { attributeChips, withAttribute } from './attribute-chips.ts'
import { filterNumber, typedNumber } from './field-words.ts'
import {
  chipsOf,
  hiddenKinds,
  isNarrowed,
  showsAllKinds,
  timeWords,
  widened,
  withAllKinds,
} from './filter-chips.ts'

const NOW = Date.UTC(2026, 10, 20, 14, 3) * 1000

const query = (search: string): TraceQuery => {
  const parsed = parseQuery(new URLSearchParams(search))
  if (!parsed.ok) throw new Error(parsed.problems.join('; '))
  return parsed.query
}
const sentences = (search: string) =>
  chipsOf(query(search), true, NOW).map(({ label, operator, value }) => `${label} ${operator} ${value}`)
const written = (of: TraceQuery) => decodeURIComponent(formatQuery(of).toString())

describe('chips read as sentences', () => {
  test.each([
    ['', []],
    ['chatbot=Transfer', ['Chatbot is Transfer']],
    ['chatbot=A&chatbot=B&chatbot=C&chatbot=D', ['Chatbot is any of A, B, +2']],
    ['participant.starts=Ana', ['Participant starts with Ana']],
    ['session.not=a&session.not=b', ['Session is none of a, b']],
    ['tool=search', ['Tool has search']],
    ['tag.all=a&tag.all=b', ['Tag has all of a, b']],
    ['tag.not=a', ['Tag has no a']],
    ['duration.min=250', ['Duration at least 0.25 s']],
    ['duration.min=250&duration.max=2000', ['Duration from 0.25 to 2 s']],
    ['cost.max=0.05', ['Cost at most $0.05']],
    ['kind=training', ['Kind is training']],
    ['kind=any', []],
    ['chatbot=A&status=error&last=24h', ['Chatbot is A', 'Time is last 24 hours', 'Status is error']],
  ])('%s', (search, expected) => {
    expect(sentences(search)).toEqual(expected)
  })

  test('a chip knows the query without it', () => {
    const [chatbot, time, bounds] = chipsOf(
      query('chatbot=A&last=1h&duration.min=1&duration.max=2&q=x'),
      true,
      NOW,
    )
    expect(written(chatbot?.without as TraceQuery)).toBe('duration.min=1&duration.max=2&last=1h&q=x')
    expect(written(time?.without as TraceQuery)).toBe('chatbot=A&duration.min=1&duration.max=2&q=x')
    expect(written(bounds?.without as TraceQuery)).toBe('chatbot=A&last=1h&q=x')
  })
})

test.each([
  ['last=15m', 'last 15 minutes'],
  ['last=1m', 'last minute'],
  ['last=1h', 'last hour'],
  ['last=24h', 'last 24 hours'],
  ['last=7d', 'last 7 days'],
  ['last=36h', 'last 36 hours'],
  ['from=2026-11-20T09:30:00Z', '09:30 – now'],
  ['from=2026-11-19T09:30:00Z', '19 Nov 09:30 – now'],
  ['from=2026-11-20T09:30:00Z&to=2026-11-20T12:00:00Z', '09:30 – 12:00'],
  ['from=2026-11-18T09:30:00Z&to=2026-11-18T12:00:00Z', '18 Nov 09:30 – 12:00'],
  ['from=2025-11-18T09:30:00Z&to=2025-11-19T12:00:00Z', '18 Nov 2025 09:30 – 19 Nov 2025 12:00'],
  ['to=2026-11-18T09:30:00Z', 'until 18 Nov 09:30'],
])('time of %s: %s', (search, expected) => {
  expect(timeWords(query(search), true, NOW)).toBe(expected)
})

describe('kinds', () => {
  test('the switch adds and takes away every kind', () => {
    const shown = withAllKinds(query('chatbot=A'), true)
    expect(written(shown)).toBe('chatbot=A&kind=any')
    expect(showsAllKinds(shown)).toBe(true)
    expect(written(withAllKinds(shown, false))).toBe('chatbot=A')
    expect(showsAllKinds(query('kind=training'))).toBe(false)
  })

  test('what is hidden keeps the other filters', () => {
    expect(written(hiddenKinds(query('chatbot=A&kind=any')))).toBe(
      'chatbot=A&kind=training&kind=housekeeping',
    )
  })

  test('all kinds are no narrowing', () => {
    expect(isNarrowed(query('kind=any&sort=duration'))).toBe(false)
    expect(isNarrowed(query('kind=call'))).toBe(true)
    expect(isNarrowed(query('q=x'))).toBe(true)
    expect(written(widened(query('kind=any&chatbot=A&sort=duration&last=1h')))).toBe('kind=any&sort=duration')
  })
})

describe('numbers are typed in the unit that the table shows', () => {
  test.each([
    ['duration', '0.25', '250'],
    ['duration', '1,5', '1500'],
    ['duration', '0.1', '100'],
    ['tokens', '2000', '2000'],
    ['cost', '0.02', '0.02'],
    ['duration', 'fast', undefined],
    ['tokens', ' ', undefined],
  ] as const)('%s %s', (field, typed, expected) => {
    expect(filterNumber(field, typed)).toBe(expected)
  })

  test('and shown as typed', () => {
    expect(typedNumber('duration', '250')).toBe('0.25')
    expect(typedNumber('tokens', '2000')).toBe('2000')
  })
})

test('conditions on attributes are chips of their own', () => {
  const asked = query('chatbot=A&attr.http.route=/a&attr.http.route=/b&attr.n.min=5&attr.n.not=7')
  expect(attributeChips(asked).map(({ label, operator, value }) => `${label} ${operator} ${value}`)).toEqual([
    'http.route is any of /a, /b',
    'n is not 7',
    'n at least 5',
  ])
  expect(attributeChips(asked).map(({ without }) => written(without))).toEqual([
    'chatbot=A&attr.n.not=7&attr.n.min=5',
    'chatbot=A&attr.http.route=/a&attr.http.route=/b&attr.n.min=5',
    'chatbot=A&attr.http.route=/a&attr.http.route=/b&attr.n.not=7',
  ])
  expect(isNarrowed(query('attr.a=1'))).toBe(true)
  expect(written(widened(asked))).toBe('')
})

test('a condition on an attribute is added to those that are there', () => {
  const added = (search: string, operator: 'is' | 'min', value: string) =>
    written(withAttribute(query(search), { key: 'n', operator, values: [value] }))
  expect(added('', 'is', '7')).toBe('attr.n=7')
  expect(added('attr.n=7', 'is', '7')).toBe('attr.n=7')
  expect(added('attr.n=7', 'is', '8')).toBe('attr.n=7&attr.n=8')
  expect(added('attr.n.min=5&attr.m=1', 'min', '6')).toBe('attr.m=1&attr.n.min=6')
})

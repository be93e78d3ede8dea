import { describe, expect, it } from 'vitest'
import type { AttributeValue } from '../model/span.ts'
import { type AttributeCondition, attributesIn, attributeTest } from './attribute-filter.ts'
import { formatQuery, parseQuery } from './query-params.ts'

const read = (search: string) => {
  const parsed = parseQuery(new URLSearchParams(search))
  if (!parsed.ok) throw new Error(parsed.problems.join('; '))
  return parsed.query
}

describe('a condition on an attribute, as it is written', () => {
  it.each<[string, AttributeCondition]>([
    ['attr.http.route=/a', { key: 'http.route', operator: 'is', values: ['/a'] }],
    ['attr.http.route.not=/a', { key: 'http.route', operator: 'not', values: ['/a'] }],
    ['attr.n.min=5', { key: 'n', operator: 'min', values: ['5'] }],
    ['attr.http.min.is=5', { key: 'http.min', operator: 'is', values: ['5'] }],
    ['attr.http.min.min=5', { key: 'http.min', operator: 'min', values: ['5'] }],
    ['attr.min=5', { key: 'min', operator: 'is', values: ['5'] }],
    ['attr.is.is=5', { key: 'is', operator: 'is', values: ['5'] }],
    ['attr.a b=5', { key: 'a b', operator: 'is', values: ['5'] }],
    ['attr.a.all=5', { key: 'a.all', operator: 'is', values: ['5'] }],
    ['attr.a=1&attr.a=2&attr.a.is=2', { key: 'a', operator: 'is', values: ['1', '2'] }],
  ])('%s', (search, condition) => {
    const query = read(search)
    expect(query.attributes).toEqual([condition])
    expect(query.conditions).toEqual([])
    expect(read(formatQuery(query).toString())).toEqual(query)
  })

  it('stands in one order', () => {
    const written = formatQuery(read('attr.b=1&attr.a.not=2&chatbot=x&attr.a=1')).toString()
    expect(written).toBe('chatbot=x&attr.a=1&attr.a.not=2&attr.b=1')
    expect(read('chatbot=x')).not.toHaveProperty('attributes')
  })

  it.each([
    ['attr.=1', 'attr.: names no attribute'],
    ['attr=1', 'attr: unknown field'],
    ['attr.a.min=fast', 'attr.a.min: not a number: "fast"'],
    ['attr.a.min=1&attr.a.min=2', 'attr.a.min: given more than once'],
    ['attr.a=', 'attr.a: the value is empty'],
    [`attr.${'k'.repeat(201)}=1`, `attr.${'k'.repeat(201)}: the key is longer than 200 characters`],
  ])('%s is refused', (search, problem) => {
    expect(parseQuery(new URLSearchParams(search))).toEqual({ ok: false, problems: [problem] })
  })
  it('has a key of 200 characters', () => {
    expect(read(`attr.${'k'.repeat(200)}=1`).attributes).toHaveLength(1)
  })
})

describe('a condition on an attribute', () => {
  const holds = (search: string, ...values: readonly AttributeValue[]) => {
    const [condition] = read(search).attributes ?? []
    return attributeTest(condition as AttributeCondition)((key) => (key === 'a' ? values : []))
  }
  it.each<[string, AttributeValue, boolean]>([
    ['attr.a=x', 'x', true],
    ['attr.a=x', 'X', false],
    ['attr.a=5', 5, true],
    ['attr.a=5.0', 5, true],
    ['attr.a=5.0', '5', false],
    ['attr.a=5', '5', true],
    ['attr.a=true', true, true],
    ['attr.a=true', 'true', true],
    ['attr.a=True', true, false],
    ['attr.a=y', ['x', 'y'], true],
    ['attr.a=z', ['x', 'y'], false],
    ['attr.a=2', [1, 2], true],
    ['attr.a.contains=IDD', 'middle', true],
    ['attr.a.contains=idd', ['left', 'middle'], true],
    ['attr.a.starts=MID', 'middle', true],
    ['attr.a.starts=iddle', 'middle', false],
    ['attr.a.ends=DLE', 'middle', true],
    ['attr.a.contains=kind', { kind: 'x' }, true],
    ['attr.a.min=5', 5, true],
    ['attr.a.min=5.1', 5, false],
    ['attr.a.max=5', 5, true],
    ['attr.a.max=4.9', 5, false],
    ['attr.a.min=1500', '1561', true],
    ['attr.a.min=1', 'many', false],
    ['attr.a.min=1', true, false],
    ['attr.a.min=7', [3, 8], true],
    ['attr.a=null', null, false],
    ['attr.a.not=x', 'x', false],
    ['attr.a.not=x', 'y', true],
    ['attr.a.not=x', ['x', 'y'], false],
    ['attr.a.lacks=ID', 'middle', false],
    ['attr.a.lacks=od', 'middle', true],
    ['attr.a.not=x&attr.a.not=y', 'y', false],
  ])('%s on %j: %s', (search, value, wanted) => {
    expect(holds(search, value)).toBe(wanted)
  })
  it('holds for any span, and what excludes holds where there is no such key', () => {
    expect(holds('attr.a=x', 'y', 'x')).toBe(true)
    expect(holds('attr.a.not=x', 'y', 'x')).toBe(false)
    expect(holds('attr.a.not=x')).toBe(true)
    expect(holds('attr.a=x')).toBe(false)
    expect(holds('attr.a.min=1')).toBe(false)
  })
})

it('looks at attributes and resources of every span, at own keys alone', () => {
  const lookup = attributesIn([
    { attributes: { a: 1 }, resource: { 'service.name': 'x' } },
    { attributes: { a: 2, 'service.name': 'y' }, resource: {} },
  ])
  expect(lookup('a')).toEqual([1, 2])
  expect(lookup('service.name')).toEqual(['x', 'y'])
  expect(lookup('toString')).toEqual([])
})

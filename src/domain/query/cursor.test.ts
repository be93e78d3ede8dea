import { describe, expect, it } from 'vitest'
import { micros, traceId } from '../model/units.ts'
import { decodeCursor, encodeCursor, type Listing, MAX_CURSOR_LENGTH, openListing } from './cursor.ts'
import { parseQuery } from './query-params.ts'

const query = (text: string) => {
  const parsed = parseQuery(new URLSearchParams(text))
  if (!parsed.ok) throw new Error(parsed.problems.join('; '))
  return parsed.query
}
const NOW = micros(1_785_585_600_000_000)
const begin = (text: string): Listing => {
  const opened = openListing(query(text), undefined, NOW)
  if (!opened.ok) throw new Error(opened.problem)
  return opened.listing
}
const after = { key: 42, id: traceId('trace—😀') }
const cursorFor = (text: string) => encodeCursor({ ...begin(text), after })
const problem = (text: string, cursor: string) => {
  const opened = decodeCursor(query(text), cursor)
  return opened.ok ? undefined : opened.problem
}

describe('cursors', () => {
  it('stand in an address without escapes', () => {
    expect(cursorFor('last=24h&chatbot=ü')).toMatch(/^[\w-]+$/)
  })

  it('go on after the last row, with the bounds of the beginning', () => {
    const first = begin('last=1h&chatbot=a')
    expect(first.after).toBeUndefined()
    const later = micros(NOW + 60_000_000)
    const opened = openListing(query('chatbot=a&last=1h'), encodeCursor({ ...first, after }), later)
    expect(opened).toEqual({ ok: true, listing: { ...first, after } })
    if (!opened.ok) throw new Error(opened.problem)
    expect(opened.listing.query).toMatchObject({ from: NOW - 3_600_000_000, to: NOW })
    expect(opened.listing.query.last).toBeUndefined()
  })

  it('go on again from the second page', () => {
    const second = decodeCursor(query('last=1h'), cursorFor('last=1h'))
    if (!second.ok) throw new Error(second.problem)
    const next = { key: null, id: traceId('z') }
    const third = decodeCursor(query('last=1h'), encodeCursor({ ...second.listing, after: next }))
    expect(third).toEqual({ ok: true, listing: { ...second.listing, after: next } })
  })

  it('carry what a source notes for itself', () => {
    const own = { page: 3, until: [1, null] }
    const opened = decodeCursor(query('q=x'), encodeCursor({ ...begin('q=x'), after, own }))
    expect(opened).toMatchObject({ ok: true, listing: { own } })
  })

  it('are never longer than they may be when they come back', () => {
    const noting = (length: number) => encodeCursor({ ...begin('q=x'), after, own: 'n'.repeat(length) })
    const base = noting(0).length
    const most = Math.floor(((MAX_CURSOR_LENGTH - base) * 3) / 4) - 3
    expect(decodeCursor(query('q=x'), noting(most)).ok).toBe(true)
    expect(() => noting(most + 8)).toThrow(RangeError)
  })

  it('do not mind the order of values', () => {
    expect(problem('tag=b&tag=a', cursorFor('tag=a&tag=b'))).toBeUndefined()
  })

  it.each([
    ['', 'chatbot=a'],
    ['chatbot=a', 'chatbot=b'],
    ['chatbot=a', 'chatbot.not=a'],
    ['last=1h', 'last=2h'],
    ['last=1h', ''],
    ['sort=cost', 'sort=-cost'],
    ['q=a', 'q=A'],
    ['from=2026-08-01T00:00:00Z', 'to=2026-08-01T00:00:00Z'],
  ])('of %s are refused by %s', (made, used) => {
    expect(problem(used, cursorFor(made))).toBe('the cursor belongs to another query')
  })

  it('of one listing are refused by another of the same query', () => {
    const cursor = encodeCursor({ ...begin(''), after }, 'sessions')
    expect(problem('', cursor)).toBe('the cursor belongs to another query')
    expect(decodeCursor(query(''), cursor, 'sessions').ok).toBe(true)
  })

  const forged = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url')
  const parts = (text: string): unknown[] =>
    JSON.parse(Buffer.from(cursorFor(text), 'base64url').toString('utf8'))
  it.each<[string, string]>([
    ['', ''],
    ['not base64', '***'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['no text', Buffer.from([0xff, 0xfe]).toString('base64url')],
    ['no list', forged({ a: 1 })],
    ['cut', cursorFor('').slice(0, 20)],
    ['a key that is no number', forged(parts('').with(3, 'x'))],
    ['an id that is none', forged(parts('').with(4, 'a\nb'))],
    ['no id', forged(parts('').slice(0, 4))],
    ['bounds out of nowhere', forged(parts('').with(2, [1, 2]))],
    ['too long', forged('x'.repeat(10_000))],
  ])('refuses a damaged one: %s', (_, cursor) => {
    expect(problem('', cursor)).toBe('the cursor is damaged')
  })

  it('refuses bounds that are no times', () => {
    expect(problem('last=1h', forged(parts('last=1h').with(2, [1, '2'])))).toBe('the cursor is damaged')
  })

  it('refuses another version', () => {
    expect(problem('', forged(parts('').with(0, 2)))).toBe('the cursor was made by another version')
  })
})

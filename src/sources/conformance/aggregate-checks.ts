import { describe, expect, it } from 'vitest'
import type { SessionSummary } from '../../domain/model/trace.ts'
import type { Micros } from '../../domain/model/units.ts'
import { TEXTS_OF, type TextField } from '../../domain/query/filter-values.ts'
import type { FilterCondition, TraceQuery } from '../../domain/query/trace-query.ts'
import { deriveMissing } from '../derived.ts'
import { SUMMARY_TEXT_FIELDS } from '../summary-groups.ts'
import { type ExpectedGroup, expectedChatbots, expectedSessions, neighboursAt } from './expected-groups.ts'
import { ALL, expectedRows, never, type Subject, walkAll, where } from './harness.ts'

const ERRORS: FilterCondition = { field: 'status', operator: 'is', values: ['error'] }
const QUERIES: readonly (readonly [string, TraceQuery])[] = [
  ['everything', ALL],
  ['the default kinds', { ...ALL, conditions: [] }],
  ['failing traces', where(ERRORS)],
  ['what nothing answers', where({ field: 'tag', operator: 'is', values: ['no such tag'] })],
]

const close = (value: number | null, wanted: number | null): void => {
  if (wanted === null) expect(value).toBeNull()
  else expect(value).toBeCloseTo(wanted, 6)
}

const idsIn = (items: readonly { readonly id: string }[]): readonly string[] =>
  items.map(({ id }) => id).sort()

export function aggregateChecks(subject: Subject): void {
  const answering = () => deriveMissing(subject.source, { traces: 5000, pages: 1000, ms: 120_000 })

  describe.each(QUERIES)('over %s', (_, query) => {
    it('the count is that of a walk', async () => {
      const listed = await walkAll(subject.source, query)
      const { value } = await answering().count(query, never())
      expect(value).toEqual({ count: listed.length, complete: true })
      expect(value.count).toBe(expectedRows(subject, query).length)
    })

    it.each([1, 7, 90])('a histogram of %i buckets holds each trace where it began', async (buckets) => {
      const rows = expectedRows(subject, query)
      const reply = (await answering().histogram(query, buckets, never())).value
      const { from, to, bucket, ok, error } = reply
      expect(reply.complete).toBe(true)
      expect(ok.length).toBe(error.length)
      expect(from + bucket * ok.length).toBe(to)
      expect(ok.length).toBeLessThanOrEqual(buckets)
      const wanted = { ok: ok.map(() => 0), error: error.map(() => 0) }
      for (const { summary } of rows) {
        const { startTime, status } = summary
        const index = Math.floor((startTime - from) / bucket)
        const column = status === 'error' ? wanted.error : wanted.ok
        expect(column[index]).toBeDefined()
        column[index] = (column[index] ?? 0) + 1
      }
      expect({ ok, error }).toEqual(wanted)
    })

    it('sessions agree with their turns', async () => {
      const wanted = expectedSessions(expectedRows(subject, query))
      const found: SessionSummary[] = []
      let cursor: string | undefined
      do {
        const page = await answering().listSessions(
          query,
          cursor === undefined ? { limit: 7 } : { limit: 7, cursor },
          never(),
        )
        found.push(...page.items)
        cursor = page.nextCursor
      } while (cursor !== undefined)
      expect(found.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id))
      for (const [index, session] of found.entries()) {
        const group = wanted[index] as ExpectedGroup
        const { turns, errors, first, end } = group
        expect(session).toMatchObject({ turns, errors, start: first, end })
        close(session.totalTokens, group.tokens)
        close(session.cost, group.cost)
        expect(idsIn(session.participants)).toEqual([...group.participants].sort())
        expect(idsIn(session.chatbots)).toEqual([...group.chatbots].sort())
        expect(session.feedback).toHaveLength(group.feedback)
      }
    })

    it('chatbots agree with their turns', async () => {
      const wanted = new Map(expectedChatbots(expectedRows(subject, query)).map((bot) => [bot.id, bot]))
      const found = (await answering().listChatbots(query, never())).items
      expect(found.map(({ id }) => id).sort()).toEqual([...wanted.keys()].sort())
      for (const bot of found) {
        const group = wanted.get(bot.id) as ExpectedGroup
        const { turns, errors, last } = group
        expect(bot).toMatchObject({ turns, errors, lastSeen: last })
        expect([...bot.versions].sort()).toEqual([...group.versions].sort())
        close(bot.totalTokens, group.tokens)
        close(bot.cost, group.cost)
        for (const [value, share] of [
          [bot.p50, 0.5],
          [bot.p95, 0.95],
        ] as const) {
          // Engines interpolate between neighbours in ways of their own, and round.
          const between = neighboursAt(group.durations, share)
          if (between === null) expect(value).toBeNull()
          else {
            expect(value).toBeGreaterThanOrEqual(between[0] - 1)
            expect(value).toBeLessThanOrEqual(between[1] + 1)
          }
        }
      }
    })
  })

  describe('suggestions', () => {
    const fields = [...SUMMARY_TEXT_FIELDS].filter((field) => field !== 'traceId' && field !== 'error')
    it.each(fields)('for %s are values that are there, as often as they are', async (field) => {
      const rows = expectedRows(subject, ALL)
      const found = (await answering().suggest(field as TextField, '', ALL, never())).items
      const holding = (value: string) =>
        rows.filter((row) => TEXTS_OF[field as TextField](row).includes(value)).length
      expect(found.length).toBeGreaterThan(0)
      for (const { value, count } of found) {
        expect(holding(value)).toBeGreaterThan(0)
        if (count !== undefined) expect(count).toBe(holding(value))
      }
      const narrow = await answering().suggest(
        field as TextField,
        (found[0]?.value ?? '').slice(0, 3),
        ALL,
        never(),
      )
      expect(narrow.items.map(({ value }) => value)).toContain(found[0]?.value)
    })

    it('keep to the query', async () => {
      const found = (await answering().suggest('chatbot', '', where(ERRORS), never())).items
      const failing = new Set(expectedRows(subject, where(ERRORS)).map(({ summary }) => summary.chatbot.name))
      expect(found.length).toBeGreaterThan(0)
      for (const { value } of found) expect(failing).toContain(value)
    })

    it('are none where nothing fits', async () => {
      expect((await answering().suggest('chatbot', 'no such chatbot', ALL, never())).items).toEqual([])
    })
  })

  it('answers a histogram that covers the bounds that are asked for, in round steps', async () => {
    const rows = expectedRows(subject, ALL)
    const from = rows.at(-1)?.summary.startTime as Micros
    const to = (from + 86_400_000_000) as Micros
    const reply = (await answering().histogram({ ...ALL, from, to }, 24, never())).value
    expect(reply.from).toBeLessThanOrEqual(from)
    expect(reply.to).toBeGreaterThanOrEqual(to)
    expect(reply.from + reply.bucket).toBeGreaterThan(from)
    expect(reply.to - reply.bucket).toBeLessThan(to)
    const counted = [...reply.ok, ...reply.error].reduce((sum, one) => sum + one, 0)
    expect(counted).toBe(
      rows.filter(({ summary }) => summary.startTime >= from && summary.startTime < to).length,
    )
  })
}

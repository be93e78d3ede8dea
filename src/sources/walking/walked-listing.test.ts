import { describe, expect, it } from 'vitest'
import { NO_FACETS, type TraceSummary } from '../../domain/model/trace.ts'
import { durationMicros, micros, traceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import { EVERYTHING, type TraceQuery } from '../../domain/query/trace-query.ts'
import type { Window, WindowRow } from './time-windows.ts'
import { type WalkedListing, walkListing } from './walked-listing.ts'

const HOUR = 3_600e6
const NOW = Date.UTC(2026, 10, 21) * 1000
const never = new AbortController().signal

/** A trace that began so long ago, and shows up at another moment where it is said. µs. */
interface Traced {
  readonly id: string
  readonly start: number
  readonly shownAt?: number
}

/** The backend looks so much further back than it is asked to, at most. */
const LOOKS_BACK = HOUR / 100

const rowOf = ({ id, start, shownAt }: Traced): WindowRow => {
  const summary: TraceSummary = {
    traceId: traceId(id),
    startTime: micros(start),
    duration: durationMicros(1000),
    status: 'ok',
    kind: 'turn',
    chatbot: { id: 'bot', name: 'Bot' },
    metrics: {},
    tags: [],
    feedback: [],
    services: [],
  }
  return {
    row: { summary, facets: NO_FACETS },
    ...(shownAt !== undefined && { seenAt: micros(shownAt) }),
    ...(shownAt !== undefined && shownAt < start && { shownBefore: micros(shownAt) }),
  }
}

/** A backend that cuts an answer off without saying what it leaves out. */
function backend(traces: readonly Traced[], more: Partial<WalkedListing> = {}) {
  const asked: Window[] = []
  const walked: WalkedListing = {
    scope: 'test',
    clock: () => NOW / 1000,
    limits: { firstWidth: HOUR, longestWidth: 1e6 * HOUR, depth: 20, mostDepth: 80, calls: 40 },
    read: async (window) => {
      asked.push(window)
      const shownFrom = micros(Math.max(0, window.from - Math.min(LOOKS_BACK, window.to - window.from)))
      const found = traces.filter(({ start, shownAt = start }) => shownAt >= shownFrom && shownAt < window.to)
      const rows = found.slice(0, window.limit).map(rowOf)
      if (found.length >= window.limit) return { rows, coveredFrom: window.to }
      return { rows, coveredFrom: window.from, shownFrom }
    },
    ...more,
  }
  return { walked, asked }
}

async function all(walked: WalkedListing, limit: number, query: TraceQuery = EVERYTHING) {
  const ids: string[] = []
  const problems: string[] = []
  let longest = 0
  let cursor: string | undefined
  let pages = 0
  do {
    const page = await walkListing(walked, query, { limit, ...(cursor && { cursor }) }, never)
    ids.push(...page.items.map((item) => item.traceId))
    problems.push(...(page.problems ?? []))
    cursor = page.nextCursor
    longest = Math.max(longest, cursor?.length ?? 0)
    if (++pages > 500) throw new Error('it goes round in circles')
  } while (cursor !== undefined)
  return { ids, problems, longest, pages }
}

const newestFirst = (traces: readonly Traced[]) =>
  [...traces].sort((a, b) => b.start - a.start || (a.id < b.id ? 1 : -1)).map(({ id }) => id)

const many = (count: number, apart: number): Traced[] =>
  Array.from({ length: count }, (_, at) => ({ id: `t${at}`, start: NOW - (at + 1) * apart }))

describe('a listing by walking', () => {
  it.each([
    ['dense', 500, 100],
    ['sparse', 30, 4000 * HOUR],
    ['at one moment', 79, 0],
  ])('gives all of what lies %s, newest first', async (_, count, apart) => {
    const traces = many(count, apart)
    const { walked } = backend(traces)
    const found = await all(walked, 7)
    expect(found.ids).toEqual(newestFirst(traces))
    expect(found.problems).toEqual([])
  })

  it('says what it had to leave out: more at one moment than the backend ever gives', async () => {
    const { walked } = backend(many(80, 0))
    const { ids, problems } = await all(walked, 100)
    expect(ids).toHaveLength(80)
    expect(problems[0]).toMatch(/^more than 80 traces began within a millisecond at 2026-/)
  })

  it('reaches back half a century in few calls', async () => {
    const { walked, asked } = backend([{ id: 'old', start: NOW - 400_000 * HOUR }])
    expect((await all(walked, 10)).ids).toEqual(['old'])
    expect(asked.length).toBeLessThan(20)
  })

  it('says after some time how far it looked, and goes on from there', async () => {
    const traces = many(60, HOUR)
    const { walked, asked } = backend(traces)
    // Ten seconds a call.
    const slow: WalkedListing = {
      ...walked,
      clock: () => walked.clock() + asked.length * 10_000,
      limits: { ...walked.limits, ms: 10_000 },
    }
    const first = await walkListing(slow, EVERYTHING, { limit: 1000 }, never)
    expect(asked).toHaveLength(1)
    expect(first.items.length).toBeLessThan(60)
    expect(first.scanned).toMatchObject({ complete: false })
    expect(first.nextCursor).toBeDefined()
    const found = await all(slow, 1000)
    expect(found.ids).toEqual(newestFirst(traces))
    expect(found.problems).toEqual([])
  })

  it('looks no further than the query does', async () => {
    const { walked, asked } = backend(many(10, HOUR))
    const query = { ...EVERYTHING, from: micros(NOW - 5 * HOUR), to: micros(NOW - 2 * HOUR) }
    expect((await all(walked, 10, query)).ids).toEqual(['t2', 't3', 't4'])
    expect(Math.min(...asked.map(({ from }) => from))).toBe(query.from)
    expect(Math.max(...asked.map(({ to }) => to))).toBe(query.to)
  })

  // Every third began long before the span that the backend finds it by.
  const straddling = many(120, HOUR / 4).map((traced, at) =>
    at % 3 === 0 ? { ...traced, shownAt: traced.start, start: traced.start - 6 * HOUR } : traced,
  )

  it.each([3, 10, 1000])('finds what began before it showed up, in pages of %i', async (limit) => {
    const { walked } = backend(straddling)
    const found = await all(walked, limit)
    expect(found.ids).toEqual(newestFirst(straddling))
    expect(found.problems).toEqual([])
  })

  // Every seventh shows up long before it begins, by a clock that is behind.
  const behind = many(140, HOUR / 4).map((traced, at) =>
    at % 7 === 3 ? { ...traced, shownAt: traced.start - ((at % 3) * 9 + 2) * HOUR } : traced,
  )

  it.each([1, 3, 10, 1000])('finds once what shows up before it begins, in pages of %i', async (limit) => {
    for (const byIds of [true, false]) {
      const byId = new Map(behind.map((traced) => [traced.id, traced]))
      const { walked } = backend(behind, {
        ...(byIds && { byIds: async (ids) => ids.map((id) => rowOf(byId.get(id) as Traced)) }),
      })
      const found = await all(walked, limit)
      const wanted = newestFirst(behind)
      expect([...found.ids].sort()).toEqual([...wanted].sort())
      const usual = new Set(behind.filter(({ shownAt }) => shownAt === undefined).map(({ id }) => id))
      expect(found.ids.filter((id) => usual.has(id))).toEqual(wanted.filter((id) => usual.has(id)))
      if (limit === 1000) expect(found).toMatchObject({ ids: wanted, problems: [] })
      else expect(found.problems.join()).toContain('stood further up')
    }
  })

  it('gives more of them than a page holds in several', async () => {
    const crowd = Array.from({ length: 15 }, (_, at) => ({
      id: `c${at}`,
      start: NOW - HOUR - at,
      // Several at the same moment.
      shownAt: NOW - 90 * HOUR - (at >> 2),
    }))
    const traces = [...many(50, HOUR), ...crowd]
    const { walked } = backend(traces)
    for (const limit of [1, 2, 4]) {
      const found = await all(walked, limit)
      expect([...found.ids].sort()).toEqual(newestFirst(traces).sort())
    }
  })

  it('looks beyond the bounds of a query where the beginning of a trace need not show it', async () => {
    const outside = [
      { id: 'later', start: NOW - 3 * HOUR, shownAt: NOW - 2 * HOUR + 60e6 },
      { id: 'before', start: NOW - 5 * HOUR, shownAt: NOW - 5 * HOUR - 60e6 },
    ]
    const query = { ...EVERYTHING, from: micros(NOW - 5 * HOUR), to: micros(NOW - 2 * HOUR) }
    const { walked } = backend(outside, { around: 300e6 })
    expect((await all(walked, 10, query)).ids).toEqual(['later', 'before'])
    expect((await all(backend(outside, { around: 1e6 }).walked, 10, query)).ids).toEqual([])
  })

  it('carries such traces by id where the backend knows ids, 40 at most', async () => {
    const byId = new Map(straddling.map((traced) => [traced.id, traced]))
    const fetched: number[] = []
    const { walked, asked } = backend(straddling, {
      byIds: async (ids) => {
        fetched.push(ids.length)
        return ids.map((id) => rowOf(byId.get(id) as Traced))
      },
    })
    const found = await all(walked, 3)
    expect(found.ids).toEqual(newestFirst(straddling))
    expect(fetched.length).toBeGreaterThan(0)
    expect(Math.max(...fetched)).toBeLessThanOrEqual(40)
    const without = backend(straddling)
    await all(without.walked, 3)
    expect(asked.length).toBeLessThanOrEqual(without.asked.length)
  })

  it('makes no cursor that is too long, whatever the ids', async () => {
    const traces = Array.from({ length: 60 }, (_, at) => {
      const shownAt = NOW - (at + 1) * 1000
      return { id: `${'é'.repeat(190)}${at}`, shownAt, start: shownAt - 48 * HOUR }
    })
    const newer = many(30, 10_000)
    const byId = new Map([...traces, ...newer].map((traced) => [traced.id, traced]))
    const { walked } = backend([...newer, ...traces], {
      byIds: async (ids) => ids.map((id) => rowOf(byId.get(id) as Traced)),
    })
    const found = await all(walked, 5)
    expect(found.ids).toEqual(newestFirst([...newer, ...traces]))
    expect(found.longest).toBeLessThanOrEqual(4000)
  })

  it('gives what it found where the backend fails midway; the next page meets the failure', async () => {
    let calls = 0
    const { walked } = backend(many(100, HOUR), {
      limits: { ...backend([]).walked.limits, longestWidth: HOUR },
    })
    const failing: WalkedListing = {
      ...walked,
      read: (...asked) => {
        if (++calls > 6) throw new SourceError('rate-limited', 'slow down', { retryAfterMs: 9 })
        return walked.read(...asked)
      },
    }
    const page = await walkListing(failing, EVERYTHING, { limit: 50 }, never)
    expect(page.items.length).toBeGreaterThan(2)
    expect(page).toMatchObject({ problems: ['slow down'], stopped: 'slow down' })
    expect(page.scanned?.complete).toBe(false)
    const cursor = page.nextCursor as string
    await expect(walkListing(failing, EVERYTHING, { limit: 50, cursor }, never)).rejects.toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 9,
    })
    const rest = await walkListing(walked, EVERYTHING, { limit: 1000, cursor }, never)
    expect(page.items.at(-1)?.traceId).not.toBe(rest.items[0]?.traceId)
  })

  it('gives a short page and a cursor where its calls run out, and comes to an end', async () => {
    const traces = many(300, 50)
    const { walked, asked } = backend(traces, {
      limits: { firstWidth: 1000 * HOUR, longestWidth: 1000 * HOUR, depth: 20, mostDepth: 80, calls: 3 },
      earliest: () => micros(NOW - 24 * HOUR),
    })
    const page = await walkListing(walked, EVERYTHING, { limit: 10 }, never)
    expect(page).toMatchObject({ items: [], scanned: { complete: false } })
    expect(asked.length).toBe(3)
    expect((await all(walked, 10)).ids).toEqual(newestFirst(traces))
  })

  it('refuses another order and a damaged cursor', async () => {
    const { walked } = backend(many(30, HOUR))
    const oldest = { ...EVERYTHING, sort: { field: 'startTime', descending: false } } as const
    await expect(walkListing(walked, oldest, { limit: 5 }, never)).rejects.toMatchObject({
      kind: 'unsupported',
    })
    const { nextCursor = '' } = await walkListing(walked, EVERYTHING, { limit: 5 }, never)
    const parts = JSON.parse(Buffer.from(nextCursor, 'base64url').toString('utf8')) as unknown[]
    for (const own of [
      undefined,
      [1],
      [1, 0],
      [1, 5, 'x'],
      [1, 5, ['a\n']],
      [-1, 5],
      [1, 5, Array(41).fill('a')],
      [1, 5, [], 'x', '', -1],
      [1, 5, [], 5, 7, -1],
      [1, 5, [], 5, '', -2],
      [1, 5, [], 5, '', -1, ['a\n']],
    ]) {
      const cursor = Buffer.from(JSON.stringify([...parts.slice(0, 5), own])).toString('base64url')
      await expect(walkListing(walked, EVERYTHING, { limit: 5, cursor }, never)).rejects.toMatchObject({
        kind: 'bad-request',
      })
    }
  })
})

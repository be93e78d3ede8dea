import { describe, expect, it } from 'vitest'
import { SourceError } from '../domain/port/source-error.ts'
import type { TraceSource } from '../domain/port/trace-source.ts'
import type { TraceSummary } from '../domain/trace.ts'
import { EVERYTHING } from '../domain/trace-query.ts'
import { durationMicros, micros, traceId } from '../domain/units.ts'
import { countByWalking, deriveMissing, sessionsByWalking } from './derived.ts'
import { quantile } from './summary-groups.ts'

const CAPABILITIES = {
  sorts: ['startTime'],
  ascending: false,
  counts: false,
  filters: [],
  text: false,
  suggest: false,
  sessions: false,
  chatbots: false,
} as const

/** `count` turns one second apart, ten to a session in turns, newest first, in pages of 25 at most. */
function source(count: number): TraceSource {
  const all: readonly TraceSummary[] = Array.from({ length: count }, (_, index) => ({
    traceId: traceId(`t${String(index).padStart(6, '0')}`),
    startTime: micros((count - index) * 1_000_000),
    duration: durationMicros(1000),
    status: index % 5 === 0 ? ('error' as const) : ('ok' as const),
    kind: 'turn' as const,
    chatbot: { id: 'bot', name: 'Bot' },
    session: { id: `s${Math.floor(index / 10)}` },
    metrics: {},
    tags: [],
    feedback: [],
    services: [],
  }))
  const refuse = () => Promise.reject(new SourceError('unsupported', 'not part of this'))
  return {
    info: { id: 's', label: 's', kind: 'langfuse', capabilities: CAPABILITIES },
    listTraces: async (query, page, signal) => {
      signal.throwIfAborted()
      const at = Number(page.cursor ?? 0)
      const fitting = all.filter(({ startTime }) => query.to === undefined || startTime < query.to)
      const items = fitting.slice(at, at + Math.min(page.limit, 25))
      const next = at + items.length
      return next < fitting.length ? { items, nextCursor: String(next) } : { items }
    },
    getTrace: refuse,
    getSpans: refuse,
    getSpan: refuse,
  }
}

const signal = new AbortController().signal

describe('answers derived by walking', () => {
  it('count what there is, and say so', async () => {
    const reply = await countByWalking(source(120), EVERYTHING, { traces: 500 }, signal)
    expect(reply).toMatchObject({ count: 120, complete: true, scanned: { traces: 120, complete: true } })
  })

  it('stop at the bound, and say how far they looked', async () => {
    const reply = await countByWalking(source(120), EVERYTHING, { traces: 50 }, signal)
    expect(reply).toMatchObject({
      count: 50,
      complete: false,
      scanned: { traces: 50, from: 71_000_000, to: 120_000_000, complete: false },
    })
    const few = await countByWalking(source(120), EVERYTHING, { traces: 500, pages: 2 }, signal)
    expect(few).toMatchObject({ count: 50, complete: false })
  })

  it('list all sessions though the first walk reaches a few of them, none twice, none cut in two', async () => {
    const walked = source(300)
    const found: { id: string; turns: number }[] = []
    let cursor: string | undefined
    do {
      const page = await sessionsByWalking(
        walked,
        EVERYTHING,
        cursor === undefined ? { limit: 4 } : { limit: 4, cursor },
        { traces: 45 },
        signal,
      )
      found.push(...page.items)
      cursor = page.nextCursor
    } while (cursor !== undefined)
    expect(found.map(({ id }) => id)).toEqual(Array.from({ length: 30 }, (_, index) => `s${index}`))
    // The walk of 45 ends within s4: it is listed once, with what was seen of it by then.
    expect(found.filter(({ turns }) => turns !== 10)).toEqual([
      expect.objectContaining({ id: 's4', turns: 5 }),
    ])
  })

  it('refuse a page size that is none, and another query’s cursor', async () => {
    const answering = deriveMissing(source(60))
    await expect(answering.listSessions(EVERYTHING, { limit: 0 }, signal)).rejects.toMatchObject({
      kind: 'bad-request',
    })
    const { nextCursor } = await answering.listSessions(EVERYTHING, { limit: 2 }, signal)
    const other = { ...EVERYTHING, text: 'x' }
    await expect(
      answering.listSessions(
        other,
        { limit: 2, ...(nextCursor !== undefined && { cursor: nextCursor }) },
        signal,
      ),
    ).rejects.toMatchObject({ kind: 'bad-request' })
  })

  it('prefer what the source does itself', async () => {
    const native: TraceSource = { ...source(10), count: async () => ({ count: 7, complete: true }) }
    expect(await deriveMissing(native).count(EVERYTHING, signal)).toEqual({ count: 7, complete: true })
  })
})

describe('quantile', () => {
  it('lies between neighbours', () => {
    expect([quantile([], 0.5), quantile([3], 0.95), quantile([1, 2, 3, 4], 0.5)]).toEqual([null, 3, 2.5])
  })
})

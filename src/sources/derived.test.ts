import { describe, expect, it } from 'vitest'
import type { TraceSummary } from '../domain/model/trace.ts'
import { durationMicros, micros, traceId } from '../domain/model/units.ts'
import { SourceError } from '../domain/port/source-error.ts'
import type { TraceSource } from '../domain/port/trace-source.ts'
import { EVERYTHING } from '../domain/query/trace-query.ts'
import { type AnsweringSource, deriveMissing } from './derived.ts'
import { quantile } from './summary-groups.ts'

const CAPABILITIES = {
  sorts: [],
  ascending: false,
  filters: [],
  text: false,
  costs: {
    count: 'walk',
    histogram: 'walk',
    suggest: 'walk',
    sessions: 'walk',
    chatbots: 'walk',
    aggregate: 'walk',
  },
  payloads: 'single',
  pollMs: 30_000,
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
    info: { id: 's', label: 's', kind: 'paged', about: 'pages', capabilities: CAPABILITIES },
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
const BUDGET = { traces: 500, pages: 100, ms: 30_000 }
/** The answers of a source, each within the budget. */
const answers = (of: TraceSource, budget: Partial<typeof BUDGET> = {}): AnsweringSource =>
  deriveMissing(of, { ...BUDGET, ...budget })

/** The same source, noting the limit of each listing it is asked for; a test may make one fail. */
function watched(of: TraceSource, before: (call: number) => Promise<void> = async () => {}) {
  const calls: number[] = []
  const source: TraceSource = {
    ...of,
    listTraces: async (query, page, aborted) => {
      calls.push(page.limit)
      await Promise.race([
        before(calls.length),
        new Promise((_, reject) => aborted.addEventListener('abort', () => reject(aborted.reason))),
      ])
      return of.listTraces(query, page, aborted)
    },
  }
  return { source, calls }
}

describe('answers derived by walking', () => {
  it('count what there is, and say so', async () => {
    const reply = await answers(source(120)).count(EVERYTHING, signal)
    expect(reply).toEqual({
      value: { count: 120, complete: true },
      scanned: { traces: 120, from: 1_000_000, to: 120_000_000, complete: true },
    })
  })

  it.each([
    [120, true],
    [121, false],
  ])('stop at the budget of 120 traces where there are %i', async (traces, complete) => {
    const { value, scanned, problems } = await answers(source(traces), { traces: 120 }).count(
      EVERYTHING,
      signal,
    )
    expect({ ...value, ...scanned }).toMatchObject({ count: 120, traces: 120, complete })
    expect(problems).toEqual(complete ? undefined : ['there are more than the newest 120 traces'])
  })

  it('stop at the budget of calls', async () => {
    const few = await answers(source(120), { pages: 2 }).count(EVERYTHING, signal)
    expect(few).toMatchObject({
      value: { count: 50, complete: false },
      problems: ['looking stopped after 2 calls'],
    })
  })

  it('give what they have when their time is over', async () => {
    const { source: slow } = watched(source(120), (call) =>
      call < 3 ? Promise.resolve() : new Promise(() => {}),
    )
    const reply = await answers(slow, { ms: 3_000 }).listChatbots(EVERYTHING, signal)
    expect(reply.items).toMatchObject([{ id: 'bot', turns: 50 }])
    expect(reply).toMatchObject({
      scanned: { complete: false },
      problems: ['looking stopped after 3 seconds'],
    })
    const { source: silent } = watched(source(120), () => new Promise(() => {}))
    await expect(answers(silent, { ms: 200 }).count(EVERYTHING, signal)).rejects.toMatchObject({
      kind: 'timeout',
    })
  })

  it('give what they have when the backend fails, and ask anew the next time', async () => {
    const { source: failing, calls } = watched(source(120), async (call) => {
      if (call === 3) throw new SourceError('rate-limited', 'slow down')
    })
    const answering = answers(failing)
    const cut = await answering.histogram(EVERYTHING, 10, signal)
    expect(cut).toMatchObject({
      value: { complete: false },
      scanned: { traces: 50 },
      problems: ['slow down'],
    })
    expect((await answering.count(EVERYTHING, signal)).value).toEqual({ count: 120, complete: true })
    expect(calls.length).toBe(8)
    const { source: down } = watched(source(9), () => Promise.reject(new SourceError('unreachable', 'down')))
    await expect(answers(down).count(EVERYTHING, signal)).rejects.toMatchObject({ kind: 'unreachable' })
  })

  it('share one walk among what a page asks at once', async () => {
    const { source: one, calls } = watched(source(120))
    const answering = answers(one)
    const [count, histogram, bots, values, sessions] = await Promise.all([
      answering.count(EVERYTHING, signal),
      answering.histogram(EVERYTHING, 10, signal),
      answering.listChatbots(EVERYTHING, signal),
      answering.suggest('session', 's1', EVERYTHING, signal),
      answering.listSessions(EVERYTHING, { limit: 5 }, signal),
    ])
    expect(calls.length).toBe(5)
    expect(count.value.count).toBe(120)
    expect(histogram.value.ok.reduce((sum, ok) => sum + ok, 0)).toBe(96)
    expect(bots.items).toMatchObject([{ turns: 120, errors: 24 }])
    expect(values.items[0]?.count).toBe(10)
    expect(sessions.items).toHaveLength(5)
    await answering.count({ ...EVERYTHING, text: 'x' }, signal)
    expect(calls.length).toBe(10)
  })

  it('go on for those who still wait when one leaves, and stop when all have left', async () => {
    const gate: (() => void)[] = []
    const { source: held, calls } = watched(source(60), () => new Promise((resolve) => gate.push(resolve)))
    const answering = answers(held)
    const [first, second] = [new AbortController(), new AbortController()]
    const left = answering.count(EVERYTHING, first.signal)
    const stays = answering.count(EVERYTHING, second.signal)
    first.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    expect(calls.length).toBe(1)
    gate.shift()?.()
    await expect.poll(() => calls.length).toBe(2)
    second.abort(new Error('gone too'))
    await expect(stays).rejects.toThrow('gone too')
    gate.shift()?.()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(calls.length).toBe(2)
  })

  it('refuse what is not offered', async () => {
    const plain = source(10)
    const { capabilities } = plain.info
    const costs = { ...capabilities.costs, suggest: 'none', count: 'exact' } as const
    const answering = answers({ ...plain, info: { ...plain.info, capabilities: { ...capabilities, costs } } })
    await expect(answering.suggest('session', '', EVERYTHING, signal)).rejects.toMatchObject({
      kind: 'unsupported',
    })
    // Said to be exact by a source that cannot count: it is walked for, and said to be.
    expect(answering.info.capabilities.costs.count).toBe('walk')
  })

  it('list all sessions though the first walk reaches a few of them, none twice, none cut in two', async () => {
    const walked = source(300)
    const found: { id: string; turns: number }[] = []
    let cursor: string | undefined
    do {
      const page = await answers(walked, { traces: 45 }).listSessions(
        EVERYTHING,
        cursor === undefined ? { limit: 4 } : { limit: 4, cursor },
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
    const native: TraceSource = {
      ...source(10),
      count: async () => ({ value: { count: 7, complete: true } }),
    }
    expect(await deriveMissing(native).count(EVERYTHING, signal)).toEqual({
      value: { count: 7, complete: true },
    })
  })
})

describe('quantile', () => {
  it('lies between neighbours', () => {
    expect([quantile([], 0.5), quantile([3], 0.95), quantile([1, 2, 3, 4], 0.5)]).toEqual([null, 3, 2.5])
  })
})

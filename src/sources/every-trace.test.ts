import { describe, expect, it } from 'vitest'
import type { Trace, TraceSummary } from '../domain/model/trace.ts'
import { durationMicros, micros, type TraceId, traceId } from '../domain/model/units.ts'
import { SourceError } from '../domain/port/source-error.ts'
import type { Page, TraceSource } from '../domain/port/trace-source.ts'
import { EVERYTHING } from '../domain/query/trace-query.ts'
import { everyTrace } from './every-trace.ts'

const summary = (id: string): TraceSummary => ({
  traceId: traceId(id),
  startTime: micros(1),
  duration: durationMicros(1),
  status: 'ok',
  kind: 'turn',
  chatbot: { id: 'bot', name: 'bot' },
  metrics: {},
  tags: [],
  feedback: [],
  services: [],
})

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

interface Script {
  readonly pages: readonly (readonly string[])[]
  readonly getTrace?: (id: TraceId, signal: AbortSignal) => Promise<void>
}

/** A source that gives the pages as they are written, and counts the calls that run at the same time. */
function scripted({ pages, getTrace }: Script) {
  const seen = { atOnce: 0, most: 0, fetched: [] as string[], pages: 0 }
  const refuse = () => Promise.reject(new SourceError('unsupported', 'not part of this'))
  const source: TraceSource = {
    info: { id: 's', label: 's', kind: 'paged', about: 'pages', capabilities: CAPABILITIES },
    listTraces: async (_query, page): Promise<Page<TraceSummary>> => {
      const index = Number(page.cursor ?? 0)
      seen.pages++
      const items = (pages[index] ?? []).map(summary)
      return index + 1 < pages.length ? { items, nextCursor: String(index + 1) } : { items }
    },
    getTrace: async (id, signal): Promise<Trace> => {
      seen.most = Math.max(seen.most, ++seen.atOnce)
      try {
        await getTrace?.(id, signal)
        await new Promise((resolve) => setTimeout(resolve, 1))
        seen.fetched.push(id)
        return { ...summary(id), spans: null }
      } finally {
        seen.atOnce--
      }
    },
    getSpans: refuse,
    getSpan: refuse,
  }
  return { source, seen }
}

const collect = async (source: TraceSource, options = {}, signal = new AbortController().signal) => {
  const found: string[] = []
  for await (const batch of everyTrace(source, EVERYTHING, signal, options)) {
    found.push(...batch.map((trace) => trace.traceId))
  }
  return found
}

describe('everyTrace', () => {
  it('goes through short and empty pages, in order, each trace once', async () => {
    const { source } = scripted({ pages: [['a', 'b'], [], ['b', 'c'], [], ['d']] })
    expect(await collect(source)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('keeps the order though the first answer comes last', async () => {
    const { source, seen } = scripted({
      pages: [['slow', 'b', 'c', 'd', 'e']],
      getTrace: (id) => new Promise((resolve) => setTimeout(resolve, id === 'slow' ? 30 : 1)),
    })
    expect(await collect(source, { concurrency: 3 })).toEqual(['slow', 'b', 'c', 'd', 'e'])
    expect(seen.most).toBe(3)
  })

  it('leaves out what is gone since it was listed, and throws every other failure', async () => {
    const failing = (kind: 'not-found' | 'timeout') =>
      scripted({
        pages: [['a', 'b', 'c']],
        getTrace: async (id) => {
          if (id === 'b') throw new SourceError(kind, 'b')
        },
      }).source
    expect(await collect(failing('not-found'))).toEqual(['a', 'c'])
    await expect(collect(failing('timeout'))).rejects.toMatchObject({ kind: 'timeout' })
  })

  it('waits as long as a rate limit says, then goes on', async () => {
    let refused = 0
    const { source } = scripted({
      pages: [['a', 'b']],
      getTrace: async (id) => {
        if (id === 'b' && refused++ < 2)
          throw new SourceError('rate-limited', 'slow down', { retryAfterMs: 2 })
      },
    })
    expect(await collect(source)).toEqual(['a', 'b'])
    expect(refused).toBe(3)
  })

  it('tells of what the source could not give, as it comes across it', async () => {
    const { source } = scripted({ pages: [['a'], ['b']] })
    const gap = { from: micros(1), to: micros(2), fact: 'a burst' }
    const listTraces: TraceSource['listTraces'] = async (query, page, signal) => ({
      ...(await source.listTraces(query, page, signal)),
      ...(page.cursor !== undefined && { gaps: [gap] }),
    })
    const gaps: unknown[] = []
    const found: string[] = []
    const never = new AbortController().signal
    for await (const batch of everyTrace({ ...source, listTraces }, EVERYTHING, never, {
      onGap: (one) => gaps.push(one),
    }))
      found.push(...batch.map((trace) => trace.traceId))
    expect(found).toEqual(['a', 'b'])
    expect(gaps).toEqual([gap])
  })

  it('stops asking when the reader leaves', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => `t${index}`)
    const signals: AbortSignal[] = []
    const { source, seen } = scripted({
      pages: [ids, ids.map((id) => `${id}x`)],
      getTrace: async (_id, signal) => {
        signals.push(signal)
      },
    })
    for await (const batch of everyTrace(source, EVERYTHING, new AbortController().signal, {
      batchSize: 3,
    })) {
      expect(batch.length).toBeGreaterThanOrEqual(3)
      break
    }
    expect(seen.pages).toBe(1)
    expect(signals.length).toBeLessThan(20)
    expect(signals.every((signal) => signal.aborted)).toBe(true)
  })

  it('uses the stream of a source that has one', async () => {
    const { source, seen } = scripted({ pages: [['a']] })
    const streaming: TraceSource = {
      ...source,
      async *streamTraces() {
        yield [{ ...summary('streamed'), spans: null }]
      },
    }
    expect(await collect(streaming)).toEqual(['streamed'])
    expect(seen.pages).toBe(0)
  })
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RecordedTurn } from '../../../domain/model/recorded-turn.ts'
import type { Span } from '../../../domain/model/span.ts'
import { NO_FACETS, type Trace } from '../../../domain/model/trace.ts'
import {
  type DurationMicros,
  durationMicros,
  type Micros,
  micros,
  traceId,
} from '../../../domain/model/units.ts'
import { EVERYTHING, type FilterField } from '../../../domain/query/trace-query.ts'
import { openStore, type Store } from '../store.ts'
import { START, span } from '../testing/spans.ts'

const NEVER = new AbortController().signal

let directory: string
let store: Store
let now: number
const open = (retention?: DurationMicros) =>
  openStore({ directory, retention, now: () => now as Micros, log: () => {} })
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'turnscope-turns-'))
  now = START
  store = await open()
})
afterEach(async () => {
  await store.close()
  rmSync(directory, { recursive: true })
})

const turn = (id: string, more: Partial<Trace> = {}, changed: readonly string[] = []): RecordedTurn => ({
  facets: { ...NO_FACETS, changed },
  trace: {
    traceId: traceId(id),
    startTime: micros(START),
    duration: durationMicros(500),
    status: 'ok',
    kind: 'turn',
    chatbot: { id: 'Fern', name: 'Fern' },
    session: { id: 's-1' },
    input: 'Hi',
    output: 'Hello',
    metrics: {},
    tags: [],
    feedback: [],
    services: [],
    spans: null,
    ...more,
  },
})
const get = (id: string) => store.source.getTrace(traceId(id), NEVER)
const found = async (field: FilterField, value: string) =>
  (
    await store.source.listTraces(
      { ...EVERYTHING, conditions: [{ field, operator: 'is', values: [value] }] },
      { limit: 10 },
      NEVER,
    )
  ).items.map((item) => item.traceId)

describe('recorded turns', () => {
  it('are kept whole, and over a restart', async () => {
    const whole = turn(
      'a',
      {
        participant: { id: 'ana', name: 'Ana' },
        participantData: {
          before: { tier: 'free' },
          after: { tier: 'pro' },
          changes: [['change', 'tier', ['free', 'pro']]],
          problems: ['one'],
        },
        sessionData: { step: 3 },
        feedback: [
          { name: 'thumbs', value: 'up', comment: 'fine' },
          { name: 'score', value: 0.5 },
        ],
        metrics: { cost: null, toolCalls: 0, totalTokens: 12 },
        input: 'x'.repeat(2_000),
        spans: { source: 'langfuse', traceId: traceId('lf-1') },
        externalUrl: 'https://langfuse.example/lf-1',
      },
      ['tier'],
    )
    await store.addTurns([whole])
    expect(await get('a')).toEqual(whole.trace)
    await store.close()
    store = await open()
    expect(await get('a')).toEqual(whole.trace)
    expect(await found('changed', 'tier')).toEqual(['a'])
    expect(await found('feedback', 'up')).toEqual(['a'])
    expect(await found('score', '0.5')).toEqual(['a'])
  })

  it('without spans have no span tree', async () => {
    await store.addTurns([turn('a')])
    expect((await get('a')).spans).toBeNull()
    expect(await store.source.getSpans(traceId('a'), NEVER)).toMatchObject({ spans: [], complete: true })
  })

  it('replace one of the same id, of which the last counts', async () => {
    await store.addTurns([turn('a', { status: 'pending', startTime: micros(START - 5_000_000) })])
    await store.addTurns([turn('a', { output: 'second' }), turn('a', { output: 'third' })])
    const { items } = await store.source.listTraces(EVERYTHING, { limit: 10 }, NEVER)
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({ output: 'third', status: 'ok', startTime: START })
  })

  it('that come again unchanged are no news', async () => {
    await store.addTurns([turn('a')])
    const told: unknown[] = []
    store.onChange((ids) => told.push(ids))
    await store.addTurns([turn('a')])
    expect(told).toEqual([])
    await store.addTurns([turn('a', { output: 'other' })])
    expect(told).toEqual([['a']])
  })

  it('are pending as long as they say so', async () => {
    await store.addTurns([turn('a', { status: 'pending' })])
    now += 60 * 60 * 1_000_000
    expect((await get('a')).status).toBe('pending')
    expect(await found('status', 'pending')).toEqual(['a'])
  })

  it('beyond the retention go, with their spans', async () => {
    await store.addTurns([turn('a'), turn('b')])
    await store.addSpans([span('b.1')])
    await store.close()
    now += 10_000_000
    store = await open(durationMicros(1_000_000))
    await expect.poll(() => get('a').catch((error) => error.kind)).toBe('not-found')
    await expect.poll(() => get('b').catch((error) => error.kind)).toBe('not-found')
    await store.close()
    store = await open()
  })
})

describe.each([
  [
    'before',
    async (spans: () => Promise<void>, turns: () => Promise<void>) => [await spans(), await turns()],
  ],
  ['after', async (spans: () => Promise<void>, turns: () => Promise<void>) => [await turns(), await spans()]],
  ['with', (spans: () => Promise<void>, turns: () => Promise<void>) => Promise.all([spans(), turns()])],
] as const)('spans that come %s a recorded turn', (_, arrive) => {
  it.each([[false], [true]])('become its span tree (store opened again: %s)', async (again) => {
    await arrive(
      () => store.addSpans([span('a.1'), span('a.2', { parent: '1', start: 100 })]),
      () => store.addTurns([turn('a'), turn('b')]),
    )
    if (again) {
      await store.close()
      store = await open()
      await store.addSpans([span('a.3', { parent: '1', start: -9_000 })])
    }
    const trace = await get('a')
    expect(trace).toMatchObject({
      spans: { source: 'local', traceId: 'a' },
      chatbot: { id: 'Fern' },
      input: 'Hi',
      startTime: START,
      duration: 500,
      services: ['bot'],
      spanCount: again ? 3 : 2,
    })
    const { spans } = await store.source.getSpans(traceId('a'), NEVER)
    expect(spans.map(({ spanId }) => spanId).sort()).toEqual(again ? ['1', '2', '3'] : ['1', '2'])
    expect((await get('b')).spans).toBeNull()
    expect((await store.source.listTraces(EVERYTHING, { limit: 9 }, NEVER)).items).toHaveLength(2)
  })

  it('leave it where its provider is', async () => {
    const spans = { source: 'langfuse', traceId: traceId('lf') }
    await arrive(
      () => store.addSpans([span('a.1')]),
      () => store.addTurns([turn('a', { spans })]),
    )
    expect((await get('a')).spans).toEqual(spans)
  })
})

it('of a turn without its root span are awaited, though the turn is not', async () => {
  await store.addTurns([turn('a')])
  await store.addSpans([span('a.2', { parent: '1' })])
  expect((await get('a')).status).toBe('ok')
  expect((await store.source.getSpans(traceId('a'), NEVER)).complete).toBe(false)
})

describe('the spans of a trace as they were recorded', () => {
  it('are given in order of time, in batches, each once', async () => {
    const spans = Array.from({ length: 1_234 }, (_, index) =>
      span(`a.${index}`, { start: Math.floor(index / 7) * 10, attributes: { index } }),
    )
    await store.addSpans([...spans.toReversed(), span('b.1')])
    const batches: number[] = []
    const given: Span[] = []
    for await (const batch of store.source.streamSpans?.(traceId('a'), NEVER) ?? []) {
      batches.push(batch.length)
      given.push(...batch)
    }
    expect(batches).toEqual([250, 250, 250, 250, 234])
    expect(given.map(({ startTime }) => startTime)).toEqual(spans.map(({ startTime }) => startTime))
    expect(new Set(given.map(({ spanId }) => spanId)).size).toBe(1_234)
    expect(given.find(({ spanId }) => spanId === '77')).toEqual(spans[77])
  })

  it('are not found where there is no such trace', async () => {
    const stream = store.source.streamSpans?.(traceId('nobody'), NEVER)
    await expect(stream?.[Symbol.asyncIterator]().next()).rejects.toMatchObject({ kind: 'not-found' })
  })
})

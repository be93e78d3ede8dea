import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { durationMicros, type Micros, micros, spanId, traceId } from '../../domain/model/units.ts'
import { EVERYTHING } from '../../domain/query/trace-query.ts'
import { conventionReader } from './columns/reader.ts'
import { openStore, type Store, type StoreOptions } from './store.ts'
import { plainReader } from './testing/plain-reader.ts'
import { log, START, span } from './testing/spans.ts'

const signal = new AbortController().signal

let directory: string
const open: Store[] = []
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'turnscope-store-'))
})
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
  await rm(directory, { recursive: true, force: true })
})

async function opened(options: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await openStore({ directory, reader: plainReader, now: () => micros(START), ...options })
  open.push(store)
  return store
}

const idsOf = async (store: Store) =>
  (await store.source.listTraces(EVERYTHING, { limit: 100 }, signal)).items.map(({ traceId }) => traceId)
const spanIdsOf = async (store: Store, id: string) =>
  (await store.source.getSpans(traceId(id), signal)).spans.map(({ spanId }) => spanId).sort()

describe('what is added', () => {
  it('is listed newest first, with its spans and their payloads', async () => {
    const store = await opened()
    expect(store.isEmpty()).toBe(true)
    const attributes = { input: 'Hello', nested: { list: [1, 'two', null] } }
    await store.addSpans([
      span('a.1', { attributes }),
      span('b.1', { start: 10 }),
      span('a.2', { parent: '1' }),
    ])
    expect(store.isEmpty()).toBe(false)
    expect(await idsOf(store)).toEqual(['b', 'a'])
    expect(await spanIdsOf(store, 'a')).toEqual(['1', '2'])
    const detail = await store.source.getSpan(traceId('a'), spanId('1'), signal)
    expect(detail.span).toEqual(span('a.1', { attributes }))
    const trace = await store.source.getTrace(traceId('a'), signal)
    expect(trace).toMatchObject({ input: 'Hello', spanCount: 2, spans: { source: 'local', traceId: 'a' } })
  })

  it('is counted once, however often it is delivered', async () => {
    const store = await opened()
    const spans = [span('a.1'), span('a.2', { parent: '1' })]
    await store.addSpans(spans)
    await Promise.all([store.addSpans(spans), store.addSpans([...spans, ...spans])])
    await store.close()
    const again = await opened()
    await again.addSpans(spans)
    expect(await spanIdsOf(again, 'a')).toEqual(['1', '2'])
    expect(await again.source.getTrace(traceId('a'), signal)).toMatchObject({ spanCount: 2 })
    expect(await idsOf(again)).toEqual(['a'])
  })

  it('joins its trace when it comes late, also after the store was opened again', async () => {
    const store = await opened()
    await store.addSpans([span('a.2', { parent: '1', start: 50 })])
    await store.close()
    const again = await opened()
    await again.addSpans([span('a.3', { parent: '1', start: 60, status: { code: 'error', message: 'no' } })])
    await again.addSpans([span('a.1')])
    expect(await idsOf(again)).toEqual(['a'])
    expect(await again.source.getTrace(traceId('a'), signal)).toMatchObject({
      startTime: START,
      spanCount: 3,
      status: 'error',
      error: 'no',
    })
  })

  it('is not found under another id', async () => {
    const store = await opened()
    await expect(store.source.getTrace(traceId('a'), signal)).rejects.toMatchObject({ kind: 'not-found' })
    await store.addSpans([span('a.1')])
    await expect(store.source.getSpan(traceId('a'), spanId('2'), signal)).rejects.toMatchObject({
      kind: 'not-found',
    })
  })
})

describe('a trace without its root', () => {
  it('is pending for five minutes after its newest span', async () => {
    let now = START
    const store = await opened({ now: () => now as Micros })
    await store.addSpans([span('a.2', { parent: '1' })])
    const status = async () => (await store.source.getTrace(traceId('a'), signal)).status
    expect(await status()).toBe('pending')
    const pending = {
      ...EVERYTHING,
      conditions: [{ field: 'status', operator: 'is', values: ['pending'] }],
    } as const
    expect(await store.source.count?.(pending, signal)).toEqual({ value: { count: 1, complete: true } })
    now = START + 299e6
    expect(await status()).toBe('pending')
    now = START + 300e6
    expect(await status()).toBe('ok')
    expect(await store.source.count?.(pending, signal)).toEqual({ value: { count: 0, complete: true } })
  })
})

describe('a span that was running', () => {
  it('is replaced by itself once it has ended, and never the other way round', async () => {
    const store = await opened()
    await store.addSpans([span('a.1', { duration: null })])
    await store.addSpans([span('a.1')])
    await store.addSpans([span('a.1', { duration: null })])
    const { spans } = await store.source.getSpans(traceId('a'), signal)
    expect(spans).toMatchObject([{ spanId: '1', state: 'ok', duration: 1_000 }])
    const detail = await store.source.getSpan(traceId('a'), spanId('1'), signal)
    expect(detail.span.duration).toBe(1_000)
  })
})

describe('odd times and texts', () => {
  it.each([
    ['1970', 1],
    ['2300', 10_413_792_000_000_000],
  ])('keeps a span of the year %s where it belongs', async (_, start) => {
    const store = await opened()
    await store.addSpans([span('now.1'), span('odd.1', { startTime: micros(start) })])
    expect(await idsOf(store)).toEqual(start < START ? ['now', 'odd'] : ['odd', 'now'])
    const ascending = { ...EVERYTHING, sort: { field: 'startTime', descending: false } } as const
    const streamed: string[] = []
    for await (const batch of store.source.streamTraces?.(ascending, signal) ?? []) {
      streamed.push(...batch.map(({ traceId }) => traceId))
    }
    expect(streamed).toEqual(start < START ? ['odd', 'now'] : ['now', 'odd'])
    expect(await store.source.getTrace(traceId('odd'), signal)).toMatchObject({ startTime: start })
    const histogram = await store.source.histogram?.(EVERYTHING, 90, signal)
    expect(histogram?.value.ok.reduce((a, b) => a + b)).toBe(2)
  })

  it('joins spans of one trace that lie centuries apart', async () => {
    const store = await opened()
    await store.addSpans([span('a.1', { startTime: micros(0) })])
    await store.addSpans([span('a.2', { parent: '1' })])
    expect(await spanIdsOf(store, 'a')).toEqual(['1', '2'])
  })

  it('keeps NUL, lone surrogates and what looks like code as they came', async () => {
    const store = await opened()
    const attributes = { input: 'a\u0000b\ud800c', name: `'); DROP TABLE traces; --` }
    await store.addSpans([span('a.1', { attributes, name: `x'\u0000"` })])
    const { span: found } = await store.source.getSpan(traceId('a'), spanId('1'), signal)
    expect(found.attributes).toEqual(attributes)
    expect(found.name).toBe(`x'\u0000"`)
    expect((await store.source.getTrace(traceId('a'), signal)).input).toBe(attributes.input)
  })

  it("takes ids that are names of an object's own", async () => {
    const store = await opened()
    await store.addSpans([span('__proto__.__proto__'), span('constructor.toString', { start: -1 })])
    expect(await idsOf(store)).toEqual(['__proto__', 'constructor'])
    expect(await spanIdsOf(store, '__proto__')).toEqual(['__proto__'])
  })
})

describe('a large trace that comes in many deliveries', () => {
  it('is whole whenever it is read, though its row is not written with each', async () => {
    let folds = 0
    const counting = {
      ...plainReader,
      summarise: (...given: Parameters<typeof plainReader.summarise>) => {
        folds++
        return plainReader.summarise(...given)
      },
    }
    const store = await opened({ reader: counting })
    for (let part = 0; part < 60; part++) {
      await store.addSpans(Array.from({ length: 100 }, (_, index) => span(`a.${part * 100 + index}`)))
    }
    expect(folds).toBeLessThan(20)
    expect(await store.source.getTrace(traceId('a'), signal)).toMatchObject({ spanCount: 6_000 })
    expect((await store.source.getSpans(traceId('a'), signal)).spans).toHaveLength(6_000)
  })
})

describe('retention', () => {
  it('deletes what is older, with all that belongs to it', async () => {
    let now = START
    const store = await opened({ now: () => now as Micros })
    await store.addSpans([span('old.1'), span('new.1', { start: 3_600e6 })])
    await store.addLogs([log('old'), log('new')])
    await store.close()
    now = START + 2 * 3_600e6
    const lines: string[] = []
    const again = await opened({
      now: () => now as Micros,
      retention: durationMicros(1.5 * 3_600e6),
      log: (line) => lines.push(line),
    })
    await expect
      .poll(() => lines, { timeout: 20_000 })
      .toEqual(['store: 1 traces older than the retention deleted'])
    expect(await idsOf(again)).toEqual(['new'])
    await expect(again.source.getSpans(traceId('old'), signal)).rejects.toMatchObject({ kind: 'not-found' })
    expect((await again.source.getSpan(traceId('new'), spanId('1'), signal)).logs).toHaveLength(1)
    expect(again.isEmpty()).toBe(false)
  })
})

describe('log records', () => {
  it('are shown with their span, each once', async () => {
    const store = await opened()
    await store.addSpans([span('a.1')])
    await Promise.all([store.addLogs([log('a'), log('b')]), store.addLogs([log('a')])])
    const detail = await store.source.getSpan(traceId('a'), spanId('1'), signal)
    expect(detail.logs).toEqual([log('a')])
  })

  it('of a trace are given in order of time, also those of no span and before any span came', async () => {
    const store = await opened()
    const late = { ...log('a'), spanId: null, time: micros(START + 5_000), body: 'of no span' }
    await store.addLogs([late, log('a'), log('b')])
    expect(await store.source.getLogs?.(traceId('a'), signal)).toEqual({
      logs: [log('a'), late],
      complete: true,
    })
    await expect(store.source.getLogs?.(traceId('c'), signal)).rejects.toMatchObject({ kind: 'not-found' })
    await store.addSpans([span('c.1')])
    expect(await store.source.getLogs?.(traceId('c'), signal)).toEqual({ logs: [], complete: true })
  })

  it('whose trace never came go with the retention', async () => {
    let now = START
    const options = { retention: durationMicros(1_000_000), now: () => now as Micros }
    const store = await opened(options)
    const young = { ...log('b'), time: micros(START + 9_500_000) }
    await store.addLogs([log('a')])
    now += 10_000_000
    await store.addLogs([young])
    await store.close()
    const again = await opened(options)
    const left = (id: string) => again.source.getLogs?.(traceId(id), signal)
    await expect.poll(() => left('a')?.catch((error) => error.kind), { timeout: 20_000 }).toBe('not-found')
    expect((await left('b'))?.logs).toEqual([young])
  })
})

describe('a span whose messages stand in its log records', () => {
  const generation = () =>
    span('a.1', { attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.conversation.id': 's' } })
  const said = { ...log('a'), eventName: 'gen_ai.user.message', body: { content: 'Where is it?' } }
  const inputOf = async (store: Store) => (await store.source.getTrace(traceId('a'), signal)).input

  it.each(['spans first', 'logs first', 'spans first, opened again', 'logs first, opened again'])(
    'is read with them: %s',
    async (order) => {
      const parts = [
        (store: Store) => store.addSpans([generation()]),
        (store: Store) => store.addLogs([said]),
      ]
      if (order.startsWith('logs')) parts.reverse()
      const conventions = { reader: conventionReader() }
      let store = await opened(conventions)
      for (const part of parts) {
        await part(store)
        if (order.endsWith('again')) {
          await store.close()
          store = await opened(conventions)
        }
      }
      expect(await inputOf(store)).toBe('Where is it?')
      expect(await spanIdsOf(store, 'a')).toEqual(['1'])
      await store.addLogs([said])
      await store.addSpans([generation()])
      expect((await store.source.getSpan(traceId('a'), spanId('1'), signal)).logs).toEqual([said])
    },
  )
})

describe('what cannot be taken', () => {
  it('is refused with the time to come back, and what was taken before is written', async () => {
    const store = await opened({ maxUnderWay: 10 * 1024 ** 2 })
    const big = (id: string) => span(id, { attributes: { input: 'x'.repeat(1024 ** 2) } })
    const results = await Promise.allSettled(
      Array.from({ length: 24 }, (_, index) => store.addSpans([big(`t${index}.1`)])),
    )
    const refused = results.filter((result) => result.status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    for (const { reason } of refused) {
      expect(reason).toMatchObject({ kind: 'rate-limited', retryAfterMs: expect.any(Number) })
    }
    const kept = (await idsOf(store)).length
    expect(kept).toBe(24 - refused.length)
    await store.addSpans([span('later.1')])
    expect(await idsOf(store)).toHaveLength(kept + 1)
  })

  it('leaves nothing behind where spans came some at a time and then failed', async () => {
    const store = await opened({ maxUnderWay: 10 * 1024 ** 2 })
    const big = (id: string) => span(id, { attributes: { input: 'x'.repeat(1024 ** 2) } })
    const broken = async function* () {
      yield [big('a.1'), big('a.2')]
      yield [big('b.1')]
      throw new Error('it broke off')
    }
    for (let attempt = 0; attempt < 4; attempt++)
      await expect(store.addSpansInParts(broken())).rejects.toThrow('it broke off')
    expect(await idsOf(store)).toEqual([])
    const whole = async function* () {
      yield [big('a.1')]
      yield [big('a.2'), span('b.1')]
    }
    await store.addSpansInParts(whole())
    expect(await spanIdsOf(store, 'a')).toEqual(['1', '2'])
    expect(await idsOf(store)).toHaveLength(2)
  })

  it('is nothing at all when the store is read-only', async () => {
    const store = await opened()
    await store.addSpans([span('a.1')])
    await store.close()
    const again = await opened({ readOnly: true })
    expect(await idsOf(again)).toEqual(['a'])
    await expect(again.addSpans([span('b.1')])).rejects.toMatchObject({ kind: 'unsupported' })
  })
})

describe('who listens', () => {
  it('is told after each commit which traces changed, and of nothing else', async () => {
    const store = await opened()
    const told: string[][] = []
    const stop = store.onChange((ids) => told.push([...ids]))
    await store.addSpans([span('a.1'), span('b.1')])
    await store.addSpans([span('a.1')])
    await store.addSpans([span('b.2', { parent: '1' })])
    stop()
    await store.addSpans([span('c.1')])
    expect(told).toEqual([['a', 'b'], ['b']])
  })
})

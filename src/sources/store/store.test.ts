import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Span } from '../../domain/span.ts'
import { EVERYTHING } from '../../domain/trace-query.ts'
import { durationMicros, type Micros, micros, spanId, traceId } from '../../domain/units.ts'
import { plainReader } from './plain-reader.ts'
import { openStore, type Store, type StoreOptions } from './store.ts'

const START = 1_760_000_000_000_000
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

/** `span('a.1')` is the root of trace a; `span('a.2', {parent: '1'})` below it. */
function span(
  name: string,
  { parent, start = 0, ...rest }: { parent?: string; start?: number } & Partial<Span> = {},
): Span {
  const [trace = '', id = ''] = name.split('.')
  return {
    traceId: traceId(trace),
    spanId: spanId(id),
    parentId: parent === undefined ? null : spanId(parent),
    name: `span ${id}`,
    otelKind: 'internal',
    startTime: micros(START + start),
    duration: durationMicros(1_000),
    status: { code: 'unset' },
    attributes: {},
    events: [],
    links: [],
    resource: { 'service.name': 'bot' },
    scope: { name: 'test' },
    ...rest,
  }
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
    expect(await store.source.count?.(pending, signal)).toEqual({ count: 1, complete: true })
    now = START + 299e6
    expect(await status()).toBe('pending')
    now = START + 300e6
    expect(await status()).toBe('ok')
    expect(await store.source.count?.(pending, signal)).toEqual({ count: 0, complete: true })
  })
})

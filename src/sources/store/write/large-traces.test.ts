import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Span } from '../../../domain/model/span.ts'
import { durationMicros, type Micros, micros, spanId, traceId } from '../../../domain/model/units.ts'
import { EVERYTHING } from '../../../domain/query/trace-query.ts'
import { openStore, type Store, type StoreOptions } from '../store.ts'
import { plainReader } from '../testing/plain-reader.ts'
import { log, START, span } from '../testing/spans.ts'

// A row of a trace of more than 1,000 spans may be behind its spans for a while. What was acknowledged in that
// while must be there after a kill: opening a copy of the files is what a start after a kill finds.

const signal = new AbortController().signal
const A = traceId('a')
const SECOND = 1_000_000

let root: string
let directory: string
const open: Store[] = []
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'turnscope-large-'))
  directory = join(root, 'first')
})
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
  await rm(root, { recursive: true, force: true })
})

async function opened(options: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await openStore({ directory, reader: plainReader, now: () => micros(START), ...options })
  open.push(store)
  return store
}

/** Opens what a kill at this moment would leave. */
async function killed(options: Partial<StoreOptions> = {}): Promise<Store> {
  const left = directory
  directory = join(root, `after ${left.split('/').at(-1)}`)
  await cp(left, directory, { recursive: true })
  return opened(options)
}

/** Spans `from` to `to` of trace a, `seconds` after its start and one microsecond after each other. */
const spans = (from: number, to: number, seconds: number): Span[] =>
  Array.from({ length: to - from }, (_, index) =>
    span(`a.${from + index}`, { start: seconds * SECOND + index, ...(from + index > 0 && { parent: '0' }) }),
  )

/** A trace whose row is behind its last spans: what is counted, and when those began. */
async function leftBehind(store: Store, count: number, late: readonly Span[]): Promise<void> {
  const size = Math.ceil(count / 12)
  for (let at = 0; at < count; at += size) await store.addSpans(spans(at, Math.min(at + size, count), at))
  await store.source.getTrace(A, signal)
  for (let at = 0; at < late.length; at += 100) await store.addSpans(late.slice(at, at + 100))
}

/** How many spans each way of reading finds of trace a. */
async function seen(store: Store) {
  const { spans: outlines } = await store.source.getSpans(A, signal)
  let streamed = 0
  for await (const batch of store.source.streamSpans?.(A, signal) ?? []) streamed += batch.length
  const { items } = await store.source.listTraces(EVERYTHING, { limit: 10 }, signal)
  return {
    spans: outlines.length,
    distinct: new Set(outlines.map(({ spanId }) => spanId)).size,
    streamed,
    listed: items.map(({ spanCount }) => spanCount),
  }
}
const all = (count: number) => ({ spans: count, distinct: count, streamed: count, listed: [count] })

describe('what was acknowledged of a large trace is there after a kill', () => {
  it.each([
    ['later than its row says', 1_200, 100_000],
    ['earlier than its row says', 1_200, -100_000],
    ['within what its row says', 1_200, 5],
    ['of 20,000 spans', 20_000, 100_000],
    ['of the fewest spans whose row waits', 1_001, 100_000],
    ['of the most spans whose row does not wait', 800, 100_000],
  ])('%s', { timeout: 300_000 }, async (_, count, seconds) => {
    const late = spans(count, count + 200, seconds)
    await leftBehind(await opened(), count, late)
    const store = await killed()
    expect(await seen(store)).toEqual(all(count + 200))
    await store.addSpans(late)
    expect(await seen(await killed())).toEqual(all(count + 200))
  })

  it('also while it is not opened for writing', async () => {
    await leftBehind(await opened(), 1_200, spans(1_200, 1_400, 100_000))
    const { spans: found, streamed } = await seen(await killed({ readOnly: true }))
    expect([found, streamed]).toEqual([1_400, 1_400])
  })

  it('a span that ended meanwhile, with another start', async () => {
    const first = await opened()
    await leftBehind(first, 1_200, [span('a.late', { parent: '0', start: 5, duration: null })])
    await first.source.getTrace(A, signal)
    const ended = span('a.late', { parent: '0', start: 100_000 * SECOND })
    await first.addSpans([ended])
    const store = await killed()
    expect(await seen(store)).toEqual(all(1_201))
    await store.addSpans([ended])
    expect(await seen(store)).toEqual(all(1_201))
    expect((await store.source.getSpan(A, spanId('late'), signal)).span.duration).toBe(1_000)
  })

  it('log records, and the span that they belong to', async () => {
    const first = await opened()
    await leftBehind(first, 1_200, spans(1_200, 1_400, 100_000))
    const record = { ...log('a'), spanId: spanId('1399'), time: micros(START + 100_000 * SECOND) }
    await first.addLogs([record])
    const store = await killed()
    expect(await seen(store)).toEqual(all(1_400))
    await store.addLogs([record])
    expect((await store.source.getSpan(A, spanId('1399'), signal)).logs).toEqual([record])
    expect(await seen(store)).toEqual(all(1_400))
  })

  it('and goes whole when it is older than the retention', async () => {
    await leftBehind(await opened(), 1_200, spans(1_200, 1_400, 100_000))
    const lines: string[] = []
    const retained = await killed({
      retention: durationMicros(10 * SECOND),
      now: () => (START + 200_000 * SECOND) as Micros,
      log: (line) => lines.push(line),
    })
    await expect
      .poll(() => lines, { timeout: 60_000 })
      .toEqual(['store: 1 traces older than the retention deleted'])
    await retained.close()
    const store = await opened()
    await expect(store.source.getSpans(A, signal)).rejects.toMatchObject({ kind: 'not-found' })
    // Nothing was left behind that would join a trace of the same id.
    await store.addSpans([span('a.1399', { start: 100_000 * SECOND }), span('a.0', { start: 0 })])
    expect(await seen(store)).toEqual(all(2))
  })
})

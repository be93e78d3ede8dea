import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { GivenFeedback } from '../../../domain/model/given-feedback.ts'
import {
  type DurationMicros,
  durationMicros,
  type Micros,
  micros,
  spanId,
  traceId,
} from '../../../domain/model/units.ts'
import { EVERYTHING, type FilterField } from '../../../domain/query/trace-query.ts'
import { openStore, type Store } from '../store.ts'
import { START, span } from '../testing/spans.ts'

const NEVER = new AbortController().signal
const DAY = 86_400_000_000

let directory: string
let store: Store
let now: number
const open = (retention?: DurationMicros) =>
  openStore({ directory, retention, now: () => now as Micros, log: () => {} })
const reopen = async () => {
  await store.close()
  store = await open()
}
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'turnscope-feedback-'))
  now = START + 60_000_000
  store = await open()
})
afterEach(async () => {
  await store.close()
  rmSync(directory, { recursive: true })
})

const given = (id: string, trace: string, more: Partial<GivenFeedback> = {}): GivenFeedback => ({
  id,
  traceId: traceId(trace),
  name: 'thumbs',
  value: 'up',
  ...more,
})
const get = (id: string) => store.source.getTrace(traceId(id), NEVER)
const feedbackOf = async (id: string) => (await get(id)).feedback
const found = async (field: FilterField, value: string) =>
  (
    await store.source.listTraces(
      { ...EVERYTHING, conditions: [{ field, operator: 'is', values: [value] }] },
      { limit: 10 },
      NEVER,
    )
  ).items.map((item) => item.traceId)

describe('feedback given by itself', () => {
  it('hangs beside its turn and changes nothing else of it, however late', async () => {
    await store.addSpans([span('a.1'), span('a.2', { parent: '1' })])
    const before = await get('a')
    const spans = await store.source.getSpans(traceId('a'), NEVER)
    now += 3 * DAY
    const time = micros(START + 3 * DAY)
    await store.addFeedback([
      given('f', 'a', { comment: 'nice', author: 'ana', time, spanId: spanId('2') }),
      given('g', 'a', { name: 'score', value: 0.5 }),
    ])
    const feedback = [
      { name: 'score', value: 0.5 },
      { name: 'thumbs', value: 'up', comment: 'nice', author: 'ana', time, spanId: '2' },
    ]
    expect(await get('a')).toEqual({ ...before, feedback })
    expect(await store.source.getSpans(traceId('a'), NEVER)).toEqual(spans)
    expect(await found('feedback', 'thumbs')).toEqual(['a'])
    await reopen()
    expect(await get('a')).toEqual({ ...before, feedback })
    // A span that comes afterwards folds the turn anew.
    await store.addSpans([span('a.3', { parent: '1' })])
    expect((await get('a')).feedback).toEqual(feedback)
  })

  it('does not keep a turn pending that waits for its root', async () => {
    await store.addSpans([span('a.2', { parent: '1' })])
    expect((await get('a')).status).toBe('pending')
    now += 4 * 60_000_000
    await store.addFeedback([given('f', 'a')])
    now += 2 * 60_000_000
    expect(await get('a')).toMatchObject({ status: 'ok', feedback: [{ name: 'thumbs' }] })
  })

  it('is replaced under its id, also from one turn to another', async () => {
    await store.addSpans([span('a.1'), span('b.1')])
    await store.addFeedback([given('f', 'a'), given('f', 'a', { value: 'down' })])
    expect(await feedbackOf('a')).toEqual([{ name: 'thumbs', value: 'down' }])
    await reopen()
    await store.addFeedback([given('f', 'b', { value: true })])
    expect(await feedbackOf('a')).toEqual([])
    expect(await feedbackOf('b')).toEqual([{ name: 'thumbs', value: true }])
    expect(await found('feedback', 'down')).toEqual([])
  })

  it.each(['at once', 'after a restart'])('waits for a turn that comes %s', async (when) => {
    await store.addFeedback([given('f', 'late')])
    expect(store.isEmpty()).toBe(true)
    await expect(get('late')).rejects.toMatchObject({ kind: 'not-found' })
    if (when !== 'at once') await reopen()
    now += 6.9 * DAY
    await store.addSpans([span('late.1')])
    expect(await feedbackOf('late')).toEqual([{ name: 'thumbs', value: 'up' }])
  })

  it.each([
    [6.99, 1],
    [7.01, 0],
  ])('that waited %f days is there %i times', async (days, times) => {
    await store.addSpans([span('known.1')])
    await store.addFeedback([given('f', 'late'), given('g', 'known')])
    now += days * DAY
    await reopen()
    await store.addSpans([span('late.1')])
    expect(await feedbackOf('late')).toHaveLength(times)
    expect(await feedbackOf('known')).toHaveLength(1)
  })

  it('goes with its turn', async () => {
    await store.addSpans([span('a.1')])
    await store.addFeedback([given('f', 'a')])
    await store.close()
    now += 40 * DAY
    store = await open(durationMicros(30 * DAY))
    await expect.poll(() => store.isEmpty(), { timeout: 10_000 }).toBe(true)
    await store.addSpans([span('a.1')])
    expect(await feedbackOf('a')).toEqual([])
  })

  it('is all kept, and the newest 200 shown', async () => {
    await store.addSpans([span('a.1')])
    const many = Array.from({ length: 201 }, (_, at) =>
      given(`f${at}`, 'a', { value: at, time: micros(START + at) }),
    )
    await store.addFeedback(many)
    const shown = await feedbackOf('a')
    expect([shown.length, shown[0]?.value, shown.at(-1)?.value]).toEqual([200, 1, 200])
  })
})

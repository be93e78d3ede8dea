import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Micros, spanId, traceId } from '../../../domain/model/units.ts'
import { type IngestedEvent, readIngestedEvent } from '../../../formats/langfuse/ingested-event.ts'
import { openStore, type Store } from '../store.ts'
import { START } from '../testing/spans.ts'

const NEVER = new AbortController().signal
const DAY = 86_400_000_000

let directory: string
let store: Store
let now: number
const open = () => openStore({ directory, now: () => now as Micros, log: () => {} })
const reopen = async () => {
  await store.close()
  store = await open()
}
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'turnscope-records-'))
  now = START + 60_000_000
  store = await open()
})
afterEach(async () => {
  await store.close()
  rmSync(directory, { recursive: true })
})

const at = (seconds: number): string => new Date(START / 1_000 + seconds * 1_000).toISOString()
let ids = 0
/** An event as it is sent, `seconds` after the start. */
const event = (
  type: string,
  body: Record<string, unknown>,
  seconds = 0,
  id = `e-${++ids}`,
): IngestedEvent => {
  const read = readIngestedEvent({ id, type, timestamp: at(seconds), body })
  if (read.is !== 'event') throw new Error(JSON.stringify(read))
  return read.event
}

const TURN = (trace: string): IngestedEvent[] => [
  event('trace-create', { id: trace, name: 'Fern', sessionId: 's', userId: 'ana', input: 'Hi', tags: ['a'] }),
  event('span-create', { id: `${trace}-1`, traceId: trace, name: 'work', startTime: at(0) }, 0.1),
  event(
    'generation-create',
    {
      id: `${trace}-2`,
      traceId: trace,
      parentObservationId: `${trace}-1`,
      name: 'answer',
      model: 'm-1',
      startTime: at(1),
      input: 'Hi',
      metadata: { a: 1, b: 1 },
    },
    1,
  ),
  event(
    'generation-update',
    {
      id: `${trace}-2`,
      traceId: trace,
      endTime: at(2),
      output: 'Hello',
      usage: { input: 3, output: 4, unit: 'TOKENS', totalCost: 0.5 },
      metadata: { b: 2 },
    },
    2,
  ),
  event('span-update', { id: `${trace}-1`, traceId: trace, endTime: at(3) }, 3),
  event('trace-create', { id: trace, output: 'Hello', tags: ['b'] }, 3.5),
]

const get = (id: string) => store.source.getTrace(traceId(id), NEVER)
/** All that readers are told of a trace, without what names it. */
const toldOf = async (id: string) => {
  const { spans, complete } = await store.source.getSpans(traceId(id), NEVER)
  const sorted = [...spans].sort((a, b) => (a.spanId < b.spanId ? -1 : 1))
  const details = await Promise.all(
    sorted.map((span) => store.source.getSpan(traceId(id), span.spanId, NEVER)),
  )
  const trace = await get(id)
  return JSON.parse(
    JSON.stringify({ trace, details, complete }).replaceAll(`"${id}`, '"T').replaceAll(`t-${id}`, 't-T'),
  )
}

describe('traces that come in parts', () => {
  it('are the turns that their parts make', async () => {
    await store.addEvents(TURN('a'))
    expect(await get('a')).toMatchObject({
      startTime: START,
      duration: 3_000_000,
      status: 'ok',
      kind: 'turn',
      chatbot: { name: 'Fern' },
      session: { id: 's' },
      participant: { id: 'ana' },
      input: 'Hi',
      output: 'Hello',
      tags: ['a', 'b'],
      metrics: { llmTurns: 1, inputTokens: 3, outputTokens: 4, cost: 0.5 },
      spanCount: 3,
    })
    const { span } = await store.source.getSpan(traceId('a'), spanId('a-2'), NEVER)
    expect(span).toMatchObject({
      parentId: 'a-1',
      duration: 1_000_000,
      attributes: { 'langfuse.observation.metadata.a': 1, 'langfuse.observation.metadata.b': 2 },
    })
  })

  it('are the same in any order, one at a time, twice, and over a restart', async () => {
    await store.addEvents(TURN('turn-x'))
    const wanted = await toldOf('turn-x')
    const orders: readonly ((events: IngestedEvent[]) => IngestedEvent[])[] = [
      (events) => events.toReversed(),
      (events) => [...events.slice(3), ...events.slice(0, 3)],
      (events) => [5, 2, 0, 4, 3, 1].flatMap((place) => events[place] ?? []),
    ]
    for (const [index, order] of orders.entries()) {
      const id = `turn-${index}`
      const events = order(TURN(id))
      for (const one of events) await store.addEvents([one])
      await reopen()
      await store.addEvents([...events, ...events])
      expect(await toldOf(id)).toEqual(wanted)
    }
  }, 60_000)

  it('keep an event that is sent again from undoing what came after it', async () => {
    const first = event('trace-create', { id: 'a', name: 'old', input: 'x' })
    await store.addEvents([first, event('trace-create', { id: 'a', name: 'new' })])
    await store.addEvents([first])
    expect(await get('a')).toMatchObject({ chatbot: { name: 'new' }, input: 'x' })
  })

  it('find the trace of an update that does not say it, also before its creation', async () => {
    const [trace, , creation] = TURN('a')
    if (!trace || !creation) throw new Error('a turn is made of more events')
    const late = event('generation-update', { id: 'a-2', endTime: at(9), output: 'late' }, 9)
    await store.addEvents([late])
    expect(store.isEmpty()).toBe(true)
    await reopen()
    await store.addEvents([trace, creation])
    expect(await get('a')).toMatchObject({ output: 'late', duration: 9_000_000 })
    await store.addEvents([event('generation-update', { id: 'a-2', output: 'later' }, 10)])
    expect(await get('a')).toMatchObject({ output: 'later' })
  })

  it('take an update after weeks', async () => {
    await store.addEvents(TURN('a'))
    now += 20 * DAY
    await reopen()
    await store.addEvents([
      event('generation-update', { id: 'a-2', traceId: 'a', level: 'ERROR', statusMessage: 'boom' }, 99),
    ])
    expect(await get('a')).toMatchObject({
      status: 'error',
      error: expect.stringContaining('boom'),
      output: 'Hello',
    })
  })

  it('are kept whole where texts are long', async () => {
    const long = 'x'.repeat(10_000)
    await store.addEvents([...TURN('a'), event('trace-create', { id: 'a', input: long }, 5)])
    await store.addEvents([event('span-update', { id: 'a-1', traceId: 'a', output: long }, 6)])
    await reopen()
    await store.addEvents([event('span-update', { id: 'a-1', traceId: 'a', level: 'WARNING' }, 7)])
    expect((await get('a')).input).toBe(long)
    const { span } = await store.source.getSpan(traceId('a'), spanId('a-1'), NEVER)
    expect(span.attributes['langfuse.observation.output']).toBe(long)
  })
})

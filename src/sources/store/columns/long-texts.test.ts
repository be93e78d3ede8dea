import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RecordedTurn } from '../../../domain/model/recorded-turn.ts'
import { NO_FACETS, type Trace } from '../../../domain/model/trace.ts'
import { durationMicros, micros, spanId, traceId } from '../../../domain/model/units.ts'
import { EVERYTHING, type SortField } from '../../../domain/query/trace-query.ts'
import { openStore, type Store } from '../store.ts'
import { log, START, span } from '../testing/spans.ts'

const NEVER = new AbortController().signal
const MARK = '\u001elong:'

let directory: string
let store: Store
let lines: string[]
const open = (memoryLimit?: string) =>
  openStore({ directory, memoryLimit, now: () => micros(START), log: (line) => lines.push(line) })
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'turnscope-long-'))
  lines = []
})
afterEach(async () => {
  await store.close()
  rmSync(directory, { recursive: true })
})

const turn = (index: number, more: Partial<Trace> = {}): RecordedTurn => ({
  facets: NO_FACETS,
  trace: {
    traceId: traceId(`t-${index}`),
    startTime: micros(START + index),
    duration: durationMicros((index * 7) % 101),
    status: 'ok',
    kind: 'turn',
    chatbot: { id: 'Fern', name: 'Fern' },
    session: { id: 's-1' },
    input: 'Hi',
    metrics: {},
    tags: [],
    feedback: [],
    services: [],
    spans: null,
    ...more,
  },
})
const get = (index: number) => store.source.getTrace(traceId(`t-${index}`), NEVER)
const stream = async (field: SortField = 'startTime') => {
  const traces: Trace[] = []
  const sort = { field, descending: false }
  for await (const batch of store.source.streamTraces?.({ ...EVERYTHING, sort }, NEVER) ?? []) {
    for (const trace of batch) traces.push(trace)
  }
  return traces
}
const found = async (text: string) =>
  (await store.source.listTraces({ ...EVERYTHING, text }, { limit: 10 }, NEVER)).items.length

describe('long texts', () => {
  // Each a text just below, at or beyond a piece's end and what a column holds.
  const texts = [
    ...[999, 1_000, 1_001, 4_095, 4_096, 4_097, 100_000].map((size) => 'ab c'.repeat(size).slice(0, size)),
    `${'a'.repeat(999)}😀${'😀'.repeat(4_000)}`,
    '汉字'.repeat(5_000),
    `${MARK}1:5`,
    `${MARK}1:5${'x'.repeat(10_000)}`,
    JSON.stringify(`${MARK}1:5`),
  ]

  it('are given as they came, by the trace and by the stream, also after the store was opened again', async () => {
    store = await open()
    const turns = texts.map((text, index) =>
      turn(index, {
        input: text,
        output: `${text}!`,
        sessionData: text,
        participantData: { before: { text } },
        feedback: [{ name: 'comment', comment: text }],
      }),
    )
    await store.addTurns(turns)
    for (const again of [false, true]) {
      if (again) {
        await store.close()
        store = await open()
      }
      const streamed = await stream()
      for (const [index, { trace }] of turns.entries()) {
        for (const read of [await get(index), streamed[index]]) {
          expect(read).toMatchObject({
            input: trace.input,
            output: trace.output,
            sessionData: trace.sessionData,
            participantData: trace.participantData,
            feedback: trace.feedback,
          })
        }
      }
    }
  })

  it('are found wherever a piece ends', async () => {
    store = await open()
    const needle = 'Where is order 48213?'
    const places = [0, 4_080, 4_096, 6_140, 8_190, 49_980]
    const inputs = places.map((place) => `${'-'.repeat(place)}${needle}${'-'.repeat(50_000 - place)}`)
    await store.addTurns(inputs.map((input, index) => turn(index, { input })))
    expect(await found('where is ORDER 48213')).toBe(places.length)
    expect(await found(`"${'-'.repeat(1_900)}where"`)).toBe(places.length - 1)
    expect(await found('order 48214')).toBe(0)
    // Of what stands in their place nothing is.
    for (const text of ['long', '1', ':', MARK, '\u001f'])
      expect(await found(text), text).toBe(text === '1' ? places.length : 0)
  })

  it.each([199, 200, 201])('are found with the others, and left out, where %i hold a text', async (count) => {
    store = await open()
    const long = (word: string) => `${'filler '.repeat(700)}${word}`
    await store.addTurns([
      ...Array.from({ length: count }, (_, index) => turn(index, { input: long('heather') })),
      turn(900, { input: 'heather' }),
      turn(901, { input: long('bracken') }),
      turn(902, { input: 'bracken' }),
    ])
    const counted = async (text: string) =>
      (await store.source.count?.({ ...EVERYTHING, text }, NEVER))?.value.count
    expect(await counted('heather')).toBe(count + 1)
    expect(await counted('-heather')).toBe(2)
    expect(await counted('bracken')).toBe(2)
    expect(await counted('heather bracken')).toBe(0)
    expect(await found('heather')).toBe(10)
  })

  it('are replaced and deleted with their turn', async () => {
    store = await open()
    await store.addTurns([turn(1, { input: `first ${'x'.repeat(20_000)}` })])
    await store.addTurns([turn(1, { input: `second ${'y'.repeat(20_000)}` })])
    expect((await get(1)).input).toBe(`second ${'y'.repeat(20_000)}`)
    expect(await found('first x')).toBe(0)
    expect(await found('second y')).toBe(1)
  })

  it('of spans, what spans share and log records are whole', async () => {
    store = await open()
    const long = 'p'.repeat(30_000)
    const spans = ['a.1', 'a.2', 'a.3'].map((name, index) =>
      span(name, {
        start: index,
        attributes: { 'input.value': `${name} ${long}` },
        resource: { 'service.name': 'bot', command: long },
      }),
    )
    await store.addSpans(spans)
    await store.addLogs([{ ...log('a'), body: long }])
    const read = []
    for await (const batch of store.source.streamSpans?.(traceId('a'), NEVER) ?? []) read.push(...batch)
    expect(read).toEqual(spans)
    const detail = await store.source.getSpan(traceId('a'), spanId('1'), NEVER)
    expect(detail.span).toEqual(spans[0])
    expect(detail.logs?.[0]?.body).toBe(long)
    // The same again is no news, read back from the pieces.
    await store.close()
    store = await open()
    await store.addLogs([{ ...log('a'), body: long }])
    expect((await store.source.getLogs?.(traceId('a'), NEVER))?.logs).toHaveLength(1)
  })

  it('of more bytes than the engine may hold are written, packed, listed and exported', async () => {
    const turns = 150
    const data = (index: number) => `${index} ${'the order is on its way '.repeat(16_700)}`
    store = await open('64MiB')
    for (let start = 0; start < turns; start += 10) {
      await store.addTurns(
        Array.from({ length: 10 }, (_, index) => turn(start + index, { sessionData: data(start + index) })),
      )
    }
    await store.close()
    store = await open('64MiB')
    expect((await store.source.listTraces(EVERYTHING, { limit: 50 }, NEVER)).items).toHaveLength(50)
    for (const field of ['startTime', 'duration'] as const) {
      const traces = await stream(field)
      expect(traces).toHaveLength(turns)
      for (const { traceId: id, sessionData } of traces) {
        expect(sessionData === data(Number(id.slice(2)))).toBe(true)
      }
    }
    expect(lines).toEqual([])
  }, 120_000)
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RecordedTurn } from '../../../domain/model/recorded-turn.ts'
import { NO_FACETS } from '../../../domain/model/trace.ts'
import { durationMicros, type Micros, micros, spanId, traceId } from '../../../domain/model/units.ts'
import { runOn } from '../engine/connections.ts'
import { Retention } from '../engine/retention.ts'
import { openDataFile } from '../file/data-file.ts'
import { constant } from '../sql/sql.ts'
import { openStore, type Store } from '../store.ts'
import { plainReader } from '../testing/plain-reader.ts'
import { log, START, span } from '../testing/spans.ts'
import { joinedRanges } from './long-texts.ts'

const NEVER = new AbortController().signal
const DAY = 86_400e6
const LONG = 'x'.repeat(100_000)

let directory: string
let store: Store
const open = async () => {
  store = await openStore({ directory, reader: plainReader, now: () => micros(START) })
}
const openAgain = async () => {
  await store.close()
  await open()
}
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'turnscope-removal-'))
  await open()
})
afterEach(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

const turn = (index: number, text: string): RecordedTurn => ({
  facets: NO_FACETS,
  trace: {
    traceId: traceId(`t-${index}`),
    startTime: micros(START + index),
    duration: durationMicros(1),
    status: 'ok',
    kind: 'turn',
    chatbot: { id: 'Fern', name: 'Fern' },
    session: { id: 's-1' },
    input: text,
    metrics: {},
    tags: [],
    feedback: [],
    services: [],
    spans: null,
    sessionData: text,
  },
})
const turns = (from: number, to: number, text: string) =>
  Array.from({ length: to - from }, (_, index) => turn(from + index, `${from + index} ${text}`))

/** How many long texts are stored, and how many that are searched; `after` the retention ran at a moment. */
async function left(after?: Micros) {
  await store.close()
  const file = await openDataFile({ directory })
  const connection = await file.instance.connect()
  if (after !== undefined) {
    const retention = new Retention({
      connection,
      retention: durationMicros(30 * DAY),
      confirmed: true,
      now: () => after,
      exclusive: (work) => work(),
      forget: () => {},
      log: () => {},
    })
    await retention.run(() => false)
  }
  const counted = (table: string) =>
    runOn(connection, constant(`SELECT owner, count(DISTINCT id) AS n FROM ${table} GROUP BY owner`))
  const texts = await counted('long_texts')
  const [searched] = await counted("(SELECT id, 'all' AS owner FROM search_pieces)")
  connection.disconnectSync()
  file.close()
  await open()
  return { ...Object.fromEntries(texts.map(({ owner, n }) => [owner, n])), searched: searched?.n ?? 0 }
}
const LATER = micros(START + 100 * DAY)

describe('long texts go with what names them', () => {
  it('where turns are recorded again: all, one of many, those far apart, after a restart', async () => {
    await store.addTurns(turns(0, 60, LONG))
    const each = await left()
    expect(each).toEqual({ trace: 60 * 3, searched: 60 })
    await store.addTurns(turns(0, 60, `${LONG}!`))
    await store.addTurns(turns(30, 31, `${LONG}?`))
    await openAgain()
    await store.addTurns([
      ...turns(0, 1, `${LONG}.`),
      ...turns(40, 41, `${LONG}.`),
      ...turns(59, 60, `${LONG}.`),
    ])
    expect(await left()).toEqual(each)
    for (const index of [0, 1, 30, 40, 59]) {
      const { input } = await store.source.getTrace(traceId(`t-${index}`), NEVER)
      expect(input).toHaveLength(`${index} ${LONG}`.length + 1)
    }
    // Short now: it names nothing any more.
    await store.addTurns(turns(0, 60, 'Hi'))
    expect(await left()).toEqual({ searched: 0 })
    await store.addTurns(turns(0, 60, LONG))
    expect(await left()).toEqual(each)
    expect(await left(LATER)).toEqual({ searched: 0 })
  })

  it('where spans that were running end; what they share stays for the others', async () => {
    const running = ['a.1', 'a.2', 'b.1'].map((name, index) =>
      span(name, { start: index, duration: null, attributes: { text: LONG }, resource: { command: LONG } }),
    )
    await store.addSpans(running)
    expect(await left()).toEqual({ 'span 1': 2, 'span 2': 1, resource: 2, searched: 0 })
    const ended = span('a.1', { start: 5, attributes: { text: `${LONG}!` }, resource: { command: LONG } })
    await store.addSpans([ended])
    await store.addSpans([ended])
    expect(await left()).toEqual({ 'span 1': 2, 'span 2': 1, resource: 3, searched: 0 })
    for (const id of ['1', '2']) {
      const { span: read } = await store.source.getSpan(traceId('a'), spanId(id), NEVER)
      expect(read.resource).toEqual({ command: LONG })
    }
    await store.addSpans([span('a.2', { start: 1, resource: {} })])
    expect(await left()).toEqual({ 'span 1': 2, resource: 3, searched: 0 })
    expect(await left(LATER)).toEqual({ searched: 0 })
  })

  it('where log records go with the retention, also those of no trace', async () => {
    await store.addSpans([span('a.1', {})])
    await store.addLogs([
      { ...log('a'), body: LONG },
      { ...log('b'), body: LONG },
      { ...log('b'), body: `${LONG}!`, time: micros(START + 90 * DAY) },
    ])
    expect(await left()).toEqual({ log: 3, searched: 0 })
    expect(await left(micros(START + 200 * DAY))).toEqual({ searched: 0 })
  })
})

describe('ranges are joined', () => {
  const at = (...ids: number[]) => ids.map((id) => ({ first: id, last: id }))

  it('where they are near, whatever their order', () => {
    expect(joinedRanges(at(5, 1, 201), 16)).toEqual([{ first: 1, last: 201 }])
    expect(joinedRanges(at(1, 202), 16)).toEqual(at(1, 202))
    expect(joinedRanges([{ first: 1, last: 900 }, ...at(20, 1_000)], 16)).toEqual([{ first: 1, last: 1_000 }])
    expect(joinedRanges([], 16)).toEqual([])
  })

  it('into few, however many there are', () => {
    const many = at(...Array.from({ length: 5_000 }, (_, index) => index * 1_000))
    expect(joinedRanges(many, 16).length).toBeLessThanOrEqual(17)
    const apart = joinedRanges([...many, ...at(1e9)], 16)
    expect(apart).toEqual([{ first: 0, last: 4_999_000 }, ...at(1e9)])
  })
})

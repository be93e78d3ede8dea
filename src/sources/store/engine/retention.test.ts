import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { durationMicros, type Micros, micros, traceId } from '../../../domain/model/units.ts'
import { EVERYTHING } from '../../../domain/query/trace-query.ts'
import { openDataFile } from '../file/data-file.ts'
import { openStore, type Store } from '../store.ts'
import { plainReader } from '../testing/plain-reader.ts'
import { log, START, span } from '../testing/spans.ts'
import { Retention } from './retention.ts'

const signal = new AbortController().signal
const DAY = 86_400e6
const YEARS = 3_650 * DAY
const RETENTION = durationMicros(30 * DAY)

let directory: string
let now: number
let store: Store
let lines: string[]
let deleted: number
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'turnscope-retention-'))
  now = START
  await open()
})
afterEach(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

async function open(): Promise<void> {
  store = await openStore({ directory, reader: plainReader, now: () => now as Micros })
}
/** What one run at a moment deletes. */
async function retained(moment: number, confirmed = false): Promise<void> {
  await store.close()
  now = moment
  lines = []
  const file = await openDataFile({ directory })
  const connection = await file.instance.connect()
  const retention = new Retention({
    connection,
    retention: RETENTION,
    confirmed,
    now: () => now as Micros,
    exclusive: (work) => work(),
    forget: () => {},
    log: (line) => lines.push(line),
  })
  deleted = await retention.run(() => false)
  connection.disconnectSync()
  file.close()
  await open()
}
const add = (name: string, count: number, start = 0) =>
  store.addSpans(Array.from({ length: count }, (_, index) => span(`${name}${index}.1`, { start })))
const count = async () => (await store.source.count?.(EVERYTHING, signal))?.value.count

describe('most of the store', () => {
  it('is not deleted by a clock that leapt ahead, however much arrives meanwhile', async () => {
    await add('t', 1_200)
    await retained(START + YEARS)
    expect(await count()).toBe(1_200)
    expect(lines).toEqual([
      expect.stringMatching(/1200 of 1200 traces .*: nothing is deleted.*TURNSCOPE_RETENTION_CONFIRM=1/),
    ])
    await add('more', 3_000, YEARS)
    await retained(START + YEARS + 1)
    expect(await count()).toBe(4_200)
    // The clock is right again; what is older then is few.
    await store.close()
    now = START
    await open()
    await add('old', 100, -40 * DAY)
    await retained(START + DAY)
    expect(await count()).toBe(4_300)
    expect(lines).toEqual([])
    await retained(START + 31 * DAY, true)
    expect(await count()).toBe(3_000)
  })

  it('goes where that is confirmed', async () => {
    await add('t', 1_200)
    await retained(START + 31 * DAY)
    expect(await count()).toBe(1_200)
    await retained(START + 31 * DAY, true)
    expect(deleted).toBe(1_200)
    expect(store.isEmpty()).toBe(true)
  })

  it.each([
    ['as many as are few', 1_000, 0, 0],
    ['one more than are few', 1_001, 0, 1_001],
    ['exactly half', 1_000, 1_000, 1_000],
    ['one more than half', 1_001, 1_000, 2_001],
  ])('begins beyond a bound: %s', async (_, old, young, left) => {
    await add('old', old)
    now = START + 20 * DAY
    await add('young', young, 20 * DAY)
    await retained(START + 31 * DAY)
    expect(await count()).toBe(left)
  })

  it('is counted for log records as well', async () => {
    const records = Array.from({ length: 1_200 }, (_, index) => ({ ...log(`never${index}`), spanId: null }))
    await store.addLogs(records)
    await retained(START + YEARS)
    expect(lines).toEqual([expect.stringContaining('1200 of 1200 log records')])
    const [first] = records
    const { logs } = (await store.source.getLogs?.(traceId('never0'), signal)) ?? {}
    expect(logs).toEqual([first])
  })
})

describe('what is older', () => {
  it('began and arrived before the limit', async () => {
    await add('past', 3, -YEARS)
    await add('present', 2)
    await add('future', 1, YEARS)
    await retained(START + 30 * DAY)
    expect(await count()).toBe(6)
    await retained(START - YEARS)
    expect(await count()).toBe(6)
    await retained(START + 30 * DAY + 1)
    expect(deleted).toBe(6)
  })

  it('is not what arrived while the clock was ahead', async () => {
    now = START + YEARS
    await add('t', 2)
    await retained(START + 31 * DAY)
    expect(await count()).toBe(2)
    await retained(START + YEARS + 30 * DAY + 1)
    expect(await count()).toBe(0)
  })

  it('is the same for log records whose trace never came', async () => {
    const at = (name: string, start: number) => ({ ...log(name), spanId: null, time: micros(START + start) })
    await store.addLogs([at('past', -10 * DAY), at('future', YEARS)])
    const left = async (id: string) =>
      (await store.source.getLogs?.(traceId(id), signal).catch(() => null))?.logs.length ?? 0
    await retained(START + 30 * DAY)
    expect([await left('past'), await left('future')]).toEqual([1, 1])
    await retained(START + 30 * DAY + 1)
    expect([await left('past'), await left('future')]).toEqual([0, 0])
  })
})

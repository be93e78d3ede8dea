import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { traceId } from '../../domain/model/units.ts'
import { EVERYTHING } from '../../domain/query/trace-query.ts'
import { openStore, type Store } from '../../sources/store/store.ts'
import { langfuseRoutes } from '../ingest/turns/langfuse-api.ts'

const NEVER = new AbortController().signal
const START = Date.parse('2026-03-01T09:30:00Z')
/** Where the SDKs split what they send. */
const BATCH_BYTES = 3.5 * 1024 ** 2
const TURNS = 1_000

let directory: string
let store: Store
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'turnscope-batches-'))
  store = await openStore({ directory, log: () => {} })
})
afterAll(async () => {
  await store.close()
  rmSync(directory, { recursive: true })
})

const at = (millis: number): string => new Date(START + millis).toISOString()
const event = (type: string, millis: number, body: object) => ({
  id: crypto.randomUUID(),
  type,
  timestamp: at(millis),
  body,
})

/** Ten events a turn: its trace twice, three steps with their ends, a step's second update, a score. */
const turn = (index: number) => {
  const id = `turn-${index}`
  const from = index * 10_000
  const steps = [0, 1, 2].map((step) => ({ id: `${id}-${step}`, traceId: id }))
  const [generation] = steps
  return [
    event('trace-create', from, { id, name: 'Fern', input: 'Hi', sessionId: `s-${index % 10}` }),
    ...steps.map((step, order) =>
      event('generation-create', from + order, {
        ...step,
        name: 'answer',
        startTime: at(from + order),
        input: 'x'.repeat(2_600),
      }),
    ),
    ...steps.map((step) =>
      event('generation-update', from + 900, {
        ...step,
        endTime: at(from + 1_000),
        usage: { input: 2, output: 1 },
      }),
    ),
    event('generation-update', from + 950, { ...generation, output: 'Hello', metadata: { last: true } }),
    event('trace-create', from + 960, { id, output: 'Hello' }),
    event('score-create', from + 970, { id: `score-${index}`, traceId: id, name: 'helpful', value: 1 }),
  ]
}

function* batchesOf(events: readonly object[]): Generator<string> {
  let batch: string[] = []
  let bytes = 0
  for (const one of events) {
    const text = JSON.stringify(one)
    if (bytes + text.length > BATCH_BYTES) {
      yield `{"batch":[${batch.join()}]}`
      batch = []
      bytes = 0
    }
    batch.push(text)
    bytes += text.length
  }
  yield `{"batch":[${batch.join()}]}`
}

describe('10,000 events, in batches split at 3.5 MB', () => {
  it('are whole turns, whatever the order of the batches, and the same when one comes again', async () => {
    const routes = langfuseRoutes({ sink: store, authorize: () => ({ ok: true }), projectId: 'p' })
    const send = async (body: string) => {
      const headers = { 'content-type': 'application/json' }
      const reply = await routes.request('/api/public/ingestion', { method: 'POST', headers, body })
      expect(reply.status).toBe(207)
      expect(((await reply.json()) as { errors: unknown[] }).errors).toEqual([])
    }
    // Updates of all turns stand behind the creations of all, so that most are parted by a split.
    const turns = Array.from({ length: TURNS }, (_, index) => turn(index))
    const events = [...turns.flatMap((one) => one.slice(0, 4)), ...turns.flatMap((one) => one.slice(4))]
    expect(events).toHaveLength(10_000)
    const batches = [...batchesOf(events)]
    expect(batches.length).toBeGreaterThan(2)
    for (const body of batches.toReversed()) await send(body)
    await send(batches[0] as string)

    const { value } = (await store.source.count?.(EVERYTHING, NEVER)) ?? {}
    expect(value?.count).toBe(TURNS)
    for (const index of [0, 1, 499, TURNS - 1]) {
      const trace = await store.source.getTrace(traceId(`turn-${index}`), NEVER)
      expect(trace).toMatchObject({
        duration: 1_000_000,
        status: 'ok',
        input: 'Hi',
        output: 'Hello',
        session: { id: `s-${index % 10}` },
        metrics: { llmTurns: 3, inputTokens: 6, outputTokens: 3 },
        feedback: [{ name: 'helpful', value: 1 }],
        spanCount: 4,
      })
    }
  }, 120_000)
})

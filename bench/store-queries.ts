import type { Span } from '../src/domain/model/span.ts'
import type { Micros } from '../src/domain/model/units.ts'
import type { TraceSource } from '../src/domain/port/trace-source.ts'
import type {
  FilterCondition,
  FilterField,
  FilterOperator,
  TraceQuery,
} from '../src/domain/query/trace-query.ts'
import { EVERYTHING, SORT_FIELDS } from '../src/domain/query/trace-query.ts'
import { openStore } from '../src/sources/store/store.ts'
import { benchReader } from './bench-reader.ts'
import { type Figure, quantile, tableOf } from './figures.ts'
import { benchTurns } from './turns.ts'

/**
 * What the store's answers take, without HTTP: `npx tsx bench/store-queries.ts DIRECTORY`.
 * The directory was filled by store-load.ts; it is not changed, but for the section on ingest.
 */
const [directory = '.turnscope-bench', only = ''] = process.argv.slice(2)
const ROUNDS = 15
const signal = new AbortController().signal
const opening = performance.now()
const store = await openStore({ directory, reader: benchReader })
const opened = performance.now() - opening
const source = store.source as Required<TraceSource>

const where = (...conditions: FilterCondition[]): TraceQuery => ({ ...EVERYTHING, conditions })
const on = (field: FilterField, operator: FilterOperator, ...values: string[]): FilterCondition => ({
  field,
  operator,
  values,
})
const list = (query: TraceQuery, cursor?: string) => () =>
  source.listTraces(query, { limit: 50, ...(cursor && { cursor }) }, signal)

const newest = await source.listTraces(EVERYTHING, { limit: 1 }, signal)
const oldest = await source.listTraces(
  { ...EVERYTHING, sort: { field: 'startTime', descending: false } },
  { limit: 1 },
  signal,
)
const last = newest.items[0]?.startTime ?? 0
const first = oldest.items[0]?.startTime ?? 0
const middle = ((first + last) / 2) as Micros
const some = (await source.listTraces({ ...EVERYTHING, to: middle }, { limit: 1 }, signal)).items[0]
const known = some?.traceId ?? ''
const session = some?.session?.id ?? ''

async function deep(sort: TraceQuery['sort']): Promise<string | undefined> {
  let cursor: string | undefined
  for (let page = 0; page < 5; page++) {
    const reply = await source.listTraces(
      { ...EVERYTHING, sort },
      { limit: 1000, ...(cursor && { cursor }) },
      signal,
    )
    cursor = reply.nextCursor
  }
  return cursor
}

type Question = readonly [what: string, budget: number, ask: () => Promise<unknown>]
const questions: Question[] = [
  ['first page', 50, list(EVERYTHING)],
  ['page of 1,000', 100, () => source.listTraces(EVERYTHING, { limit: 1000 }, signal)],
  ['mid-time page', 50, list({ ...EVERYTHING, to: middle })],
  ['deep page', 50, list(EVERYTHING, await deep(EVERYTHING.sort))],
  ['oldest first', 50, list({ ...EVERYTHING, sort: { field: 'startTime', descending: false } })],
]
for (const field of SORT_FIELDS.slice(1)) {
  for (const descending of [true, false]) {
    const sort = { field, descending }
    questions.push([`sort ${descending ? '-' : ''}${field}`, 100, list({ ...EVERYTHING, sort })])
  }
  const sort = { field, descending: true }
  questions.push([`sort -${field}, deep`, 100, list({ ...EVERYTHING, sort }, await deep(sort))])
}
const conditions: readonly FilterCondition[][] = [
  [on('chatbot', 'is', 'travel')],
  [on('chatbot', 'contains', 'zzq')],
  [on('version', 'is', '1.4.2')],
  [on('session', 'is', session)],
  [on('session', 'contains', 'zzq')],
  [on('participant', 'is', 'user-77')],
  [on('participant', 'contains', 'zzq')],
  [on('participant', 'lacks', 'user')],
  [on('status', 'is', 'error')],
  [on('status', 'is', 'pending')],
  [on('environment', 'is', 'staging')],
  [on('channel', 'is', 'phone')],
  [on('tag', 'is', 'payment')],
  [on('tag', 'all', 'payment', 'test')],
  [on('tag', 'is', 'none')],
  [on('model', 'is', 'mistral-large')],
  [on('model', 'is', 'none')],
  [on('tool', 'not', 'none')],
  [on('flow', 'is', 'flow_3')],
  [on('spanName', 'is', 'none')],
  [on('error', 'contains', 'zzq')],
  [on('service', 'is', 'none')],
  [on('changed', 'is', 'accounts')],
  [on('changed', 'is', 'none')],
  [on('traceId', 'is', known)],
  [on('traceId', 'contains', 'zzq')],
  [on('feedback', 'is', 'none')],
  [on('score', 'min', '9')],
  [on('duration', 'min', '9500')],
  [on('tokens', 'min', '8000')],
  [on('cost', 'max', '0.0001')],
  [on('llmTurns', 'is', '7')],
  [on('toolCalls', 'is', '7')],
  [on('kind', 'is', 'training')],
  [on('chatbot', 'is', 'travel', 'shop'), on('duration', 'min', '1500'), on('tokens', 'min', '800')],
]
for (const each of conditions) {
  const what = each.map(
    ({ field, operator, values }) => `${field}.${operator}=${values.join('|').slice(0, 20)}`,
  )
  questions.push([what.join(' '), 50, list(where(...each))])
}
questions.push(
  ['text, one hit', 200, list({ ...EVERYTHING, text: some?.input?.slice(0, 60) ?? 'x' })],
  ['text, none', 200, list({ ...EVERYTHING, text: 'zzqqxx' })],
  [
    'text, many, sorted',
    200,
    list({ ...EVERYTHING, text: 'refund', sort: { field: 'duration', descending: true } }),
  ],
  ['count all', 100, () => source.count(EVERYTHING, signal)],
  ['count errors', 100, () => source.count(where(on('status', 'is', 'error')), signal)],
  ['count text', 200, () => source.count({ ...EVERYTHING, text: 'refund' }, signal)],
  ['histogram', 100, () => source.histogram(EVERYTHING, 90, signal)],
  ['histogram of one chatbot', 100, () => source.histogram(where(on('chatbot', 'is', 'travel')), 90, signal)],
  ['chatbots', 100, () => source.listChatbots(EVERYTHING, signal)],
  ['sessions', 100, () => source.listSessions(EVERYTHING, { limit: 50 }, signal)],
  ['suggest chatbot', 100, () => source.suggest('chatbot', '', EVERYTHING, signal)],
  ['suggest participant', 100, () => source.suggest('participant', 'user-12', EVERYTHING, signal)],
  ['suggest session', 100, () => source.suggest('session', 'session-12', EVERYTHING, signal)],
  ['suggest tool', 100, () => source.suggest('tool', '', EVERYTHING, signal)],
  ['trace', 50, () => source.getTrace(known as never, signal)],
  ['its spans', 50, () => source.getSpans(known as never, signal)],
  [
    'one span',
    50,
    async () => {
      const { spans } = await source.getSpans(known as never, signal)
      return source.getSpan(known as never, spans[0]?.spanId as never, signal)
    },
  ],
)

const figures: Figure[] = [{ what: 'open', value: opened, unit: 'ms', budget: { most: 1000 } }]
for (const [what, budget, ask] of questions) {
  if (only !== '' && !what.includes(only)) continue
  const times: number[] = []
  await ask()
  const used = process.cpuUsage()
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now()
    await ask()
    times.push(performance.now() - began)
  }
  // On a machine that others use as well, this says more than the clock.
  const { user, system } = process.cpuUsage(used)
  const processor = (user + system) / 1000 / ROUNDS
  const note = `median ${quantile(times, 0.5).toFixed(1)} ms, processor ${processor.toFixed(1)} ms`
  figures.push({ what, value: quantile(times, 0.95), unit: 'ms', budget: { most: budget }, note })
}
console.log(tableOf('Answers of the store, p95', figures))

if (only === '' || only === 'csv') {
  const rates: Figure[] = []
  for (const sort of [
    EVERYTHING.sort,
    { field: 'startTime', descending: false },
    { field: 'duration', descending: true },
    { field: 'cost', descending: false },
  ] as const) {
    for (const from of [last - (last - first) / 10, first] as Micros[]) {
      const idle = process.memoryUsage().rss
      let peak = idle
      let traces = 0
      let firstBatch = 0
      const used = process.cpuUsage()
      const began = performance.now()
      for await (const batch of source.streamTraces({ ...EVERYTHING, from, sort }, signal)) {
        if (traces === 0) firstBatch = performance.now() - began
        traces += batch.length
        peak = Math.max(peak, process.memoryUsage().rss)
      }
      const rate = (traces / (performance.now() - began)) * 1000
      const what = `stream ${traces} by ${sort.descending ? '-' : ''}${sort.field}`
      const { user, system } = process.cpuUsage(used)
      const processor = ((user + system) / traces).toFixed(1)
      const note = `first after ${firstBatch.toFixed(0)} ms, processor ${processor} µs a trace, +${Math.round((peak - idle) / 2 ** 20)} MiB`
      rates.push({ what, value: rate, unit: 'traces/s', budget: { least: 50_000 }, note })
    }
  }
  console.log(tableOf('Streams', rates))
}

if (only === 'ingest') {
  const lists: number[] = []
  let running = true
  const watch = async () => {
    while (running) {
      const began = performance.now()
      await source.listTraces(EVERYTHING, { limit: 50 }, signal)
      lists.push(performance.now() - began)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  const watching = watch()
  const turns = benchTurns({ turns: 50_000, end: Date.now() * 1000, days: 0.01, seed: Date.now() })
  const began = performance.now()
  let spans = 0
  const send = async () => {
    for (;;) {
      const batch: Span[] = []
      while (batch.length < 1_000) {
        const { value, done } = turns.next()
        if (done) break
        batch.push(...value)
      }
      if (batch.length === 0) return
      await store.addSpans(batch)
      spans += batch.length
    }
  }
  await Promise.all(Array.from({ length: 8 }, send))
  const rate = (spans / (performance.now() - began)) * 1000
  running = false
  await watching
  console.log(
    tableOf('Ingest', [
      { what: 'ingest', value: rate, unit: 'spans/s', budget: { least: 30_000 } },
      {
        what: 'list meanwhile, p99',
        value: quantile(lists, 0.99),
        unit: 'ms',
        budget: { most: 100 },
        note: `${lists.length} lists`,
      },
    ]),
  )
}
await store.close()

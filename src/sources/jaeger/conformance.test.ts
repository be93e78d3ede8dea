import { afterAll, beforeAll, describe } from 'vitest'
import type { Span } from '../../domain/model/span.ts'
import { endOf, type Micros } from '../../domain/model/units.ts'
import { BackendClient } from '../backend/backend-client.ts'
import type { Harness, Opened } from '../conformance/harness.ts'
import { listingChecks } from '../conformance/listing-checks.ts'
import { describeTraceSource } from '../conformance.ts'
import { generateConversations } from '../sample/conversations.ts'
import type { HeldTrace } from '../sample/held-rows.ts'
import { holdTrace } from '../sample/hold-trace.ts'
import { JaegerSource } from './jaeger-source.ts'
import { type Dialect, JAEGER_PATHS, QueryApi } from './query-api.ts'
import { serveFakeJaeger } from './testing/fake-jaeger.ts'
import { FakeStorage, type Storage } from './testing/fake-storage.ts'
import { jaegerReader } from './testing/jaeger-reader.ts'

const NOW = Date.UTC(2026, 10, 21, 14, 3)

/** Jaeger knows no arrival: a trace is awaited until some time after its last span ended. */
function heldTrace(spans: readonly Span[]): HeldTrace {
  const ends = spans.map(({ startTime, duration }) =>
    duration === null ? startTime : endOf(startTime, duration),
  )
  return holdTrace(jaegerReader, spans, Math.max(...ends) as Micros)
}

/** More than a row shows of it. */
const hasLongText = ({ reading: { input = '', output = '' } }: HeldTrace): boolean =>
  Math.max(input.length, output.length) > 560

/** Every third of the sample's turns, and what only few of them have. */
const held = (): readonly HeldTrace[] =>
  [...generateConversations({ turns: 150, now: NOW, days: 4 })]
    .map(({ spans }) => heldTrace(spans))
    .filter(
      (trace, index) =>
        index % 3 === 0 ||
        hasLongText(trace) ||
        trace.reading.summary.kind !== 'turn' ||
        !trace.reading.rootSeen,
    )

const optionsAt = (queryUrl: string) => ({
  id: 'jaeger',
  queryUrl,
  services: [],
  operations: [],
  headers: {},
  secrets: [],
  reader: jaegerReader,
  clock: () => NOW,
})

/** Over HTTP, all of it. */
const served = (storage: Storage, dialect: Dialect, base: string): Harness => ({
  now: NOW,
  open: async (traces) => {
    const jaeger = await serveFakeJaeger(storage, dialect, { base })
    const insert = async (more: readonly HeldTrace[]) => {
      for (const { spans } of more) jaeger.held.add(spans)
    }
    await insert(traces)
    const open = () => new JaegerSource(optionsAt(jaeger.url))
    return { source: open(), insert, reopen: async () => open(), close: async () => jaeger.close() }
  },
})

/** With traces as they came over HTTP, once each: the suite asks for all of them some thousand times. */
const decoded = (storage: Storage, dialect: Dialect): Harness => ({
  now: NOW,
  open: async (traces) => {
    const jaeger = await serveFakeJaeger(storage, dialect)
    const client = { baseUrl: jaeger.url, paths: JAEGER_PATHS, headers: {}, secrets: [] }
    const api = new QueryApi(new BackendClient(client), dialect)
    const read = new FakeStorage(storage, Math.random, 10_000)
    const insert = async (more: readonly HeldTrace[]) => {
      for (const { spans, traceId } of more) {
        jaeger.held.add(spans)
        const reply = await api.trace(traceId, new AbortController().signal)
        for (const found of reply.traces.values()) read.add(found)
      }
    }
    await insert(traces)
    const open = () => new JaegerSource(optionsAt(jaeger.url), read)
    return { source: open(), insert, reopen: async () => open(), close: async () => jaeger.close() }
  },
})

describe.each([
  ['memory', 'legacy'],
  ['memory', 'v3'],
] as const)('over %s in %s', (storage, dialect) => {
  describeTraceSource('Jaeger', held, decoded(storage, dialect))
})

/** VictoriaTraces and others speak the legacy dialect below a path of their own. */
describe.each([
  ['cassandra', 'legacy', '/select/jaeger'],
  ['elasticsearch', 'v3', ''],
] as const)('over %s in %s below "%s"', (storage, dialect, base) => {
  const harness = served(storage, dialect, base)
  const traces = held()
  let opened: Opened | undefined
  beforeAll(async () => {
    opened = await harness.open(traces)
  })
  afterAll(() => opened?.close())
  listingChecks({
    harness,
    traces,
    now: () => NOW,
    get source() {
      if (opened === undefined) throw new Error('the source has not been opened')
      return opened.source
    },
  })
})

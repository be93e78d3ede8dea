import { describe } from 'vitest'
import { describeTraceSource } from '../../src/sources/conformance.ts'
import type { Dialect } from '../../src/sources/jaeger/query-api.ts'
import { generateConversations } from '../../src/sources/sample/conversations.ts'
import type { HeldTrace } from '../../src/sources/sample/held-rows.ts'
import { holdTrace } from '../../src/sources/sample/hold-trace.ts'
import { type JaegerStorage, startJaeger } from './jaeger-process.ts'
import { READER, sourceOver, spansOf } from './jaeger-subject.ts'

/** Jaeger's storages look at the real clock. */
const NOW = Math.floor(Date.now() / 60_000) * 60_000

/** Every third of the sample's turns, and those of which a row shows a part alone. */
const held = (): HeldTrace[] =>
  [...generateConversations({ turns: 210, now: NOW, days: 2 })]
    .map(({ spans, arrival }) => holdTrace(READER, spans, arrival))
    .filter(
      ({ reading: { input = '', output = '' } }, index) =>
        index % 3 === 0 || Math.max(input.length, output.length) > 560,
    )

/** Hundreds of walks each: every storage and every dialect once. */
const ONCE: readonly (readonly [JaegerStorage, Dialect])[] = [
  ['memory', 'legacy'],
  ['badger', 'v3'],
]

describe.each(ONCE)('Jaeger on %s in the dialect %s', (storage, dialect) => {
  describeTraceSource(`Jaeger on ${storage}, ${dialect}`, held, {
    now: NOW,
    losses: { 'span.attributes': 'lists and objects come back as JSON in text' },
    open: async (traces) => {
      const jaeger = await startJaeger(storage)
      const insert = async (more: readonly HeldTrace[]) => jaeger.sendSpans(spansOf(more))
      await insert(traces)
      return {
        source: sourceOver(jaeger.address, dialect, { now: NOW }).source,
        insert,
        reopen: async () => sourceOver(jaeger.address, dialect, { now: NOW }).source,
        close: jaeger.stop,
      }
    },
  })
})

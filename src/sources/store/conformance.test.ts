import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Micros, micros, microsFromMillis } from '../../domain/model/units.ts'
import { describeTraceSource } from '../conformance.ts'
import { generateConversations } from '../sample/conversations.ts'
import type { HeldTrace } from '../sample/held-rows.ts'
import { conventionReader, type Reader } from './columns/reader.ts'
import { traceKey } from './columns/stored-text.ts'
import { openStore } from './store.ts'

const NOW = Date.UTC(2026, 4, 20, 12)

const conventions = conventionReader()
/** By the conventions, and feedback of each shape on some traces, whatever their spans say. */
const reader: Reader = {
  ...conventions,
  summarise: (readings, context) => {
    const read = conventions.summarise(readings, context)
    const seed = Math.abs(traceKey(context.traceId))
    if (seed % 8 > 0) return read
    const feedback = [
      { name: 'rating', value: seed % 5 },
      { name: 'mood', value: seed % 3 ? 'good' : 'bad' },
      { name: 'seen', value: true },
    ]
    return { ...read, summary: { ...read.summary, feedback } }
  },
}

const held = (): HeldTrace[] =>
  [...generateConversations({ turns: 400, now: NOW, days: 6, seed: 5 })].map(({ spans, arrival }) => {
    const first = spans[0]
    if (!first) throw new Error('a trace without spans')
    const { traceId } = first
    const readings = spans.map((span) => reader.readSpan(span))
    const reading = reader.summarise(readings, { traceId })
    const judged = new Map(reading.outlines.map((outline) => [outline.spanId, outline]))
    return {
      traceId,
      arrival,
      spans,
      reading,
      detail: (span) => ({
        outline: judged.get(span.spanId) as NonNullable<ReturnType<typeof judged.get>>,
        span,
        meaning: reader.readMeaning(span, []),
      }),
    }
  })

describeTraceSource('the store', held, {
  now: NOW,
  open: async (traces) => {
    const directory = await mkdtemp(join(tmpdir(), 'turnscope-conformance-'))
    let now: Micros = microsFromMillis(NOW)
    const open = () => openStore({ directory, reader, now: () => now })
    let store = await open()
    /** Whether a trace is awaited follows from its arrival for minutes; hours ago, which hour is enough. */
    const minuteOf = (arrival: number): number => {
      const minute = Math.floor(arrival / 60e6)
      return microsFromMillis(NOW) - arrival < 2 * 3_600e6 ? minute : minute - (minute % 360)
    }
    /** Each trace is delivered when it arrived; those of one moment together. */
    const insert = async (more: readonly HeldTrace[]) => {
      const byArrival = new Map<number, HeldTrace[]>()
      for (const trace of more) {
        const minute = minuteOf(trace.arrival)
        byArrival.set(minute, [...(byArrival.get(minute) ?? []), trace])
      }
      for (const [minute, group] of byArrival) {
        now = micros(minute * 60e6)
        await store.addSpans(group.flatMap(({ spans }) => spans))
      }
      now = microsFromMillis(NOW)
      await store.typed()
    }
    await insert(traces)
    return {
      source: store.source,
      insert,
      reopen: async () => {
        await store.close()
        store = await open()
        return store.source
      },
      close: async () => {
        await store.close()
        await rm(directory, { recursive: true, force: true })
      },
    }
  },
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Micros, micros, microsFromMillis } from '../../domain/units.ts'
import { describeTraceSource } from '../conformance.ts'
import { generateConversations } from '../sample/conversations.ts'
import type { HeldTrace } from '../sample/held-rows.ts'
import { plainReader } from './plain-reader.ts'
import type { Reader } from './reader.ts'
import { openStore } from './store.ts'
import { traceKey } from './stored-text.ts'

const NOW = Date.UTC(2026, 4, 20, 12)

const nth = <Value>(values: readonly Value[], at: number): Value => values[at % values.length] as Value

/** Fills what only conventions know with something that depends on the trace's id. */
const reader: Reader = {
  ...plainReader,
  summarise: (readings, context) => {
    const plain = plainReader.summarise(readings, context)
    const seed = Math.abs(traceKey(context.traceId))
    const input =
      seed % 9 === 0 ? undefined : `${nth(['Hello', 'Où est', 'ΠΟΥ'], seed)} ${seed} `.repeat(1 + (seed % 60))
    const output = `Answer ${seed % 97}`
    const { kind, participant } = {
      kind: nth(['turn', 'turn', 'call', 'other', 'training', 'turn', 'housekeeping'] as const, seed),
      participant: { id: `user-${seed % 40}`, ...(seed % 3 > 0 && { name: `Name ${seed % 40}` }) },
    }
    return {
      ...plain,
      ...(input && { input }),
      output,
      summary: {
        ...plain.summary,
        kind,
        ...(kind === 'call' && { turns: seed % 5 }),
        chatbot: {
          id: `bot-${seed % 4}`,
          name: `Bot ${seed % 4}`,
          ...(seed % 5 > 0 && { version: `1.${seed % 3}` }),
        },
        ...(seed % 8 > 0 && { session: { id: `session-${seed % 60}` } }),
        ...(seed % 6 > 0 && { participant }),
        ...(input && { input: input.slice(0, 500) }),
        output,
        ...(seed % 7 > 0 && {
          environment: nth(['production', 'staging'], seed),
          channel: nth(['web', 'Phone'], seed),
        }),
        metrics:
          seed % 4 === 0
            ? {}
            : {
                totalTokens: seed % 11 ? seed % 900 : null,
                cost: (seed % 50) / 1000,
                llmTurns: seed % 4,
                toolCalls: seed % 3,
              },
        tags: seed % 3 ? [`tag-${seed % 6}`, 'all'] : [],
        feedback:
          seed % 10
            ? []
            : [
                { name: 'rating', value: seed % 5 },
                { name: 'mood', value: nth(['good', 'bad'], seed) },
              ],
      },
      facets: {
        ...plain.facets,
        models: seed % 4 ? [`model-${seed % 3}`] : [],
        tools: seed % 3 ? [`tool-${seed % 7}`, 'search'] : [],
        flows: seed % 5 ? [`flow ${seed % 4}`] : [],
        changed: seed % 2 ? [`profile.address[${seed % 3}].city`, 'profile.name'] : [],
      },
    }
  },
}

const held = (): HeldTrace[] =>
  [...generateConversations({ turns: 240, now: NOW, days: 6, seed: 5 })].map(({ spans, arrival }) => {
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
    /** Each trace is delivered when it arrived; those of one moment together. */
    const insert = async (more: readonly HeldTrace[]) => {
      const byArrival = new Map<number, HeldTrace[]>()
      for (const trace of more) {
        const minute = Math.floor(trace.arrival / 60e6)
        byArrival.set(minute, [...(byArrival.get(minute) ?? []), trace])
      }
      for (const [minute, group] of byArrival) {
        now = micros(minute * 60e6)
        await store.addSpans(group.flatMap(({ spans }) => spans))
      }
      now = microsFromMillis(NOW)
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

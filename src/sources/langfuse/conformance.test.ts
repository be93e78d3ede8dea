import { micros, type TraceId } from '../../domain/model/units.ts'
import { feedbackOfScore } from '../../formats/langfuse/api-replies.ts'
import { legacyTraceInSteps, rowSpansInSteps } from '../../formats/langfuse/api-traces.ts'
import { inOneGo } from '../../formats/otlp/guard/steps.ts'
import { readMeaning } from '../../semantics/span/meaning.ts'
import { readSpan } from '../../semantics/span/read-span.ts'
import { summarise } from '../../semantics/trace/summarise.ts'
import type { TraceReader } from '../backend/read-trace.ts'
import type { Harness } from '../conformance/harness.ts'
import { describeTraceSource } from '../conformance.ts'
import type { HeldTrace } from '../sample/held-rows.ts'
import { holdTrace } from '../sample/hold-trace.ts'
import { LangfuseSource } from './langfuse-source.ts'
import { type Generated, generateTraces, heldAs } from './testing/generated-traces.ts'
import { KEYS, type Row, serveLangfuse } from './testing/langfuse-server.ts'

const NOW = Date.UTC(2026, 10, 20, 12)
const reader: TraceReader = {
  readSpan: (span) => readSpan(span),
  summarise,
  readMeaning: (span) => readMeaning(span),
}

const rated = (
  held: HeldTrace,
  feedback: HeldTrace['reading']['summary']['feedback'],
  start?: number,
): HeldTrace => ({
  ...held,
  reading: {
    ...held.reading,
    summary: { ...held.reading.summary, feedback, ...(start !== undefined && { startTime: micros(start) }) },
  },
})

/** What whole replies say of each turn. */
function heldOf(dialect: 'v4' | 'legacy', { rows, newScores, traces }: Generated): readonly HeldTrace[] {
  if (dialect === 'legacy')
    return traces.map((trace) => {
      const { spans, feedback } = inOneGo(legacyTraceInSteps(trace))
      return rated(holdTrace(reader, spans, micros(0)), feedback, Date.parse(String(trace.timestamp)) * 1000)
    })
  const scores = new Map(newScores.map((score) => [(score.subject as Row).id, score]))
  return [...inOneGo(rowSpansInSteps(rows)).traces].map(([id, spans]) => {
    const score = scores.get(id)
    const said = score && feedbackOfScore(score)
    return rated(holdTrace(reader, spans, micros(0)), said ? [said.feedback] : [])
  })
}

const WHY = {
  externalUrl: 'the source adds the address of Langfuse’s own page',
}

function harnessOf(dialect: 'v4' | 'legacy', generated: Generated): Harness {
  const among = (ids: ReadonlySet<unknown>): Generated => ({
    rows: generated.rows.filter(({ traceId }) => ids.has(traceId)),
    newScores: generated.newScores.filter(({ subject }) => ids.has((subject as Row).id)),
    traces: generated.traces.filter(({ id }) => ids.has(id)),
  })
  return {
    now: NOW,
    losses: { 'trace.externalUrl': WHY.externalUrl },
    skips: {
      pending: 'Langfuse shows a turn once its top observation has ended',
    },
    open: async (traces) => {
      const ids = new Set<TraceId>(traces.map(({ traceId }) => traceId))
      const server = await serveLangfuse(heldAs(dialect, among(ids)))
      const open = () =>
        new LangfuseSource({ id: 'langfuse', baseUrl: server.url, ...KEYS, reader, clock: () => NOW })
      return {
        source: open(),
        insert: async (more) => {
          for (const { traceId } of more) ids.add(traceId)
          server.hold(heldAs(dialect, among(ids)))
        },
        reopen: async () => open(),
        close: async () => server.close(),
      }
    },
  }
}

const COUNT = 120
for (const dialect of ['v4', 'legacy'] as const) {
  const generated = generateTraces(COUNT, NOW)
  describeTraceSource(
    `Langfuse (${dialect})`,
    () => heldOf(dialect, generated),
    harnessOf(dialect, generated),
  )
}

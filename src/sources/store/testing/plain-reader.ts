import type { SpanOutline } from '../../../domain/model/span.ts'
import type { TraceSummary } from '../../../domain/model/trace.ts'
import { durationMicros, type Micros } from '../../../domain/model/units.ts'
import type { SpanFacts } from '../../../semantics/reading.ts'
import type { Reader } from '../columns/reader.ts'

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const PREVIEW = 500

/** Reads spans without any convention: names, times, states. Stands in where meaning does not matter. */
export const plainReader: Reader = {
  readSpan: (span) => {
    const outline: SpanOutline = {
      spanId: span.spanId,
      parentId: span.parentId,
      name: span.name,
      kind: 'custom',
      startTime: span.startTime,
      duration: span.duration,
      service: text(span.resource['service.name']) ?? 'unknown',
      state: span.duration === null ? 'running' : span.status.code === 'error' ? 'error' : 'ok',
      ...(span.status.message !== undefined && { error: span.status.message }),
    }
    const input = text(span.attributes.input)
    const output = text(span.attributes.output)
    const facts: SpanFacts = {
      ...(input !== undefined && { input: { rank: 0, value: input } }),
      ...(output !== undefined && { output: { rank: 0, value: output } }),
    }
    return { outline, facts }
  },
  summarise: (readings, { traceId }) => {
    const outlines = readings.map(({ outline }) => outline)
    const root = outlines.find(({ parentId }) => parentId === null)
    const first = Math.min(...outlines.map(({ startTime }) => startTime)) as Micros
    const end = Math.max(...outlines.map(({ startTime, duration }) => startTime + (duration ?? 0)))
    const input = readings.find(({ facts }) => facts.input)?.facts.input?.value
    const output = readings.find(({ facts }) => facts.output)?.facts.output?.value
    const failed = outlines.find(({ state }) => state === 'error')
    const services = [...new Set(outlines.map(({ service }) => service))]
    const summary: TraceSummary = {
      traceId,
      startTime: first,
      duration: durationMicros(end - first),
      status: failed ? 'error' : 'ok',
      kind: 'turn',
      chatbot: { id: services[0] ?? 'unknown', name: services[0] ?? 'unknown' },
      ...(input !== undefined && { input: input.slice(0, PREVIEW) }),
      ...(output !== undefined && { output: output.slice(0, PREVIEW) }),
      ...(failed?.error !== undefined && { error: failed.error }),
      metrics: {},
      tags: [],
      feedback: [],
      services,
      spanCount: outlines.length,
      errorCount: outlines.filter(({ state }) => state === 'error').length,
    }
    return {
      summary,
      facets: {
        models: [],
        tools: [],
        flows: [],
        spanNames: [...new Set(outlines.map(({ name }) => name))],
        changed: [],
      },
      outlines,
      rootSeen: root !== undefined,
      ...(input !== undefined && { input }),
      ...(output !== undefined && { output }),
    }
  },
  readMeaning: () => ({}),
}

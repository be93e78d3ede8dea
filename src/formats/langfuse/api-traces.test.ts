import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Span } from '../../domain/model/span.ts'
import { traceId } from '../../domain/model/units.ts'
import { readSpan } from '../../semantics/span/read-span.ts'
import { summarise } from '../../semantics/trace/summarise.ts'
import { inOneGo } from '../otlp/guard/steps.ts'
import type { JsonObject } from '../otlp/json/json-fields.ts'
import { cursorPageIn, numberedPageIn } from './api-replies.ts'
import { legacyTraceInSteps, rowSpansInSteps } from './api-traces.ts'

const folder = (version: string) => new URL(`../fixtures/langfuse/${version}/`, import.meta.url)
const read = (version: string, name: string): JsonObject =>
  JSON.parse(readFileSync(new URL(name, folder(version)), 'utf8'))
const named = (version: string, pattern: RegExp): readonly string[] =>
  readdirSync(folder(version)).filter((name) => pattern.test(name))

const readTrace = (id: unknown, spans: readonly Span[]) =>
  summarise(
    spans.map((span) => readSpan(span)),
    { traceId: traceId(String(id)) },
  )

const micros = (text: unknown): number => Date.parse(String(text)) * 1000
const sum = (values: readonly unknown[]): number =>
  values.reduce<number>((total, value) => total + (typeof value === 'number' ? value : 0), 0)
const nothing = (value: unknown): undefined | unknown => (value === null || value === '' ? undefined : value)

/** What is said, wherever in a recorded message it stands. */
const spoken = (recorded: unknown): string | undefined => {
  if (recorded === null || recorded === undefined) return undefined
  const text = typeof recorded === 'string' ? recorded : JSON.stringify(recorded)
  const found = [...text.matchAll(/"content":"((?:[^"\\]|\\.)*)"/g)].at(-1)?.[1]
  return found === undefined ? text : (JSON.parse(`"${found}"`) as string)
}

const shapeOf = (spans: readonly { spanId: string; parentId: string | null }[]) =>
  Object.fromEntries(spans.map(({ spanId, parentId }) => [spanId, parentId]))

describe('the traces of v4.16.0', () => {
  const rows = new Map<string, JsonObject>()
  for (const name of named('v4.16.0', /^v2_observations_(by_trace|roots_p|level|type)/))
    for (const row of cursorPageIn(read('v4.16.0', name))?.rows ?? [])
      rows.set(`${row.traceId} ${row.id}`, row)
  const traces = new Map<string, JsonObject[]>()
  for (const row of rows.values()) {
    const id = String(row.traceId)
    traces.set(id, [...(traces.get(id) ?? []), row])
  }
  const tops = [...traces].flatMap(([id, own]) => {
    const top = own.find((row) => row.isRootObservation === true)
    return top ? [[id, own, top] as const] : []
  })

  it('are many', () => expect(tops.length).toBeGreaterThan(35))

  it.each(tops)('%s is what its rows say', (id, own, top) => {
    const { traces: read_, problems } = inOneGo(rowSpansInSteps(own))
    expect(problems).toEqual([])
    const spans = read_.get(traceId(id)) ?? []
    const { summary, outlines, input, output } = readTrace(id, spans)
    expect(shapeOf(outlines)).toEqual(
      Object.fromEntries(own.map((row) => [row.id, nothing(row.parentObservationId) ?? null])),
    )
    const failed = own.filter((row) => row.level === 'ERROR')
    expect(summary).toMatchObject({
      startTime: micros(top.startTime),
      duration: micros(top.endTime) - micros(top.startTime),
      status: failed.length > 0 ? 'error' : 'ok',
      chatbot: { name: top.traceName, version: top.version },
      session: { id: top.sessionId },
      participant: { id: top.userId },
      environment: top.environment,
    })
    expect(summary.duration).toBeCloseTo((top.latency as number) * 1e6, 0)
    expect([...summary.tags].sort()).toEqual([...(top.tags as string[])].sort())
    expect(input).toBe(spoken(top.input))
    if (top.output !== null || own.length > 1) expect(output ?? null).toBe(spoken(top.output) ?? null)
    const calls = own.filter((row) => row.type === 'GENERATION')
    if (calls.length === 0) return
    expect(summary.metrics).toMatchObject({
      llmTurns: calls.length,
      toolCalls: own.filter((row) => row.type === 'TOOL').length,
    })
    const known = calls.filter((row) => (row.totalUsage as number) > 0)
    expect(summary.metrics.totalTokens).toBe(
      known.length > 0 ? sum(known.map((row) => row.totalUsage)) : null,
    )
    expect(summary.metrics.inputTokens).toBe(
      known.length > 0 ? sum(known.map((row) => row.inputUsage)) : null,
    )
    expect(summary.metrics.outputTokens).toBe(
      known.length > 0 ? sum(known.map((row) => row.outputUsage)) : null,
    )
    expect(summary.metrics.cost ?? 0).toBeCloseTo(sum(own.map((row) => row.totalCost)), 9)
  })
})

describe('the traces of v2.95.12', () => {
  const details = named('v2.95.12', /^trace_detail/).map((name) => read('v2.95.12', name))
  const listed = new Map(
    named('v2.95.12', /^traces_list_(p\d|default|filter)/)
      .flatMap((name) => numberedPageIn(read('v2.95.12', name))?.rows ?? [])
      .map((row) => [String(row.id), row]),
  )

  it.each(details.map((detail) => [detail.id, detail] as const))('%s is what its body says', (id, detail) => {
    const { spans, feedback, problems } = inOneGo(legacyTraceInSteps(detail))
    const own = detail.observations as readonly JsonObject[]
    const { summary, outlines, input, output } = readTrace(id, spans)
    expect(problems).toEqual([])
    expect(shapeOf(outlines)).toEqual(
      Object.fromEntries(own.map((row) => [row.id, row.parentObservationId ?? null])),
    )
    expect(summary).toMatchObject({
      startTime: micros(detail.timestamp),
      status: own.some((row) => row.level === 'ERROR') ? 'error' : 'ok',
      chatbot: { name: detail.name, version: detail.version },
      session: { id: detail.sessionId },
      participant: { id: detail.userId },
      tags: detail.tags,
      metrics: {
        llmTurns: own.filter((row) => row.type === 'GENERATION').length,
        inputTokens: sum(own.map((row) => row.promptTokens)),
        outputTokens: sum(own.map((row) => row.completionTokens)),
        totalTokens: sum(own.map((row) => row.totalTokens)),
      },
    })
    expect(summary.duration / 1e6).toBeCloseTo(detail.latency as number, 5)
    expect(summary.metrics.cost).toBeCloseTo(detail.totalCost as number, 9)
    expect(input).toBe(spoken(detail.input))
    expect(output ?? null).toBe(spoken(detail.output) ?? null)
    expect(feedback).toHaveLength((detail.scores as readonly unknown[]).length)
  })

  it('are listed, and most', () => expect(listed.size).toBeGreaterThan(45))

  it.each([...listed])('%s reads from a list as far as it tells', (id, row) => {
    const { spans } = inOneGo(legacyTraceInSteps(row))
    const { summary, input, output } = readTrace(id, spans)
    expect(summary).toMatchObject({
      startTime: micros(row.timestamp),
      chatbot: { name: row.name, version: row.version },
      session: { id: row.sessionId },
      participant: { id: row.userId },
      tags: row.tags,
    })
    expect(input).toBe(spoken(row.input))
    expect(output ?? null).toBe(spoken(row.output) ?? null)
  })
})

describe('a top observation whose caller is elsewhere', () => {
  const row = {
    id: 'a1',
    traceId: 't1',
    type: 'SPAN',
    name: 'turn',
    startTime: '2026-11-20T10:00:00.000Z',
    endTime: '2026-11-20T10:00:01.000Z',
    parentObservationId: 'elsewhere',
  }
  it('is the root, where the server says so', () => {
    const rootSeen = (one: JsonObject) => {
      const { traces } = inOneGo(rowSpansInSteps([one]))
      return readTrace('t1', traces.get(traceId('t1')) ?? []).rootSeen
    }
    expect([rootSeen(row), rootSeen({ ...row, isRootObservation: true })]).toEqual([false, true])
  })
})

describe('data in metadata', () => {
  const changes = [
    ['change', 'plan', ['basic', 'premium']],
    ['add', '', [['since', 2026]]],
  ]
  const metadata = {
    participant_data: { plan: 'basic' },
    participant_data_diff: changes,
    session_data: { step: 3 },
  }
  const times = { startTime: '2026-11-20T10:00:00.000Z', endTime: '2026-11-20T10:00:01.000Z' }

  it.each([
    ['structure', metadata],
    [
      'text',
      Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, JSON.stringify(value)])),
    ],
  ])('is the participant’s and the session’s, as %s', (_, given) => {
    const observation = { id: 'a', traceId: 't', type: 'SPAN', name: 'turn', ...times }
    const ofRow = inOneGo(rowSpansInSteps([{ ...observation, metadata: given }]))
    const legacy = { id: 't', timestamp: times.startTime, sessionId: 's', metadata: given }
    const ofTrace = inOneGo(legacyTraceInSteps(legacy, [observation]))
    for (const spans of [ofRow.traces.get(traceId('t')) ?? [], ofTrace.spans])
      expect(readTrace('t', spans)).toMatchObject({
        participantData: { before: { plan: 'basic' }, after: { plan: 'premium', since: 2026 } },
        sessionData: { step: 3 },
      })
  })

  it('says where the changes make no sense, and leaves it as it is', () => {
    for (const participant_data_diff of ['{', [1], [['change', 'plan']], { a: 1 }]) {
      const given = { participant_data: { plan: 'basic' }, participant_data_diff }
      const row = { id: 'a', traceId: 't', type: 'SPAN', name: 'turn', ...times, metadata: given }
      const { traces } = inOneGo(rowSpansInSteps([row]))
      const data = readTrace('t', traces.get(traceId('t')) ?? []).participantData
      expect(data?.before).toEqual({ plan: 'basic' })
      expect(data?.after ?? data?.before).toEqual({ plan: 'basic' })
      expect(data?.changes === undefined).toBe(data?.problems === undefined)
    }
  })
})

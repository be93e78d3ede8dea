import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Span } from '../../domain/model/span.ts'
import { traceId } from '../../domain/model/units.ts'
import { decodeTracesJson } from '../../formats/otlp/decode-traces.ts'
import type { TraceReading } from '../reading.ts'
import { readMeaning } from '../span/meaning.ts'
import { readSpan } from '../span/read-span.ts'
import { summarise } from './summarise.ts'

const fixtures = join(import.meta.dirname, '..', '..', 'formats', 'otlp', 'fixtures')
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
const spansOf = (file: string): readonly Span[] => decodeTracesJson(json(file)).spans

function readAll(spans: readonly Span[]): Map<string, TraceReading> {
  const byTrace = group(spans)
  return new Map(
    [...byTrace].map(([id, members]) => [
      id,
      summarise(
        members.map((span) => readSpan(span)),
        { traceId: traceId(id) },
      ),
    ]),
  )
}

function group(spans: readonly Span[]): Map<string, Span[]> {
  const groups = new Map<string, Span[]>()
  for (const span of spans) groups.set(span.traceId, [...(groups.get(span.traceId) ?? []), span])
  return groups
}

const scenarios = ['3.19.3', '3.21.0', '3.21.1'].flatMap((version) =>
  readdirSync(join(fixtures, 'rasa-sdk', version))
    .map((name) => ({ name: `${version}/${name}`, path: join(fixtures, 'rasa-sdk', version, name) }))
    .filter(({ path }) => existsSync(join(path, 'expected.json'))),
)

it('has scenarios of the action server', () => {
  expect(scenarios.length).toBeGreaterThan(50)
})

describe.each(scenarios)('action server $name', ({ path }) => {
  const files = readdirSync(path)
    .filter((file) => file.startsWith('request-'))
    .sort()
  const requests = files.map((file) => spansOf(join(path, file)))
  it.each([
    ['as it came', requests.flat()],
    ['reversed', requests.flat().reverse()],
  ])('%s', (_order, spans) => {
    const read = readAll(spans)
    const { traces } = json(join(path, 'expected.json'))
    expect(read.size).toBe(traces.length)
    for (const wanted of traces) {
      const reading = read.get(wanted.traceId)
      const summary = reading?.summary
      expect({
        traceId: wanted.traceId,
        spanCount: summary?.spanCount,
        services: [...(summary?.services ?? [])].sort(),
        sessionId: summary?.session?.id ?? null,
        toolCalls: summary?.metrics.toolCalls ?? 0,
        status: wanted.status === null ? null : summary?.status,
        rootCauseSpanName: reading?.rootCause?.name ?? null,
        rootCauseSpanId: reading?.rootCause?.spanId ?? null,
        turn: summary?.kind === 'turn',
      }).toEqual({
        traceId: wanted.traceId,
        spanCount: wanted.spanCount,
        services: [...wanted.services].sort(),
        sessionId: wanted.sessionId,
        toolCalls: wanted.toolCalls ?? 0,
        status: wanted.status,
        rootCauseSpanName: wanted.rootCauseSpanName,
        rootCauseSpanId: wanted.rootCauseSpanId,
        turn: wanted.turn,
      })
      if (wanted.rootCauseMessage)
        expect(wanted.rootCauseMessage).toContain(
          reading?.rootCause?.message.split(': ').at(-1)?.slice(0, 40),
        )
    }
  })
})

const only = (file: string): { reading: TraceReading; spans: readonly Span[] } => {
  const spans = spansOf(join(fixtures, file))
  const [reading] = [...readAll(spans).values()]
  if (!reading) throw new Error(`${file}: no trace`)
  return { reading, spans }
}

describe('Rasa', () => {
  it('a turn: services told apart, one tool call, no text, prompt tokens as an estimate', () => {
    const { summary, facets } = only('rasa/a_turn_transfer_money.otlp.json').reading
    expect(summary).toMatchObject({ kind: 'turn', status: 'ok', note: 'text-not-recorded' })
    expect(summary.services).toEqual(['rasa', 'rasa_sdk'])
    expect(summary.metrics.toolCalls).toBe(1)
    expect(summary.metrics.outputTokens).toBeNull()
    expect(facets.flows.length).toBeGreaterThan(0)
  })

  it('a failing custom action: error though the root is unset, the deepest span is the cause', () => {
    const { reading } = only('rasa/b_turn_failing_custom_action.otlp.json')
    expect(reading.summary).toMatchObject({ kind: 'turn', status: 'error' })
    expect(reading.rootCause?.name).toBe('core_banking.get_balance')
    expect(reading.summary.metrics.toolCalls).toBe(1)
    expect(reading.outlines.find(({ parentId }) => parentId === null)?.state).toBe('contains-error')
  })

  it('a training is no turn', () => {
    expect(only('rasa/c_training.otlp.json').reading.summary.kind).toBe('training')
  })
})

describe('Rasa 3.21', () => {
  it('d: a Mantle text turn with both tracers', () => {
    const { reading, spans } = only('rasa-3.21/d_text_turn_mantle.otlp.json')
    const { summary, input, output } = reading
    expect(summary).toMatchObject({
      kind: 'turn',
      status: 'ok',
      spanCount: 18,
      services: ['nordbank-rasa'],
      chatbot: { name: 'nordbank_assistant', version: '20260928-141207-burgundy-ocelot.tar.gz' },
      session: { id: 'web-7c1d90e2' },
      participant: { id: 'cust-20418' },
      channel: 'rest',
      environment: 'production',
      tags: [],
    })
    expect(summary.duration / 1e6).toBeCloseTo(3.48, 2)
    expect(input).toBe(
      'How much did I spend on groceries in September, and what does it cost to withdraw cash abroad?',
    )
    expect(output).toMatch(/^Let me look that up\.\nYou spent €412\.80 .* at least €2\.50\.$/)
    expect(summary.metrics).toMatchObject({
      llmTurns: 3,
      toolCalls: 1,
      inputTokens: null,
      outputTokens: null,
    })
    expect(summary.metrics.cost).toBeNull()
    const tool = spans.find(
      ({ name, attributes }) =>
        name === 'tool_call' && /get_spending_summary/.test(String(attributes['langfuse.observation.input'])),
    )
    expect(tool && readMeaning(tool, { preceding: spans }).tool).toMatchObject({
      name: 'get_spending_summary',
      arguments: { category: 'groceries', month: '2026-09' },
    })
    const search = spans.find(({ name }) => name === 'FAISS_Store.search')
    const found = search && readMeaning(search)
    expect(found?.query).toBe('fee for cash withdrawals abroad')
    expect(found?.documents).toHaveLength(2)
    expect(reading.outlines.filter(({ kind }) => kind === 'retrieval')).toHaveLength(1)
  })

  it('d0: over OTLP alone nothing is known but the turn', () => {
    const { summary, outlines } = only('rasa-3.21/d0_text_turn_mantle_otlp_only.otlp.json').reading
    expect(summary).toMatchObject({
      kind: 'turn',
      status: 'ok',
      chatbot: { name: 'nordbank-rasa', version: '20260928-141207-burgundy-ocelot.tar.gz' },
      session: { id: 'web-7c1d90e2' },
      channel: 'rest',
      note: 'text-not-recorded',
      metrics: { llmTurns: null, toolCalls: null, totalTokens: null, cost: null },
    })
    expect(summary.participant).toBeUndefined()
    expect([...new Set(Object.values(summary.metrics))]).toEqual([null])
    expect(outlines.filter(({ kind }) => kind === 'retrieval')).toHaveLength(1)
  })

  it('d1: the two streams of Langfuse alone', () => {
    const { reading } = only('rasa-3.21/d1_text_turn_mantle_langfuse_wire.otlp.json')
    const { summary } = reading
    expect(summary).toMatchObject({
      kind: 'turn',
      chatbot: { name: 'nordbank_assistant', version: '2026.39.1' },
      session: { id: 'web-7c1d90e2' },
      participant: { id: 'cust-20418' },
      environment: 'production',
      metrics: {
        llmTurns: 3,
        toolCalls: 1,
        inputTokens: 3947,
        cachedTokens: 2048,
        outputTokens: 118,
        totalTokens: 4065,
      },
    })
    expect(summary.metrics.cost).toBeCloseTo(0.001153, 9)
    expect(reading.models).toMatchObject([{ model: 'gpt-4.1-mini-2025-04-14', calls: 3 }])
    expect(reading.outlines.filter(({ duplicate }) => duplicate)).toHaveLength(3)
    expect(reading.outlines.filter(({ kind }) => kind === 'retrieval')).toHaveLength(1)
  })

  it('e: a voice call is one row with its turns inside', () => {
    const { summary, callTurns, input, output } = only('rasa-3.21/e_voice_call.otlp.json').reading
    expect(summary).toMatchObject({
      kind: 'call',
      status: 'ok',
      spanCount: 28,
      turns: 5,
      chatbot: { name: 'nordbank-rasa' },
      session: { id: 'MZ3f1c9a7be24d4b0f8a6655c0d1e2f304' },
      channel: 'twilio_media_streams',
    })
    expect(summary.duration / 1e6).toBeCloseTo(41.3, 1)
    expect(callTurns?.map((turn) => turn.input)).toEqual(
      [
        undefined,
        'Hi, I lost my card, I need to block it.',
        'Yes, that one, please.',
        undefined,
        'Yes, sorry. No, that is all, thank you.',
      ].map((text) =>
        text === undefined ? undefined : expect.stringContaining(text.split(/[.,]/)[0] ?? ''),
      ),
    )
    expect(callTurns?.map((turn) => turn.output?.slice(0, 8))).toEqual(
      ['Hello, t', 'One mome', 'Done. Th', 'Are you ', 'You are '].map((text) =>
        expect.stringMatching(text.slice(0, 4)),
      ),
    )
    expect(callTurns?.map((turn) => turn.perceivedLatency)).toEqual([
      undefined,
      731_200,
      1_561_400,
      512_700,
      1_466_900,
    ])
    expect(callTurns?.map((turn) => turn.trigger)).toEqual([
      'session-start',
      undefined,
      undefined,
      'silence',
      undefined,
    ])
    expect(callTurns?.[1]?.interrupted).toBe(true)
    expect(input).toContain('I lost my card')
    expect(output).toContain('Goodbye')
    expect(Object.keys(summary.metrics)).toEqual([])
  })

  it('e: while its root has not come the call is pending, not a heap of orphans', () => {
    const spans = spansOf(join(fixtures, 'rasa-3.21/e_voice_call.otlp.json')).filter(
      ({ name }) => name !== 'voice call',
    )
    const [reading] = [...readAll(spans).values()]
    expect(reading).toMatchObject({ rootSeen: false, summary: { kind: 'call', turns: 5 } })
  })

  it('f: the second model call times out, all above it is unset', () => {
    const { reading, spans } = only('rasa-3.21/f_failing_turn.otlp.json')
    expect(reading.summary).toMatchObject({
      status: 'error',
      session: { id: 'web-b8830f17' },
      channel: 'socketio',
      metrics: { llmTurns: 2, toolCalls: 1 },
    })
    expect(reading.summary.participant).toBeUndefined()
    expect(reading.rootCause?.name).toBe('llm.main')
    expect(reading.rootCause?.type).toMatch(/_MainLlmCallFailed$/)
    expect(reading.rootCause?.message).toMatch(/ProviderClientAPIException.*Request timed out/s)
    expect(reading.summary.error).toMatch(/^_MainLlmCallFailed: /)
    const calls = spans.filter(({ name }) => name === 'llm.main').sort((a, b) => a.startTime - b.startTime)
    expect(reading.rootCause?.spanId).toBe(calls[1]?.spanId)
    expect(reading.output).toMatch(/^I'm sorry, but something went wrong/)
  })

  it('f1: a tool fails and nothing has the status of an error', () => {
    const { reading } = only('rasa-3.21/f1_failing_tool_swallowed.otlp.json')
    expect(reading.summary).toMatchObject({
      status: 'error',
      session: { id: 'web-41d0aa92' },
      metrics: { llmTurns: 2, toolCalls: 1 },
    })
    expect(reading.rootCause?.name).toBe('mcp.call_mcp_tool')
    expect(reading.output).toMatch(/^I cannot reach our fee service right now/)
  })
})

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Trace, TraceSummary } from '../../domain/model/trace.ts'
import { decodeTracesJson } from '../../formats/otlp/decode-traces.ts'
import { encodeTracesJson } from '../../formats/otlp/encode-traces.ts'
import { openReplayGateway, type ReplayGateway } from '../testing/replaying.ts'

const FIXTURES = join(import.meta.dirname, '..', '..', 'formats', 'otlp', 'fixtures')
const fixture = (path: string): string => readFileSync(join(FIXTURES, path), 'utf8')
const JSON_BODY = { contentType: 'application/json' }

interface List {
  readonly items: readonly TraceSummary[]
}

/** A gateway that holds what the files hold, for the length of one test. */
async function holding<Result>(
  files: readonly string[],
  look: (gateway: ReplayGateway) => Promise<Result>,
): Promise<Result> {
  const gateway = await openReplayGateway()
  try {
    for (const file of files) await gateway.send(fixture(file), JSON_BODY)
    return await look(gateway)
  } finally {
    await gateway.close()
  }
}

const onlyTrace = (file: string): Promise<Trace> =>
  holding([file], async (gateway) => {
    const { items } = await gateway.read<List>('traces?kind=any')
    expect(items).toHaveLength(1)
    return gateway.read<Trace>(`traces/${items[0]?.traceId}`)
  })

describe('Rasa’s exports, posted and read again', () => {
  let gateway: ReplayGateway
  beforeAll(async () => {
    gateway = await openReplayGateway()
    for (const file of readdirSync(join(FIXTURES, 'rasa')).filter((name) => name.endsWith('.json')))
      await gateway.send(fixture(join('rasa', file)), JSON_BODY)
  })
  afterAll(() => gateway.close())

  it('are two turns in the table, and a training behind its kind', async () => {
    const table = await gateway.read<List>('traces')
    expect(table.items.map(({ kind }) => kind)).toEqual(['turn', 'turn'])
    const training = await gateway.read<List>('traces?kind=training')
    expect(training.items.map(({ kind }) => kind)).toEqual(['training'])
    expect(await gateway.read('traces/count?kind=any')).toMatchObject({ count: 3 })
  })

  it('tell the services apart and count each custom action once', async () => {
    const { items } = await gateway.read<List>('traces')
    for (const { services, metrics } of items) {
      expect([...services].sort()).toEqual(['rasa', 'rasa_sdk'])
      expect(metrics.toolCalls).toBe(1)
    }
  })

  it('fail where a custom action failed though the root is unset', async () => {
    const { items } = await gateway.read<List>('traces?status=error')
    expect(items).toHaveLength(1)
    const trace = await gateway.read<Trace>(`traces/${items[0]?.traceId}`)
    expect(trace.rootCause).toMatchObject({ name: 'core_banking.get_balance' })
    expect(trace.rootCause?.message).toContain('Read timed out')
  })
})

describe('Rasa 3.21’s exports, posted and read again', () => {
  it('a voice call is one row, pending while its root has not come', async () => {
    const { spans } = decodeTracesJson(JSON.parse(fixture('rasa-3.21/e_voice_call.otlp.json')))
    const gateway = await openReplayGateway()
    try {
      const send = (part: typeof spans) => gateway.send(JSON.stringify(encodeTracesJson(part)), JSON_BODY)
      await send(spans.filter(({ name }) => name !== 'voice call'))
      const running = (await gateway.read<List>('traces')).items
      expect(running).toMatchObject([{ kind: 'call', status: 'pending', turns: 5 }])
      await send(spans.filter(({ name }) => name === 'voice call'))
      const ended = (await gateway.read<List>('traces')).items
      expect(ended).toMatchObject([
        { kind: 'call', status: 'ok', turns: 5, channel: 'twilio_media_streams', spanCount: 28 },
      ])
      const trace = await gateway.read<Trace>(`traces/${ended[0]?.traceId}`)
      expect(trace.callTurns?.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5])
    } finally {
      await gateway.close()
    }
  })

  it('a Mantle turn with both tracers has texts, participant, model calls and one tool', async () => {
    const trace = await onlyTrace('rasa-3.21/d_text_turn_mantle.otlp.json')
    expect(trace).toMatchObject({
      status: 'ok',
      chatbot: { name: 'nordbank_assistant' },
      session: { id: 'web-7c1d90e2' },
      participant: { id: 'cust-20418' },
      environment: 'production',
      metrics: { llmTurns: 3, toolCalls: 1 },
      tags: [],
      spanCount: 18,
    })
    expect(trace.output).toContain('€412.80')
  })

  it('the two streams of Langfuse alone give tokens and cost once', async () => {
    const trace = await onlyTrace('rasa-3.21/d1_text_turn_mantle_langfuse_wire.otlp.json')
    expect(trace.chatbot).toMatchObject({ name: 'nordbank_assistant', version: '2026.39.1' })
    expect(trace.metrics).toMatchObject({
      llmTurns: 3,
      inputTokens: 3947,
      cachedTokens: 2048,
      outputTokens: 118,
      totalTokens: 4065,
      cost: 0.001153,
    })
  })

  it('failures that are swallowed are failures', async () => {
    const timedOut = await onlyTrace('rasa-3.21/f_failing_turn.otlp.json')
    expect(timedOut).toMatchObject({ status: 'error', rootCause: { name: 'llm.main' } })
    const payload = await onlyTrace('rasa-3.21/f1_failing_tool_swallowed.otlp.json')
    expect(payload).toMatchObject({ status: 'error', rootCause: { name: 'mcp.call_mcp_tool' } })
  })
})

interface Scenario {
  readonly traceId: string
  readonly turn: boolean
  readonly spanCount: number
  readonly services: readonly string[]
  readonly sessionId: string | null
  readonly toolCalls: number | null
  readonly status: string | null
  readonly rootCauseSpanName: string | null
  readonly rootCauseSpanId: string | null
}

const ACTION_SERVERS = ['3.19.3', '3.21.0', '3.21.1'].map((version) => join('rasa-sdk', version))

describe.each(ACTION_SERVERS)('the action server’s exports %s', (folder) => {
  const scenarios = readdirSync(join(FIXTURES, folder)).filter((name) =>
    existsSync(join(FIXTURES, folder, name, 'expected.json')),
  )
  let gateway: ReplayGateway
  beforeAll(async () => {
    gateway = await openReplayGateway()
    for (const scenario of scenarios) {
      const requests = readdirSync(join(FIXTURES, folder, scenario)).filter((name) =>
        name.startsWith('request-'),
      )
      const inOrder = requests.sort((a, b) => Number(/\d+/.exec(a)?.[0]) - Number(/\d+/.exec(b)?.[0]))
      for (const request of inOrder) await gateway.send(fixture(join(folder, scenario, request)), JSON_BODY)
    }
  })
  afterAll(() => gateway.close())

  it.each(scenarios)('%s', async (scenario) => {
    const { traces } = JSON.parse(fixture(join(folder, scenario, 'expected.json'))) as { traces: Scenario[] }
    for (const wanted of traces) {
      const trace = await gateway.read<Trace>(`traces/${wanted.traceId}`)
      expect({
        spanCount: trace.spanCount,
        services: [...trace.services].sort(),
        session: trace.session?.id ?? null,
        toolCalls: trace.metrics.toolCalls ?? 0,
        rootCause: trace.rootCause?.name ?? null,
        rootCauseId: trace.rootCause?.spanId ?? null,
        isTurn: trace.kind === 'turn',
      }).toEqual({
        spanCount: wanted.spanCount,
        services: [...wanted.services].sort(),
        session: wanted.sessionId,
        toolCalls: wanted.toolCalls ?? 0,
        rootCause: wanted.rootCauseSpanName,
        rootCauseId: wanted.rootCauseSpanId,
        isTurn: wanted.turn,
      })
      if (wanted.status !== null) expect(trace.status).toBe(wanted.status)
    }
  })
})

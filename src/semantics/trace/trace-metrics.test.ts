import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Span } from '../../domain/model/span.ts'
import { durationMicros, micros, spanId, traceId } from '../../domain/model/units.ts'
import { decodeTracesJson } from '../../formats/otlp/decode-traces.ts'
import { readSpan } from '../span/read-span.ts'
import { summarise } from './summarise.ts'

const TRACE = traceId('t1')

const span = (id: string, parent: string | null, attributes: Span['attributes']): Span => ({
  traceId: TRACE,
  spanId: spanId(id),
  parentId: parent === null ? null : spanId(parent),
  name: id,
  otelKind: 'internal',
  startTime: micros(1_000_000),
  duration: durationMicros(10),
  status: { code: 'unset' },
  attributes,
  events: [],
  links: [],
  resource: { 'service.name': 'bot' },
  scope: { name: 'test' },
})

const CHAT = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm' }
const USED = { ...CHAT, 'gen_ai.usage.input_tokens': 3, 'gen_ai.usage.output_tokens': 2 }

const read = (spans: readonly Span[]) =>
  summarise(
    spans.map((each) => readSpan(each)),
    { traceId: TRACE },
  )

describe('the counted spans of a trace', () => {
  it('are those that its numbers are made of', () => {
    const { counted, summary } = read([
      span('turn', null, {}),
      span('outer', 'turn', USED),
      span('inner', 'outer', USED),
      span('silent', 'turn', { ...CHAT, 'gen_ai.response.id': 'r1' }),
      span('look', 'turn', { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'look' }),
    ])
    expect(summary.metrics).toMatchObject({ llmTurns: 2, toolCalls: 1, totalTokens: 5 })
    expect(counted).toEqual({
      llmTurns: { spanIds: ['inner', 'silent'] },
      toolCalls: { spanIds: ['look'] },
      tokens: { spanIds: ['inner'] },
    })
  })

  it('are kept up to a thousand of each, with the number of the others', () => {
    const calls = Array.from({ length: 1_003 }, (_, at) => span(`c${at}`, 'turn', USED))
    const { counted } = read([span('turn', null, {}), ...calls])
    expect(counted?.llmTurns?.spanIds).toHaveLength(1_000)
    expect(counted?.llmTurns?.more).toBe(3)
  })

  it('are absent where nothing was counted', () => {
    expect(read([span('turn', null, {})]).counted).toBeUndefined()
  })
})

describe('zero is said only where something says it', () => {
  const AGENT = { 'gen_ai.operation.name': 'invoke_agent' }
  const TOOL = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'look' }
  const metrics = (...spans: readonly Span[]) => read(spans).summary.metrics

  it('an agent without a span of a model: what it called is not known', () => {
    expect(metrics(span('turn', null, AGENT), span('look', 'turn', TOOL))).toEqual({
      llmTurns: null,
      toolCalls: 1,
      inputTokens: null,
      cachedTokens: null,
      outputTokens: null,
      reasoningTokens: null,
      totalTokens: null,
      cost: null,
      timeToFirstToken: null,
    })
  })
  it('a call of a model that says zero', () => {
    const silent = { ...CHAT, 'gen_ai.usage.input_tokens': 3, 'gen_ai.usage.output_tokens': 0 }
    expect(metrics(span('turn', null, AGENT), span('call', 'turn', silent))).toMatchObject({
      llmTurns: 1,
      toolCalls: 0,
      outputTokens: 0,
      cost: null,
    })
  })
  it('an agent that was made and asked nothing called nothing', () => {
    expect(metrics(span('made', null, { 'gen_ai.operation.name': 'create_agent' }))).toEqual({})
  })
  it('a tool alone says nothing of models', () => {
    expect(metrics(span('turn', null, {}), span('look', 'turn', TOOL))).toEqual({ toolCalls: 1 })
  })
  it('who sees calls of models alone knows nothing of tools', () => {
    const call = { ...span('call', 'turn', USED), scope: { name: 'litellm' } }
    expect(metrics(span('turn', null, {}), call).toolCalls).toBeNull()
    expect(metrics(span('turn', null, AGENT), call).toolCalls).toBe(0)
    expect(metrics(span('turn', null, {}), call, span('look', 'turn', TOOL)).toolCalls).toBe(1)
  })
  it('an engine of Rasa that records no steps is not one that took none', () => {
    const scope = { name: 'rasa.core.agent' }
    const turn = { ...span('turn', null, {}), name: 'Agent.handle_message', scope }
    const saved = { ...span('save', 'turn', {}), name: 'MessageProcessor.save_tracker', scope }
    const step = { ...span('step', 'turn', {}), name: 'MessageProcessor._run_prediction_loop', scope }
    expect(metrics(turn, saved)).toMatchObject({ llmTurns: null, toolCalls: null, cost: null })
    expect(metrics(turn, step)).toEqual({})
  })
})

const fixtures = join(import.meta.dirname, '..', '..', 'formats', 'otlp', 'fixtures')
const recorded = ['rasa', 'rasa-3.21'].flatMap((folder) =>
  readdirSync(join(fixtures, folder))
    .filter((name) => name.endsWith('.json'))
    .map((name) => `${folder}/${name}`),
)

it.each(recorded)('%s counts as many spans as its numbers say', (name) => {
  const { spans } = decodeTracesJson(JSON.parse(readFileSync(join(fixtures, name), 'utf8')))
  for (const id of new Set(spans.map((each) => each.traceId))) {
    const { summary, counted } = read(spans.filter((each) => each.traceId === id))
    expect(counted?.llmTurns?.spanIds.length ?? 0).toBe(summary.metrics.llmTurns ?? 0)
    expect(counted?.toolCalls?.spanIds.length ?? 0).toBe(summary.metrics.toolCalls ?? 0)
  }
})

import { saidText } from '../readable/tolerant-value.ts'
import type { Convention } from './convention.ts'
import { TRACE_SUFFIX } from './open-chat-studio.ts'

const USAGE = 'langfuse.observation.usage_details'
const COST = 'langfuse.observation.cost_details'
const MESSAGE = 'langfuse.observation.status_message'

/** Langfuse's own attributes over OpenTelemetry. `input…` and `output…` of its usage exclude each other. */
export const LANGFUSE: Convention = {
  name: 'Langfuse',
  places: {
    chatbot: [[70, 'langfuse.trace.name', { cut: TRACE_SUFFIX }]],
    version: [
      [20, 'langfuse.version', { on: 'either' }],
      [30, 'langfuse.release', { on: 'either' }],
    ],
    session: [[30, 'langfuse.session.id']],
    participant: [[30, 'langfuse.user.id']],
    environment: [[30, 'langfuse.environment', { on: 'either' }]],
    requestModel: [[30, 'langfuse.observation.model.name']],
    input: [
      [10, 'langfuse.trace.input'],
      [40, 'langfuse.observation.input'],
    ],
    output: [
      [10, 'langfuse.trace.output'],
      [40, 'langfuse.observation.output'],
    ],
    inputTokens: [
      [40, USAGE, { path: 'prompt_tokens' }],
      [50, USAGE, { sumOf: 'input' }],
    ],
    cachedTokens: [
      [40, USAGE, { path: 'cache_read_input_tokens' }],
      [50, USAGE, { path: 'input_cache_read' }],
      [60, USAGE, { path: 'input_cached_tokens' }],
      [70, USAGE, { path: 'prompt_tokens_details.cached_tokens' }],
    ],
    outputTokens: [
      [40, USAGE, { path: 'completion_tokens' }],
      [50, USAGE, { sumOf: 'output' }],
    ],
    reasoningTokens: [
      [40, USAGE, { path: 'output_reasoning' }],
      [50, USAGE, { path: 'output_reasoning_tokens' }],
      [60, USAGE, { path: 'completion_tokens_details.reasoning_tokens' }],
    ],
    totalTokens: [
      [50, USAGE, { path: 'total' }],
      [60, USAGE, { path: 'total_tokens' }],
    ],
    embeddingTokens: [
      [50, USAGE, { path: 'prompt_tokens' }],
      [60, USAGE, { path: 'input' }],
      [70, USAGE, { path: 'total' }],
    ],
    cost: [
      [20, COST, { path: 'total' }],
      [30, COST, { sumOf: '' }],
    ],
    timeToFirstToken: [[40, 'langfuse.observation.completion_start_time', { unit: 'time' }]],
    toolArguments: [[80, 'langfuse.observation.input']],
    toolResult: [[80, 'langfuse.observation.output']],
    tags: [[10, 'langfuse.trace.tags']],
    errorMessage: [[10, MESSAGE]],
  },
  kinds: [
    {
      rank: 30,
      key: 'langfuse.observation.type',
      kinds: {
        generation: 'generation',
        embedding: 'embedding',
        span: 'chain',
        event: 'custom',
        agent: 'agent',
        tool: 'tool',
        chain: 'chain',
        retriever: 'retrieval',
        evaluator: 'chain',
        guardrail: 'chain',
      },
    },
  ],
  claims: [
    (at) => {
      if (at['langfuse.observation.level'] !== 'ERROR') return undefined
      const message = saidText(at[MESSAGE])
      return message === undefined ? {} : { message }
    },
  ],
  parameters: { objects: ['langfuse.observation.model.parameters'] },
}

import type { Convention } from './convention.ts'

/** OpenTelemetry's conventions for generative AI, of all versions, and names in use beside them. */
export const GEN_AI: Convention = {
  name: 'OpenTelemetry GenAI',
  places: {
    chatbot: [
      [10, 'gen_ai.agent.name'],
      [40, 'gen_ai.workflow.name'],
    ],
    version: [[10, 'gen_ai.agent.version']],
    session: [[10, 'gen_ai.conversation.id']],
    model: [[10, 'gen_ai.response.model']],
    requestModel: [[10, 'gen_ai.request.model']],
    tool: [[10, 'gen_ai.tool.name']],
    agent: [[10, 'gen_ai.agent.name']],
    provider: [
      [10, 'gen_ai.provider.name'],
      [20, 'gen_ai.system'],
    ],
    input: [
      [30, 'gen_ai.input.messages'],
      [90, 'gen_ai.prompt'],
      [100, 'gen_ai.prompt', { messages: '' }],
    ],
    output: [
      [30, 'gen_ai.output.messages'],
      [80, 'gen_ai.completion'],
      [90, 'gen_ai.completion', { messages: '' }],
    ],
    inputTokens: [
      [10, 'gen_ai.usage.input_tokens'],
      [20, 'gen_ai.usage.prompt_tokens'],
    ],
    cachedTokens: [
      [10, 'gen_ai.usage.cache_read.input_tokens'],
      [20, 'gen_ai.usage.cache_read_input_tokens'],
    ],
    outputTokens: [
      [10, 'gen_ai.usage.output_tokens'],
      [20, 'gen_ai.usage.completion_tokens'],
    ],
    reasoningTokens: [
      [10, 'gen_ai.usage.reasoning.output_tokens'],
      [20, 'gen_ai.usage.reasoning_tokens'],
    ],
    totalTokens: [[20, 'gen_ai.usage.total_tokens']],
    embeddingTokens: [[10, 'gen_ai.usage.input_tokens']],
    cost: [
      [40, 'gen_ai.usage.cost'],
      [50, 'gen_ai.cost.total_cost'],
    ],
    timeToFirstToken: [
      [10, 'gen_ai.response.time_to_first_chunk', { unit: 's' }],
      [20, 'gen_ai.client.operation.time_to_first_chunk', { unit: 's' }],
      [25, 'gen_ai.server.time_to_first_token', { unit: 'ms' }],
    ],
    streamed: [
      [10, 'gen_ai.request.stream'],
      [20, 'gen_ai.is_streaming'],
    ],
    query: [[10, 'gen_ai.retrieval.query.text']],
    documents: [[10, 'gen_ai.retrieval.documents']],
    toolArguments: [
      [10, 'gen_ai.tool.call.arguments'],
      [40, 'gen_ai.prompt'],
    ],
    toolResult: [
      [10, 'gen_ai.tool.call.result'],
      [40, 'gen_ai.completion'],
    ],
    callEvidence: [
      [10, 'gen_ai.response.id'],
      [30, 'gen_ai.output.messages'],
      [50, 'gen_ai.completion.0.role'],
    ],
  },
  kinds: [
    {
      rank: 60,
      key: 'gen_ai.operation.name',
      kinds: {
        chat: 'generation',
        text_completion: 'generation',
        generate_content: 'generation',
        embeddings: 'embedding',
        execute_tool: 'tool',
        invoke_agent: 'agent',
        create_agent: 'agent',
        retrieval: 'retrieval',
        invoke_workflow: 'chain',
        agent_step: 'chain',
        execute_task: 'chain',
        chain: 'chain',
      },
    },
  ],
  feedback: {
    events: 'gen_ai.evaluation',
    name: 'gen_ai.evaluation.name',
    values: ['gen_ai.evaluation.score.value', 'gen_ai.evaluation.score.label'],
    comment: 'gen_ai.evaluation.explanation',
  },
  parameters: { prefixes: ['gen_ai.request.'], except: ['gen_ai.request.model'] },
  firstTokenEvents: ['gen_ai.content.completion.chunk'],
  callsOnly: ['opentelemetry.instrumentation.openai_v2'],
}

/** Where messages stand in records and events, and under which keys they read as a span's own. */
export const MESSAGE_EVENTS = {
  /** How the names of all of them begin. */
  prefix: 'gen_ai.',
  said: /^gen_ai\.(system|user|assistant|tool)\.message$/,
  choice: 'gen_ai.choice',
  /** Its attributes are those that a span would have. */
  details: 'gen_ai.client.inference.operation.details',
  input: 'gen_ai.input.messages',
  output: 'gen_ai.output.messages',
} as const

/** An agent that was made and asked nothing is no turn. */
export const SETS_UP = ['gen_ai.operation.name', 'create_agent'] as const

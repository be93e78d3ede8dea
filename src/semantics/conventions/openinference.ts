import type { Convention } from './convention.ts'

/** OpenInference: Arize's conventions, and the LiteLLM and Rasa spans that follow them. */
export const OPENINFERENCE: Convention = {
  name: 'OpenInference',
  places: {
    chatbot: [[20, 'agent.name']],
    participant: [[80, 'llm.user']],
    model: [
      [20, 'llm.response.model_name'],
      [30, 'llm.response.model'],
    ],
    requestModel: [
      [20, 'llm.model_name'],
      [60, 'embedding.model_name'],
    ],
    tool: [[20, 'tool.name']],
    provider: [[30, 'llm.provider']],
    input: [
      [20, 'input.value'],
      [50, 'llm.input_messages', { messages: 'message.' }],
    ],
    output: [
      [20, 'output.value'],
      [50, 'llm.output_messages', { messages: 'message.' }],
    ],
    inputTokens: [[30, 'llm.token_count.prompt']],
    cachedTokens: [[30, 'llm.token_count.prompt_details.cache_read']],
    outputTokens: [[30, 'llm.token_count.completion']],
    reasoningTokens: [
      [30, 'llm.token_count.completion_details.reasoning'],
      // Haystack and smolagents: in the reply, as Python prints it.
      [
        110,
        'output.value',
        {
          printed: ['completion_tokens_details', 'reasoning_tokens'],
          where: ['openinference.span.kind', 'LLM'],
        },
      ],
    ],
    totalTokens: [[10, 'llm.token_count.total']],
    embeddingTokens: [
      [30, 'llm.token_count.prompt'],
      [40, 'llm.token_count.total'],
    ],
    cost: [[10, 'llm.cost.total']],
    query: [[20, 'input.value']],
    documents: [
      [20, 'retrieval.documents', { flattened: true }],
      [30, 'retrieval.documents'],
    ],
    toolArguments: [[20, 'input.value']],
    toolResult: [[20, 'output.value']],
    tags: [[20, 'tag.tags']],
    callEvidence: [[40, 'llm.output_messages.0.message.role']],
  },
  kinds: [
    {
      rank: 20,
      key: 'openinference.span.kind',
      kinds: {
        LLM: 'generation',
        EMBEDDING: 'embedding',
        CHAIN: 'chain',
        RETRIEVER: 'retrieval',
        RERANKER: 'retrieval',
        TOOL: 'tool',
        AGENT: 'agent',
        GUARDRAIL: 'chain',
        EVALUATOR: 'chain',
        PROMPT: 'chain',
      },
    },
  ],
  parameters: { objects: ['llm.invocation_parameters'] },
  firstTokenEvents: ['First Token Stream Event'],
  callsOnly: ['openinference.instrumentation.haystack'],
  scaffolds: [
    { scope: 'openinference.instrumentation.smolagents', words: /^New task:\n([\s\S]+)$/ },
    {
      scope: 'openinference.instrumentation.dspy',
      words:
        /^(?:[\s\S]*\n)?\[\[ ## (?:question|query|input|message|request) ## \]\]\n([\s\S]+?)\n\n(?:\[\[ ## |Respond with )/,
    },
  ],
}

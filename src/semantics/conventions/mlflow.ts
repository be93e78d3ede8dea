import type { Convention } from './convention.ts'

const USAGE = 'mlflow.chat.tokenUsage'

/** MLflow: the value of every attribute is JSON, texts in quotes. Session and user are not exported. */
export const MLFLOW: Convention = {
  name: 'MLflow',
  places: {
    model: [[35, 'mlflow.llm.model', { quoted: true }]],
    tool: [[75, 'mlflow.spanFunctionName', { quoted: true, where: ['mlflow.spanType', '"TOOL"'] }]],
    input: [[27, 'mlflow.spanInputs']],
    output: [[27, 'mlflow.spanOutputs']],
    toolArguments: [[25, 'mlflow.spanInputs']],
    toolResult: [[25, 'mlflow.spanOutputs']],
    inputTokens: [[55, USAGE, { path: 'input_tokens' }]],
    cachedTokens: [[75, USAGE, { path: 'cache_read_input_tokens' }]],
    outputTokens: [[55, USAGE, { path: 'output_tokens' }]],
    // Counted in the reply alone, as OpenAI's API gives it.
    reasoningTokens: [
      [95, 'mlflow.spanOutputs', { path: 'usage.completion_tokens_details.reasoning_tokens' }],
    ],
    totalTokens: [[55, USAGE, { path: 'total_tokens' }]],
  },
  kinds: [
    {
      rank: 45,
      key: 'mlflow.spanType',
      kinds: {
        '"AGENT"': 'agent',
        '"CHAT_MODEL"': 'generation',
        '"LLM"': 'generation',
        '"TOOL"': 'tool',
        '"RETRIEVER"': 'retrieval',
        '"EMBEDDING"': 'embedding',
        '"CHAIN"': 'chain',
      },
    },
  ],
}

import type { Convention } from './convention.ts'

/** The Vercel AI SDK: `ai.*`, in version 7 only its settings beside GenAI's keys. */
export const VERCEL_AI: Convention = {
  name: 'Vercel AI SDK',
  places: {
    chatbot: [[50, 'ai.telemetry.functionId']],
    session: [
      [50, 'ai.telemetry.metadata.sessionId'],
      [60, 'ai.settings.context.sessionId'],
    ],
    participant: [
      [50, 'ai.telemetry.metadata.userId'],
      [60, 'ai.settings.context.userId'],
    ],
    model: [[40, 'ai.response.model']],
    requestModel: [[40, 'ai.model.id']],
    tool: [[30, 'ai.toolCall.name']],
    provider: [[40, 'ai.model.provider']],
    input: [
      [70, 'ai.prompt'],
      [80, 'ai.prompt.messages'],
    ],
    output: [[70, 'ai.response.text']],
    inputTokens: [
      [60, 'ai.usage.inputTokens'],
      [70, 'ai.usage.promptTokens'],
    ],
    cachedTokens: [[80, 'ai.usage.cachedInputTokens']],
    outputTokens: [
      [60, 'ai.usage.outputTokens'],
      [70, 'ai.usage.completionTokens'],
    ],
    reasoningTokens: [
      [70, 'ai.usage.reasoningTokens'],
      [80, 'ai.usage.outputTokenDetails.reasoningTokens'],
    ],
    totalTokens: [[40, 'ai.usage.totalTokens']],
    embeddingTokens: [[20, 'ai.usage.tokens']],
    timeToFirstToken: [[30, 'ai.response.msToFirstChunk', { unit: 'ms' }]],
    toolArguments: [[50, 'ai.toolCall.args']],
    toolResult: [[50, 'ai.toolCall.result']],
    tags: [[30, 'ai.telemetry.metadata.tags']],
    callEvidence: [[20, 'ai.response.id']],
  },
  kinds: [
    {
      rank: 80,
      key: 'ai.operationId',
      byPrefix: true,
      kinds: {
        'ai.toolCall': 'tool',
        'ai.embed': 'embedding',
        'ai.rerank': 'retrieval',
        'ai.': 'generation',
      },
    },
  ],
  parameters: { prefixes: ['ai.settings.'], except: ['ai.settings.context.'] },
  firstTokenEvents: ['ai.stream.firstChunk'],
}

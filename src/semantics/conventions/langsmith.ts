import type { Convention } from './convention.ts'

/** LangSmith's export over OpenTelemetry; it calls a retriever `embeddings` in GenAI's words. */
export const LANGSMITH: Convention = {
  name: 'LangSmith',
  places: {
    session: [
      [70, 'langsmith.metadata.session_id'],
      [80, 'langsmith.metadata.thread_id'],
      [90, 'langsmith.metadata.conversation_id'],
    ],
    participant: [[70, 'langsmith.metadata.user_id']],
    cachedTokens: [[90, 'langsmith.metadata.usage_metadata', { path: 'input_token_details.cache_read' }]],
    tags: [[50, 'langsmith.span.tags', { commas: true }]],
  },
  kinds: [
    {
      rank: 40,
      key: 'langsmith.span.kind',
      kinds: {
        llm: 'generation',
        chain: 'chain',
        tool: 'tool',
        retriever: 'retrieval',
        embedding: 'embedding',
        prompt: 'chain',
        parser: 'chain',
      },
    },
  ],
  noTags: /^(seq:step|graph:step):\d+$/,
}

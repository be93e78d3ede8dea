import type { Convention } from './convention.ts'

/** OpenLLMetry (Traceloop): its workflow, entity and association keys; its older names for what GenAI has now. */
export const OPENLLMETRY: Convention = {
  name: 'OpenLLMetry',
  places: {
    chatbot: [[30, 'traceloop.workflow.name']],
    session: [[40, 'traceloop.association.properties.session_id']],
    participant: [[40, 'traceloop.association.properties.user_id']],
    tool: [[80, 'traceloop.entity.name', { where: ['traceloop.span.kind', 'tool'] }]],
    input: [[60, 'traceloop.entity.input']],
    output: [[60, 'traceloop.entity.output']],
    totalTokens: [[30, 'llm.usage.total_tokens']],
    toolArguments: [[30, 'traceloop.entity.input']],
    toolResult: [[30, 'traceloop.entity.output']],
  },
  kinds: [
    {
      rank: 50,
      key: 'traceloop.span.kind',
      kinds: { workflow: 'chain', task: 'chain', agent: 'agent', tool: 'tool' },
    },
    {
      rank: 70,
      key: 'llm.request.type',
      kinds: { chat: 'generation', completion: 'generation', embedding: 'embedding', rerank: 'retrieval' },
    },
  ],
  firstTokenEvents: ['llm.content.completion.chunk'],
}

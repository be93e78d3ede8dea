import type { Span, SpanKind } from '../../domain/span.ts'
import { isRasa, rasaKind } from '../conventions/rasa-kind.ts'
import { TOPIC, topicsIn } from './key-topics.ts'

type Kinds = Readonly<Record<string, SpanKind>>

const OPENINFERENCE: Kinds = {
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
}

const LANGFUSE: Kinds = {
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
}

const LANGSMITH: Kinds = {
  llm: 'generation',
  chain: 'chain',
  tool: 'tool',
  retriever: 'retrieval',
  embedding: 'embedding',
  prompt: 'chain',
  parser: 'chain',
}

const TRACELOOP: Kinds = { workflow: 'chain', task: 'chain', agent: 'agent', tool: 'tool' }

const GEN_AI: Kinds = {
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
}

const REQUEST_TYPES: Kinds = {
  chat: 'generation',
  completion: 'generation',
  embedding: 'embedding',
  rerank: 'retrieval',
}

const EVENT_TYPES: Kinds = {
  MESSAGE: 'message',
  TOOL: 'tool',
  AGENT: 'agent',
  RETRIEVAL: 'retrieval',
  GENERATION: 'generation',
  ROUTER: 'router',
  SYSTEM: 'system',
  CUSTOM: 'custom',
  FEEDBACK: 'feedback',
}

/** What each convention's key says, the preferred convention first. */
const TABLE: readonly (readonly [key: string, kinds: Kinds])[] = [
  ['turnscope.event.type', EVENT_TYPES],
  ['openinference.span.kind', OPENINFERENCE],
  ['langfuse.observation.type', LANGFUSE],
  ['langsmith.span.kind', LANGSMITH],
  ['traceloop.span.kind', TRACELOOP],
  ['gen_ai.operation.name', GEN_AI],
  ['llm.request.type', REQUEST_TYPES],
]

/** Vercel's operations by their prefix. */
const VERCEL: readonly (readonly [prefix: string, kind: SpanKind])[] = [
  ['ai.toolCall', 'tool'],
  ['ai.embed', 'embedding'],
  ['ai.rerank', 'retrieval'],
  ['ai.', 'generation'],
]

/** The kind of a span, from itself alone. */
export function kindOf(span: Span): SpanKind {
  const { attributes } = span
  if (isRasa(span)) {
    const kind = rasaKind(span)
    if (kind) return kind
  }
  for (const [key, kinds] of TABLE) {
    const said = attributes[key]
    if (typeof said !== 'string') continue
    const kind = kinds[said]
    if (kind) return kind
  }
  const operation = attributes['ai.operationId']
  if (typeof operation === 'string') {
    const known = VERCEL.find(([prefix]) => operation.startsWith(prefix))
    if (known) return known[1]
  }
  if ((topicsIn(attributes) & TOPIC.plumbing) !== 0) return 'system'
  return span.otelKind === 'client' || span.otelKind === 'server' ? 'system' : 'custom'
}

/** Concepts of a trace that are single texts. */
const TEXT_CONCEPTS = [
  'chatbot',
  'version',
  'session',
  'channel',
  'participant',
  'environment',
  'model',
  'requestModel',
  'provider',
  'tool',
  'agent',
  'query',
] as const
export type TextConcept = (typeof TEXT_CONCEPTS)[number]

/** Whether a key stands on a span, on its resource, or may stand on either. */
type Place = 'span' | 'resource' | 'both'

interface KeyRule {
  readonly concept: TextConcept
  readonly rank: number
  readonly place: Place
}

/** For every concept its keys, the preferred first. `@` marks keys of the resource, `*` keys of either. */
const KEYS: Record<TextConcept, readonly string[]> = {
  chatbot: [
    'gen_ai.agent.name',
    'agent.name',
    'traceloop.workflow.name',
    'gen_ai.workflow.name',
    'ai.telemetry.functionId',
    'langfuse.trace.metadata.assistant_id',
    'langfuse.trace.name',
    '@service.name',
  ],
  version: [
    'gen_ai.agent.version',
    '*langfuse.version',
    '*langfuse.release',
    '*service.version',
    'model_name',
    'langfuse.trace.metadata.model_id',
    'model_id',
  ],
  session: [
    'gen_ai.conversation.id',
    'session.id',
    'langfuse.session.id',
    'traceloop.association.properties.session_id',
    'ai.telemetry.metadata.sessionId',
    'ai.settings.context.sessionId',
    'langsmith.metadata.session_id',
    'langsmith.metadata.thread_id',
    'langsmith.metadata.conversation_id',
    'sender_id',
    'rasa.conversation.id',
    'langfuse.trace.metadata.sender_id',
    'conversation_id',
    'voice.channel.call_id',
  ],
  channel: [
    'input_channel',
    'langfuse.trace.metadata.input_channel',
    'voice.channel.name',
    'turnscope.channel',
  ],
  participant: [
    'user.id',
    'enduser.id',
    'langfuse.user.id',
    'traceloop.association.properties.user_id',
    'ai.telemetry.metadata.userId',
    'ai.settings.context.userId',
    'langsmith.metadata.user_id',
    'llm.user',
  ],
  environment: ['*deployment.environment.name', '*deployment.environment', '*langfuse.environment'],
  model: ['gen_ai.response.model', 'llm.response.model_name', 'llm.response.model', 'ai.response.model'],
  requestModel: [
    'gen_ai.request.model',
    'llm.model_name',
    'langfuse.observation.model.name',
    'ai.model.id',
    'llm_model',
    'embedding.model_name',
  ],
  provider: ['gen_ai.provider.name', 'gen_ai.system', 'llm.provider', 'ai.model.provider', 'llm_type'],
  tool: [
    'gen_ai.tool.name',
    'tool.name',
    'ai.toolCall.name',
    'tool_name',
    'tool_id',
    'action_name',
    'next_action',
  ],
  agent: ['gen_ai.agent.name', 'agent_name'],
  query: ['gen_ai.retrieval.query.text', 'query'],
}

/** The rank of the resource's service name as a chatbot: below it comes the root span's own name. */
export const SERVICE_NAME_RANK = KEYS.chatbot.indexOf('@service.name')
/** Keys that a setting names come before all others. */
const OVERRIDE_RANK = -100

/** Attribute keys of one's own, looked at before the table's. */
export interface KeyOverrides {
  readonly chatbot?: readonly string[]
  readonly session?: readonly string[]
  readonly participant?: readonly string[]
}

export type ConceptIndex = ReadonlyMap<string, readonly KeyRule[]>

const PLACES: Readonly<Record<string, Place>> = { '@': 'resource', '*': 'both' }

function index(overrides: KeyOverrides): ConceptIndex {
  const rules = new Map<string, KeyRule[]>()
  const add = (key: string, rule: KeyRule) => rules.set(key, [...(rules.get(key) ?? []), rule])
  for (const concept of TEXT_CONCEPTS) {
    for (const [rank, marked] of KEYS[concept].entries()) {
      const place = PLACES[marked[0] ?? ''] ?? 'span'
      add(place === 'span' ? marked : marked.slice(1), { concept, rank, place })
    }
  }
  for (const concept of ['chatbot', 'session', 'participant'] as const)
    for (const [at, key] of (overrides[concept] ?? []).entries())
      add(key, { concept, rank: OVERRIDE_RANK + at, place: 'both' })
  return rules
}

const DEFAULT_INDEX = index({})
const indexes = new WeakMap<KeyOverrides, ConceptIndex>()

/** Which concepts a key speaks for, by the table and one's own keys. */
export function conceptIndex(overrides: KeyOverrides | undefined): ConceptIndex {
  if (!overrides) return DEFAULT_INDEX
  const known = indexes.get(overrides) ?? index(overrides)
  indexes.set(overrides, known)
  return known
}

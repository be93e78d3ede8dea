import type { Attributes, AttributeValue, Span } from '../../../domain/model/span.ts'
import { isNothing, parseJson, readValue, saidText } from '../../readable/tolerant-value.ts'
import { isShape } from '../../readable/value-shape.ts'
import type { Claim, Convention } from '../convention.ts'
import { isRasa, rasaKind } from './rasa-kind.ts'

const FLOW_STEP = /(\.run_step|\.advance_flows(_until_next_action)?)$/

const withMessage = (message: string | undefined) => (message === undefined ? {} : { message })

const output = (attributes: Attributes): string => {
  const text = attributes['langfuse.observation.output']
  return typeof text === 'string' ? text : ''
}

/** The error that a tool's recorded output holds under `error` or `errors`. */
function errorField(text: string): ReturnType<Claim> {
  if (!text.includes('"error')) return undefined
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { error, errors } = value as Attributes
  const said = isNothing(error) ? errors : error
  if (isNothing(said)) return undefined
  return withMessage(typeof said === 'string' ? said : JSON.stringify(said))
}

/** What CALM's flow for internal errors says of the tool or agent that failed. */
function internalError(context: AttributeValue | undefined): ReturnType<Claim> {
  if (typeof context !== 'string' || !context.includes('pattern_internal_error')) return undefined
  const value = parseJson(context) as Attributes | undefined
  if (value?.flow_id !== 'pattern_internal_error') return undefined
  const info = value.info as Attributes | undefined
  const message = saidText(info?.error_message)
  if (message === undefined) return undefined
  const type = saidText(value.error_type)
  return { message, ...(type && { type }) }
}

/** Failures that Rasa swallows; its status stays unset. */
const CLAIMS: readonly Claim[] = [
  (at) =>
    at.tool_result_is_error === true ? withMessage(saidText(at.tool_result_error_message)) : undefined,
  (at) =>
    at.agent_output_status === 'fatal_error' || !isNothing(at.agent_output_error)
      ? withMessage(saidText(at.agent_output_error))
      : undefined,
  (at, { name }) => (name === 'tool_call' ? errorField(output(at)) : undefined),
  (at, { name }) =>
    name === 'mcp.call_mcp_tool' && /^\s*\{\s*"is_error"\s*:\s*true/.test(output(at)) ? {} : undefined,
  (at, { name }) => (name.endsWith('.run_step') ? internalError(at.current_context) : undefined),
]

/** Rasa: both engines, its action server, voice channels, and Langfuse's SDK inside of it. */
export const RASA: Convention = {
  name: 'Rasa',
  places: {
    chatbot: [[60, 'langfuse.trace.metadata.assistant_id']],
    version: [
      [50, 'model_name'],
      [60, 'langfuse.trace.metadata.model_id'],
      [70, 'model_id'],
    ],
    session: [
      [100, 'sender_id'],
      [110, 'rasa.conversation.id'],
      [120, 'langfuse.trace.metadata.sender_id'],
      [130, 'conversation_id'],
      [140, 'voice.channel.call_id'],
    ],
    channel: [
      [10, 'input_channel'],
      [20, 'langfuse.trace.metadata.input_channel'],
      [30, 'voice.channel.name'],
    ],
    requestModel: [[50, 'llm_model']],
    provider: [[50, 'llm_type']],
    component: [
      [10, 'component_class'],
      [20, 'class_name'],
    ],
    tool: [
      [40, 'tool_name'],
      [50, 'tool_id'],
      [60, 'action_name'],
      [70, 'next_action'],
    ],
    agent: [[20, 'agent_name']],
    query: [[30, 'query']],
    documents: [[40, 'document_metadata']],
    input: [
      [110, 'voice.transcript.final'],
      [120, 'agent_input_user_message'],
    ],
    output: [
      [100, 'voice.tts.text'],
      [110, 'voice.playback.text'],
      [120, 'agent_output_response_message'],
    ],
    inputTokens: [[80, 'len_prompt_tokens', { estimate: true }]],
    toolArguments: [
      [60, 'tool_arguments'],
      [70, 'tool_input_arguments'],
    ],
    toolResult: [
      [60, 'tool_result_content'],
      [70, 'tool_output_slots'],
    ],
    action: [
      [10, 'action_name'],
      [20, 'flow_name'],
      [30, 'current_flow_id'],
      [40, 'step_custom_id'],
      [50, 'node_name'],
    ],
    flow: [
      [10, 'current_flow_id', { name: FLOW_STEP }],
      [20, 'flow_name'],
      [30, 'langfuse.observation.metadata.flow_id'],
    ],
    errorMessage: [[20, 'status_message']],
  },
  kindOf: (span) => (isRasa(span) ? rasaKind(span) : undefined),
  claims: CLAIMS,
  parameters: {
    keys: ['llm_temperature', 'request_timeout', 'llm_request_timeout', 'llm_engine', 'embeddings'],
  },
  noChatbots: ['rasa.message_processing', 'Agent.handle_message', 'voice call'],
  noTags: /^(rasa-core|message-processing)$/,
}

/** What services are called that were given no name. */
const DEFAULT_SERVICE = /^rasa(_sdk)?$/
/** Who deployed it may have said what it is. */
const DEPLOYMENTS = [
  'service.namespace',
  'k8s.deployment.name',
  'k8s.statefulset.name',
  'k8s.namespace.name',
  'container.name',
] as const
/** Names that training makes up, another one each time: they tell versions, not bots. */
const MADE_UP = /^\d{8}-\d{6}-[a-z-]+$/

/** What a bot may be told by whose service has the default's name; undefined where it has one of its own. */
export function deploymentName({ resource, attributes }: Span): string | undefined {
  if (!DEFAULT_SERVICE.test(saidText(resource['service.name']) ?? 'rasa')) return undefined
  const deployed = DEPLOYMENTS.map((key) => saidText(resource[key])).find((name) => name !== undefined)
  if (deployed !== undefined) return deployed.slice(0, 200)
  const model = saidText(attributes.model_name)?.replace(/\.tar\.gz$/, '')
  return model === undefined || MADE_UP.test(model) ? undefined : model.slice(0, 200)
}

/** Whether a service's name is the one that it has without a setting. */
export const isDefaultService = (service: string): boolean => DEFAULT_SERVICE.test(service)

/** Flows of patterns are Rasa's own. */
export const isOwnFlow = (flow: string): boolean => !flow.startsWith('pattern_')

/** A span that stands for a whole loop of an agent: its calls of a model have no spans of their own. */
export const hidesCalls = ({ name }: Span): boolean => /^MCP\w*Agent\.send_message$/.test(name)

/** A step that runs an action; it goes by the action's name. */
export const runsAction = ({ name }: Span): boolean => /\._run_action$/.test(name)

/**
 * Mantle's spans of tools name their arguments without values: these are the values that the model's last call
 * of the tool gave, in the output of a span before it.
 */
export function askedArguments(
  tool: string,
  span: Span,
  others: readonly Span[],
): AttributeValue | undefined {
  const asked = others.filter(({ name, startTime }) => name.startsWith('llm.') && startTime <= span.startTime)
  for (const { attributes } of asked.sort((a, b) => b.startTime - a.startTime)) {
    const output = readValue(attributes['langfuse.observation.output'])
    const calls = isShape(output) && Array.isArray(output.tool_calls) ? output.tool_calls : []
    for (const call of calls) if (isShape(call) && call.name === tool) return call.args
  }
  return undefined
}

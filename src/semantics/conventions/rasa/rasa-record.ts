import type { AttributeValue, Span, SpanRecord } from '../../../domain/model/span.ts'
import { isNothing, readValue } from '../../readable/tolerant-value.ts'
import { isRasa } from './rasa-kind.ts'

/** Ordered: the first that fits says what kind of step a span is. */
const TITLES: readonly (readonly [name: RegExp, title: string])[] = [
  [/^GraphTrainer\.train$/, 'Training'],
  [/health_check$/, 'Health check'],
  [/^GraphNode\./, 'Component'],
  [/\._stream_new_events$/, 'Tracker store'],
  [/^LockStore\.|\.lock$/, 'Lock store'],
  [/\.(get|save)_tracker$/, 'Tracker'],
  [/^IntentlessPolicy\./, 'Intentless policy'],
  [/^EnterpriseSearchPolicy\./, 'Enterprise search'],
  [/\._prediction$/, 'Prediction of a policy'],
  [/\.advance_flows_until_next_action$/, 'Next action'],
  [/\.advance_flows$/, 'Flows'],
  [/\.run_step$/, 'Flow step'],
  [/ValidationAction\./, 'Validation'],
  [/\._create_api_response$/, 'What the action returned'],
  [
    /^command_processor\.|CommandGenerator\.|\.predict_commands$|Command\.run_command_on_tracker$/,
    'Commands',
  ],
  [/^AgentStackFrame\./, 'State of an agent'],
  [/_execute_(mcp_)?tool_call$/, 'Tool'],
  [/agent_executor\.|^MCP\w*Agent\.|^A2AAgent\./, 'Agent'],
  [/Rephraser\./, 'Rephrasing'],
  [/_Store\.search$/, 'Search'],
  [
    /\._run_action$|CustomActionExecutor\.|^EndpointConfig\.|^create_app\.|^GRPCAction|^ActionExecutor\./,
    'Action',
  ],
  [
    /^(voice call|handle \w[\w-]*|(connect|disconnect) (asr|tts)|transcribe audio|synthesize speech|play audio|store call recording|process channel message|compose event)$/,
    'Call',
  ],
]
const OTHER = 'Also recorded'

/** Names that a reader knows; all others stand as their keys with the underscores taken out. */
const NAMES: Readonly<Record<string, string>> = {
  action_metadata: 'metadata of the action',
  agent_execution_duration: 'duration of the agent, ns',
  agent_input_user_message: 'asked',
  agent_output_response_message: 'answered',
  available_actions: 'actions to choose from',
  class_name: 'class',
  cleaned_up_commands: 'commands kept',
  component_class: 'component',
  current_context: 'top of the dialogue stack',
  current_flow_id: 'flow',
  executor_class_name: 'executor',
  fn_name: 'function',
  from_state: 'state before',
  is_end_to_end_prediction: 'end to end',
  is_finetuning: 'fine-tuning',
  is_no_user_prediction: 'without a user message',
  len_prompt_tokens: 'prompt tokens, estimated',
  lock_store_class: 'lock store',
  mcp_tool_execution_duration: 'duration of the tool, ns',
  node_name: 'node',
  number_of_events: 'events in the tracker',
  number_of_streamed_events: 'events streamed',
  output_filename: 'model file',
  recipe_name: 'recipe',
  sender_id: 'conversation',
  slots_to_validate: 'slots to validate',
  startable_flow_ids: 'flows that could start',
  step_custom_id: 'step',
  step_description: 'description',
  to_state: 'state after',
  tool_execution_duration_ns: 'duration of the tool, ns',
  utter: 'response',
  utters: 'responses',
  validation_events: 'events of the validation',
}

const METADATA = 'langfuse.observation.metadata.'
/** What only Langfuse's server reads. */
const FOREIGN = /^langfuse\.(?!observation\.metadata\.)|^(session|user)\.id$/

const nameOf = (key: string): string =>
  NAMES[key] ??
  key
    .replace(METADATA, '')
    .replace(/^voice\./, '')
    .replaceAll(/[._]/g, ' ')

const MOST_FACTS = 200

const recordedValue = (value: AttributeValue | undefined): AttributeValue => {
  const read = readValue(value) ?? null
  const isEmpty = typeof read === 'object' && read !== null && Object.keys(read).length === 0
  return isNothing(read) || isEmpty ? null : read
}

/**
 * What a span of Rasa's records beside what its page shows already; undefined for spans of others, and where
 * nothing is left.
 * @param shown keys whose values stand elsewhere on the page
 */
export function rasaRecord(span: Span, shown: ReadonlySet<string>): SpanRecord | undefined {
  if (!isRasa(span)) return undefined
  // By name, not as they came: storages give attributes in orders of their own.
  const facts = Object.keys(span.attributes)
    .sort()
    .flatMap((key) => {
      if (shown.has(key) || FOREIGN.test(key)) return []
      const value = recordedValue(span.attributes[key])
      return value === null ? [] : [{ name: nameOf(key), value }]
    })
  if (facts.length === 0) return undefined
  const title = TITLES.find(([name]) => name.test(span.name))?.[1] ?? OTHER
  return { title, facts: facts.slice(0, MOST_FACTS) }
}

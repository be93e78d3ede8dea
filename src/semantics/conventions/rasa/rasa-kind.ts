import type { Span, SpanKind } from '../../../domain/model/span.ts'

const RASA_SCOPE = /^(rasa|rasa_sdk|create_app|GRPCActionServerWebhook)(\.|$)/
/** Names that Rasa gives Langfuse's spans; the kind that those carry says `span` for nearly all. */
const LANGFUSE_NAMES =
  /^(rasa\.message_processing|run_turn|iteration|advance_steps|llm\.(main|rephrase|confirm_rephrase|set_fields|completion_judge)|tool_call|mcp\.(call_mcp_tool|connect|list_tools)|command_generator\..+|flow\.call_(agent|mcp_tool)|mcp_agent\.execute_tool_call|a2a_agent\.run)$/

/** Whether a span comes from Rasa, its action server, or Langfuse's SDK inside Rasa. */
export const isRasa = ({ scope, name }: Span): boolean =>
  RASA_SCOPE.test(scope.name) || (scope.name === 'langfuse-sdk' && LANGFUSE_NAMES.test(name))

/** Mantle's own tools: state of the dialogue, not work. */
const STATE_TOOLS: ReadonlySet<string> = new Set([
  'activate',
  'complete',
  'cancel',
  'set_fields',
  'correct',
  'listen',
  'hangup',
  'cannot_help',
  'resolve_tool_confirmation',
])

/** The tool that a `tool_call` or `mcp.call_mcp_tool` span names in its input. */
export function mantleTool(span: Span): string | undefined {
  const input = span.attributes['langfuse.observation.input']
  const named = typeof input === 'string' ? /"tool_name"\s*:\s*"([^"\\]{1,200})"/.exec(input)?.[1] : undefined
  return named
}

const mantleKind = (span: Span): SpanKind => {
  const tool = mantleTool(span) ?? ''
  if (tool === 'search_knowledge') return 'retrieval'
  return STATE_TOOLS.has(tool) ? 'chain' : 'tool'
}

type Rule = readonly [name: RegExp, kind: SpanKind | ((span: Span) => SpanKind)]

/** Ordered: the first rule whose name fits. */
const RULES: readonly Rule[] = [
  [/^(Agent\.handle_message|rasa\.message_processing|handle turn|voice call)$/, 'message'],
  [/^tool_call$/, mantleKind],
  [/^mcp\.call_mcp_tool$/, 'tool'],
  [/^(mcp_agent\.execute_tool_call|flow\.call_mcp_tool)$/, 'tool'],
  [/_execute_(mcp_)?tool_call$/, 'tool'],
  [/^llm\.(main|rephrase|confirm_rephrase|set_fields|completion_judge)$/, 'generation'],
  [/\.(_?invoke_llm|_generate_llm_(answer|response))$/, 'generation'],
  [/_Store\.search$/, 'retrieval'],
  [/\._run_action$/, ({ attributes }) => (attributes.executor_class_name === undefined ? 'chain' : 'tool')],
  [/CustomActionExecutor\.(run|_request)$/, 'tool'],
  [/^(create_app\.webhook|GRPCActionServerWebhook\.\w+|ActionExecutor\.run)$/, 'tool'],
  [/^EndpointConfig\.request$/, 'system'],
  [/^(flow\.call_agent|a2a_agent\.run|MCP\w*Agent\.send_message)$/, 'agent'],
  [/agent_executor\._call_agent_with_retry$/, 'agent'],
  [/_predict_next_with_tracker$/, 'router'],
  [/\.(get_tracker|save_tracker|_stream_new_events|lock)$/, 'system'],
  [
    /^(connect|disconnect) (asr|tts)$|^(transcribe audio|synthesize speech|play audio|store call recording|process channel message|compose event)$/,
    'system',
  ],
  [/^mcp\.(connect|list_tools)$/, 'system'],
  [/health_check$/, 'system'],
  [/^rasa(_sdk)?\.|flow_executor|command_processor|^GraphNode\.|^[A-Z]\w*\.\w+$/, 'chain'],
  [/^(run_turn|iteration|advance_steps|handle (barge-in|dtmf|silence))$|^command_generator\./, 'chain'],
]

/** The kind of one of Rasa's spans by its name; undefined for spans of the bot's own code. */
export function rasaKind(span: Span): SpanKind | undefined {
  let rule = ruleOf.get(span.name)
  if (rule === undefined) {
    rule = RULES.find(([name]) => name.test(span.name)) ?? null
    if (ruleOf.size < MOST_NAMES) ruleOf.set(span.name, rule)
  }
  const kind = rule?.[1]
  return typeof kind === 'function' ? kind(span) : kind
}

/** Names repeat in every turn: which rule fits one is found out once. */
const ruleOf = new Map<string, Rule | null>()
const MOST_NAMES = 10_000

/** The span of a whole turn, which both engines record. */
export const isRasaAgent = ({ name }: { readonly name: string }): boolean => name === 'Agent.handle_message'
/** A step that only the engine records that records its steps. */
export const isRasaStep = ({ name }: { readonly name: string }): boolean =>
  name.startsWith('MessageProcessor.') && !/\.(get|save)_tracker$/.test(name)

/** The class in the name of a span, such as `FAISS_Store` in `FAISS_Store.search`. */
export const rasaClass = ({ name }: { readonly name: string }): string | undefined =>
  /(?:^|\.)([A-Z]\w*)\.\w+$/.exec(name)?.[1]

/** Of a custom action: the way to the action server, and what runs there. */
const ACTION_REQUEST = /^(EndpointConfig\.request|\w*CustomActionExecutor\._request)$/
const ACTION_CODE =
  /^(create_app\.webhook|GRPCActionServerWebhook\.\w+|ActionExecutor\.\w+|(Form)?ValidationAction\.\w+(\.\w+)?)$/

/** Which side of a custom action a span stands on; undefined for all others. */
export const actionSide = ({ name }: { readonly name: string }): 'request' | 'code' | undefined =>
  ACTION_CODE.test(name) ? 'code' : ACTION_REQUEST.test(name) ? 'request' : undefined

/** A step of the engine that only hands an action on. */
export const handsOn = ({ name }: { readonly name: string }): boolean =>
  /\._run_action$|CustomActionExecutor\.run$/.test(name)

/** Names of top spans that say what a whole trace is. */
export const RASA_TURN_ROOT =
  /^(Agent\.handle_message|rasa\.message_processing|MessageProcessor\.handle_message)$/
export const RASA_CALL_ROOT = 'voice call'
export const RASA_TRAINING_ROOT = 'GraphTrainer.train'
export const RASA_HOUSEKEEPING =
  /^(MessageProcessor\.(get_tracker|save_tracker)|A2AAgent\._perform_health_check|.*\.?perform_(llm|embeddings)_health_check|.*dialogue_understanding_test.*|mcp\.(connect|list_tools))$/
/** A call of an action server, or a piece of Rasa's own work, that came without its turn. */
export const RASA_NO_TURN =
  /^(create_app\.webhook|GRPCActionServerWebhook\.\w+|MessageProcessor\.\w+|ActionExecutor\.\w+)$/

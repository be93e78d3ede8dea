import type { Attributes, AttributeValue, LogRecord, Span, SpanKind, SpanOutline } from '../../domain/span.ts'
import type { Feedback, ParticipantData } from '../../domain/trace.ts'
import { isRasa, mantleTool } from '../conventions/rasa-kind.ts'
import { isNothing, parseJson, readValue, saidNumber, saidText } from '../readable/tolerant-value.ts'
import type { Ranked, SpanFacts, SpanReading } from '../reading.ts'
import { conceptIndex, type KeyOverrides, type TextConcept } from './concepts.ts'
import { TOPIC, topicsIn } from './key-topics.ts'
import { type SpanError, spanError } from './span-error.ts'
import { kindOf } from './span-kind.ts'
import { attributesWithLogs, spanText } from './span-texts.ts'
import { embeddingTokens, spanCost, spanUsage, timeToFirstToken } from './span-usage.ts'

export interface ReadOptions {
  /** Attribute keys of one's own, looked at before the conventions'. */
  readonly keys?: KeyOverrides
  /** The span's log records: some libraries write message content there. */
  readonly logs?: readonly LogRecord[]
}

/** Kinds whose values are never what the participant said or heard. */
const MUTE: ReadonlySet<SpanKind> = new Set(['tool', 'retrieval', 'embedding', 'system', 'feedback'])

/** Whether a span's input and output are what somebody said. Rasa's voice spans are system spans that talk. */
export const speaks = (span: Span, kind: SpanKind): boolean => !MUTE.has(kind) || isRasa(span)

const LONGEST_ERROR = 300
/** Of the root cause: Rasa's repeat whole requests. */
const LONGEST_MESSAGE = 8_000
const LONGEST_TEXT = 262_144
const MOST_TAGS = 100

/** Names that are a framework's, never a bot's. */
const NO_BOT: ReadonlySet<string> = new Set(['rasa.message_processing', 'Agent.handle_message', 'voice call'])
/** Tags that Rasa puts on every trace. */
const NOISE_TAG = /^(rasa-core|message-processing|seq:step:\d+|graph:step:\d+)$/

type Found = { -readonly [Concept in TextConcept]?: Ranked<string> }

/** The best-ranked value of every concept, in one pass over span and resource. */
function findConcepts(attributes: Attributes, resource: Attributes, keys: KeyOverrides | undefined): Found {
  const index = conceptIndex(keys)
  const found: Found = {}
  const look = (from: Attributes, elsewhere: 'span' | 'resource') => {
    for (const key in from) {
      const rules = index.get(key)
      if (!rules) continue
      const value = from[key]
      const text = typeof value === 'number' ? String(value) : saidText(value)
      if (text === undefined) continue
      for (const { concept, rank, place } of rules) {
        if (place !== 'both' && place !== elsewhere) continue
        if (concept === 'chatbot' && NO_BOT.has(text)) continue
        const known = found[concept]
        if (!known || rank < known.rank) found[concept] = { rank, value: text.slice(0, 500) }
      }
    }
  }
  look(resource, 'resource')
  look(attributes, 'span')
  return found
}

const TAG_KEYS = ['langfuse.trace.tags', 'tag.tags', 'ai.telemetry.metadata.tags', 'turnscope.tags'] as const

function tagsOf(attributes: Attributes): readonly string[] {
  const lists = TAG_KEYS.map((key) => readValue(attributes[key]))
  const commas = saidText(attributes['langsmith.span.tags'])
  const texts = [...lists.flat(), ...(commas?.split(',') ?? [])].flatMap((tag) =>
    typeof tag === 'string' && tag.trim() !== '' && !NOISE_TAG.test(tag.trim()) ? tag.trim() : [],
  )
  return [...new Set(texts)].slice(0, MOST_TAGS)
}

/** Participant data that whoever instruments a bot records under keys of our own. */
function participantData(attributes: Attributes): ParticipantData | undefined {
  const before = attributes['turnscope.participant_data.before']
  const after = attributes['turnscope.participant_data.after']
  if (before === undefined && after === undefined) return undefined
  const read = (value: AttributeValue | undefined): AttributeValue =>
    (typeof value === 'string' ? (parseJson(value) ?? value) : value) ?? {}
  return { before: read(before), ...(after !== undefined && { after: read(after) }) }
}

/** Where feedback stands: keys of our own on the span, and the GenAI conventions' event of an evaluation. */
const OWN_FEEDBACK = {
  name: 'turnscope.feedback.name',
  values: ['turnscope.feedback.value'],
  comment: 'turnscope.feedback.comment',
} as const
const EVALUATION = {
  name: 'gen_ai.evaluation.name',
  values: ['gen_ai.evaluation.score.value', 'gen_ai.evaluation.score.label'],
  comment: 'gen_ai.evaluation.explanation',
} as const

const feedbackOf = ({ attributes, events }: Span): readonly Feedback[] => [
  ...oneFeedback(attributes, OWN_FEEDBACK),
  ...events.flatMap(({ name, attributes: said }) =>
    name.startsWith('gen_ai.evaluation') ? oneFeedback(said, EVALUATION) : [],
  ),
]

function oneFeedback(
  attributes: Attributes,
  keys: typeof OWN_FEEDBACK | typeof EVALUATION,
): readonly Feedback[] {
  const name = saidText(attributes[keys.name])
  if (name === undefined) return []
  const value = keys.values.map((key) => attributes[key]).find((each) => each !== undefined)
  const comment = saidText(attributes[keys.comment])
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return [{ name, ...(plain && { value }), ...(comment && { comment }) }]
}

const FLOW_STEP = /(\.run_step|\.advance_flows(_until_next_action)?)$/

function flowsOf({ name, attributes }: Span): readonly string[] {
  const named = [
    ...(FLOW_STEP.test(name) ? [saidText(attributes.current_flow_id)] : []),
    saidText(attributes.flow_name),
    saidText(attributes['langfuse.observation.metadata.flow_id']),
  ]
  return named.filter((flow): flow is string => flow !== undefined && !flow.startsWith('pattern_'))
}

/** Which of a tool's names it goes by; the generic keys count on tools alone. */
function toolName(span: Span, kind: SpanKind, found: Found): string | undefined {
  if (kind !== 'tool' && kind !== 'chain') return undefined
  if (kind === 'chain') return /\._run_action$/.test(span.name) ? found.tool?.value : undefined
  const entity =
    span.attributes['traceloop.span.kind'] === 'tool'
      ? saidText(span.attributes['traceloop.entity.name'])
      : undefined
  return found.tool?.value ?? entity ?? mantleTool(span) ?? (isRasa(span) ? undefined : span.name)
}

const ACTION_NAMES = ['action_name', 'flow_name', 'current_flow_id', 'step_custom_id', 'node_name'] as const

function labelOf(span: Span, kind: SpanKind, found: Found, tool: string | undefined): string | undefined {
  const model = found.model?.value ?? found.requestModel?.value
  if (kind === 'generation' || kind === 'embedding') return model
  if (tool !== undefined && tool !== span.name) return tool
  if (kind === 'agent') return found.agent?.value === span.name ? undefined : found.agent?.value
  if (!isRasa(span)) return undefined
  for (const key of ACTION_NAMES) {
    const text = saidText(span.attributes[key])
    if (text !== undefined && !span.name.includes(text)) return text
  }
  return undefined
}

/** Cut so that no character is halved. */
const cut = (text: string, longest: number): string =>
  text.length <= longest ? text : text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '')

const errorText = ({ type, message }: SpanError): string => {
  const short = type?.split('.').at(-1)
  const text = short && !message.startsWith(short) ? `${short}: ${message}` : message
  return cut(text, LONGEST_ERROR)
}

/** What proves that a call of a model was made. */
const madeCall = (attributes: Attributes): boolean =>
  !isNothing(attributes['gen_ai.response.id']) ||
  !isNothing(attributes['ai.response.id']) ||
  !isNothing(attributes['gen_ai.output.messages']) ||
  !isNothing(attributes['llm.output_messages.0.message.role']) ||
  !isNothing(attributes['gen_ai.completion.0.role'])

/** Voice: what a call's turns are put together from. */
function voiceExtra({ name, attributes }: Span): { [key: string]: AttributeValue } {
  const index = saidNumber(attributes['voice.turn.index'])
  const latency = saidNumber(attributes['voice.latency.user_perceived_ms'])
  return {
    ...(name === 'handle dtmf' || name === 'handle silence' ? { trigger: name.slice('handle '.length) } : {}),
    ...(index !== undefined && { turnIndex: index }),
    ...(latency !== undefined && { perceivedMs: latency }),
    ...(attributes['voice.interrupted'] === true && { interrupted: true }),
  }
}

/**
 * Reads one span by itself. Total: any span gives a reading.
 * @returns its outline, `state` being `ok`, `error` or `running`, and what it says of its trace
 */
export function readSpan(span: Span, options: ReadOptions = {}): SpanReading {
  const attributes = attributesWithLogs(span, options.logs)
  const kind = kindOf(span)
  const error = spanError(span)
  const failed = error !== undefined
  const found = findConcepts(attributes, span.resource, options.keys)
  const rasa = isRasa(span)
  const tool = toolName(span, kind, found)
  const label = labelOf(span, kind, found, tool)
  const topics = topicsIn(attributes)
  const says = (topic: number) => (topics & topic) !== 0
  const talks = speaks(span, kind)
  const input = talks && says(TOPIC.input) ? spanText(attributes, 'input') : undefined
  const output = talks && says(TOPIC.output) ? spanText(attributes, 'output') : undefined
  const embedding = kind === 'embedding'
  const usage = says(TOPIC.usage) && !embedding ? spanUsage(span, failed) : undefined
  const cost = says(TOPIC.usage) ? spanCost(span, failed) : undefined
  const model = found.model?.value ?? found.requestModel?.value
  const isGeneration = kind === 'generation'
  const firstToken = isGeneration ? timeToFirstToken(span) : undefined
  const tags = says(TOPIC.tags) ? tagsOf(attributes) : []
  const flows = rasa ? flowsOf(span) : []
  const own = says(TOPIC.own)
  const data = own ? participantData(attributes) : undefined
  const session = attributes['turnscope.session_data']
  const feedback = own || span.events.length > 0 ? feedbackOf(span) : []
  const extra: { [key: string]: AttributeValue } = {
    ...(isGeneration && (rasa || usage || failed || output || madeCall(attributes)) ? { made: true } : {}),
    ...(rasa && { rasa: true }),
    ...(kind === 'tool' && tool === undefined && { bare: true }),
    ...(span.scope.name === 'rasa.voice' && voiceExtra(span)),
    ...(span.otelKind === 'server' || span.otelKind === 'consumer' ? { entry: true } : {}),
    ...(span.flags !== undefined && (span.flags & 0x200) !== 0 ? { remoteParent: true } : {}),
    ...(usage && attributes.len_prompt_tokens !== undefined ? { promptOnly: true } : {}),
    ...(attributes['gen_ai.operation.name'] === 'create_agent' && { setUp: true }),
    ...(span.scope.name === 'opentelemetry.instrumentation.openai_v2' && { callsOnly: true }),
    ...(/^MCP\w*Agent\.send_message$/.test(span.name) && { hiddenCalls: true }),
  }
  const outline: SpanOutline = {
    spanId: span.spanId,
    parentId: span.parentId,
    name: span.name,
    kind,
    startTime: span.startTime,
    duration: span.duration,
    service: saidText(span.resource['service.name']) ?? 'unknown',
    state: failed ? 'error' : span.duration === null ? 'running' : 'ok',
    ...(label !== undefined && { label: label.slice(0, 120) }),
    ...(tool !== undefined && { tool: tool.slice(0, 200) }),
    ...(error && { error: errorText(error) }),
    ...(span.name === 'raw_gen_ai_request' && { duplicate: true as const }),
  }
  const embedded = embedding ? embeddingTokens(span) : undefined
  const clip = (text: { rank: number; value: string }): Ranked<string> => ({
    rank: text.rank,
    value: text.value.slice(0, LONGEST_TEXT),
  })
  const facts: SpanFacts = {
    ...(found.chatbot && { chatbot: found.chatbot }),
    ...(found.version && { version: found.version }),
    ...(found.session && { session: found.session }),
    ...(found.channel && { channel: found.channel }),
    ...(found.participant && { participant: found.participant }),
    ...(saidText(attributes['user.name']) && {
      participantName: saidText(attributes['user.name']) as string,
    }),
    ...(found.environment && { environment: found.environment }),
    ...(tags.length > 0 && { tags }),
    ...(feedback.length > 0 && { feedback }),
    ...(input && { input: clip(input) }),
    ...(output && { output: clip(output) }),
    ...(model !== undefined && (isGeneration || kind === 'agent') && { model }),
    ...(usage && { usage }),
    ...(embedded !== undefined && { embeddingTokens: embedded }),
    ...(cost !== undefined && { cost }),
    ...(firstToken !== undefined && { timeToFirstToken: firstToken }),
    ...(kind === 'tool' && tool !== undefined && { tool }),
    ...(flows.length > 0 && { flows }),
    ...(error?.type && { errorType: error.type }),
    ...(error && error.message !== '' && { errorMessage: cut(error.message, LONGEST_MESSAGE) }),
    ...(data && { participantData: data }),
    ...(session !== undefined && {
      sessionData: typeof session === 'string' ? (parseJson(session) ?? session) : session,
    }),
    ...(Object.keys(extra).length > 0 && { extra }),
  }
  return { outline, facts }
}

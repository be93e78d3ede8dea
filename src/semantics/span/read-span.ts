import type { Attributes, LogRecord, Span, SpanKind, SpanOutline } from '../../domain/model/span.ts'
import { CALLS_ONLY, conventionalChatbot, ownWords, PLACES } from '../conventions/convention-table.ts'
import { SETS_UP } from '../conventions/gen-ai.ts'
import { type KeyOverrides, TOPIC } from '../conventions/key-index.ts'
import { isRawRequest } from '../conventions/litellm.ts'
import { deploymentName, hidesCalls, runsAction } from '../conventions/rasa/rasa.ts'
import { isRasa, mantleTool } from '../conventions/rasa/rasa-kind.ts'
import { replyFacts } from '../conventions/rasa/rasa-replies.ts'
import { voiceFacts } from '../conventions/rasa/rasa-voice.ts'
import { textOf } from '../readable/readable-text.ts'
import { soleText } from '../readable/sole-text.ts'
import { saidText } from '../readable/tolerant-value.ts'
import type { SpanFacts, SpanReading } from '../reading.ts'
import { type SpanError, spanError } from './span-error.ts'
import {
  dataFacts,
  type Facts,
  feedbackOf,
  flowsOf,
  madeCall,
  readKeys,
  saidIn,
  tagsOf,
} from './span-facts.ts'
import { kindOf } from './span-kind.ts'
import { attributesWithLogs, spanText } from './span-texts.ts'
import { embeddingTokens, isEstimated, spanCost, spanUsage, timeToFirstToken } from './span-usage.ts'
import { stepFacts } from './step-facts.ts'

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

const LONGEST_QUERY = 2_000
const LONGEST_ERROR = 300
/** Of the root cause: Rasa's repeat whole requests. */
const LONGEST_MESSAGE = 8_000
/** The bit of a span's flags by which OTLP says that its parent is of another process. */
const REMOTE_PARENT = 0x200

/** Which of a tool's names it goes by; the generic keys count on tools alone. */
function toolName(span: Span, kind: SpanKind, { tool }: Facts): string | undefined {
  if (kind === 'chain') return runsAction(span) ? tool?.value : undefined
  if (kind !== 'tool') return undefined
  return tool?.value ?? mantleTool(span) ?? (isRasa(span) ? undefined : span.name)
}

function labelOf(span: Span, kind: SpanKind, found: Facts, tool: string | undefined): string | undefined {
  if (kind === 'generation' || kind === 'embedding') return modelOf(found)
  if (tool !== undefined && tool !== span.name) return tool
  if (kind === 'agent') return found.agent?.value === span.name ? undefined : found.agent?.value
  if (!isRasa(span)) return undefined
  for (const [, key] of PLACES.action) {
    const text = saidText(span.attributes[key])
    if (text !== undefined && !span.name.includes(text)) return text
  }
  return undefined
}

/** What a retrieval looked for; some record it as what they were called with. */
const saidQuery = (attributes: Attributes): string | undefined => {
  const said = saidIn(attributes, 'query')
  return said === undefined ? undefined : (textOf(said, 'input') ?? soleText(said))
}

const modelOf = (found: Facts): string | undefined => found.model?.value ?? found.requestModel?.value

/** Cut so that no character is halved. */
const cut = (text: string, longest: number): string =>
  text.length <= longest ? text : text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '')

const errorText = ({ type, message }: SpanError): string => {
  const short = type?.split('.').at(-1)
  const text = short && !message.startsWith(short) ? `${short}: ${message}` : message
  return cut(text, LONGEST_ERROR)
}

/**
 * Reads one span by itself. Total: any span gives a reading.
 * @returns its outline, `state` being `ok`, `error` or `running`, and what it says of its trace
 */
export function readSpan(span: Span, options: ReadOptions = {}): SpanReading {
  const attributes = attributesWithLogs(span, options.logs)
  const { facts: found, topics } = readKeys(attributes, span.resource, options.keys)
  const kind = kindOf(span, topics)
  const error = spanError(span)
  const tool = toolName(span, kind, found)
  const label = labelOf(span, kind, found, tool)
  const outline: SpanOutline = {
    spanId: span.spanId,
    parentId: span.parentId,
    name: span.name,
    kind,
    startTime: span.startTime,
    duration: span.duration,
    service: saidText(span.resource['service.name']) ?? 'unknown',
    state: error ? 'error' : span.duration === null ? 'running' : 'ok',
    ...(label !== undefined && { label: label.slice(0, 120) }),
    ...(tool !== undefined && { tool: tool.slice(0, 200) }),
    ...(error && { error: errorText(error) }),
    ...(isRawRequest(span) && { duplicate: true as const }),
  }
  return { outline, facts: factsOf({ span, attributes, found, topics, kind, error, tool }) }
}

interface Read {
  readonly span: Span
  /** The span's, with what its log records add. */
  readonly attributes: Attributes
  readonly found: Facts
  readonly topics: number
  readonly kind: SpanKind
  readonly error: SpanError | undefined
  readonly tool: string | undefined
}

function factsOf({ span, attributes, found, topics, kind, error, tool }: Read): SpanFacts {
  const failed = error !== undefined
  const rasa = isRasa(span)
  const says = (topic: number) => (topics & topic) !== 0
  const talks = speaks(span, kind)
  const input = talks && says(TOPIC.input) ? spanText(attributes, 'input') : undefined
  const output = talks && says(TOPIC.output) ? spanText(attributes, 'output') : undefined
  const query = kind === 'retrieval' ? saidQuery(attributes) : undefined
  const embedding = kind === 'embedding'
  const isGeneration = kind === 'generation'
  const usage = says(TOPIC.tokens) && !embedding ? spanUsage(span, failed) : undefined
  const embedded = says(TOPIC.tokens) && embedding ? embeddingTokens(span) : undefined
  const cost = says(TOPIC.cost) ? spanCost(span, failed) : undefined
  const model = isGeneration || kind === 'agent' ? modelOf(found) : undefined
  const firstToken = isGeneration ? timeToFirstToken(span) : undefined
  const tags = says(TOPIC.tags) ? tagsOf(attributes) : []
  const flows = rasa ? flowsOf(span) : []
  const data = says(TOPIC.data) ? dataFacts({ name: span.name, attributes }) : {}
  const feedback = says(TOPIC.feedback) || span.events.length > 0 ? feedbackOf(span) : []
  const called = isGeneration && (rasa || usage || failed || output || madeCall(attributes))
  const named = found.chatbot ? undefined : conventionalChatbot(span)
  const chatbot = named === undefined ? found.chatbot : { rank: PLACES.chatbot.length, value: named }
  const voice = rasa ? voiceFacts(span) : undefined
  const reply = rasa ? replyFacts(span) : undefined
  const deployment = rasa ? deploymentName(span) : undefined
  const step = stepFacts(span, attributes, { kind, rasa, says: says(TOPIC.step) })
  return {
    ...(chatbot && { chatbot }),
    ...(found.version && { version: found.version }),
    ...(found.session && { session: found.session }),
    ...(found.channel && { channel: found.channel }),
    ...(found.participant && { participant: found.participant }),
    ...(found.participantName && { participantName: found.participantName.value }),
    ...(found.environment && { environment: found.environment }),
    ...(tags.length > 0 && { tags }),
    ...(feedback.length > 0 && { feedback }),
    ...(input && { input: { rank: input.rank, value: ownWords(input.value, span.scope.name) } }),
    ...(output && { output }),
    ...(query !== undefined && { query: cut(query, LONGEST_QUERY) }),
    ...(model !== undefined && { model }),
    ...step,
    ...(usage && { usage }),
    ...(embedded !== undefined && { embeddingTokens: embedded }),
    ...(cost !== undefined && { cost }),
    ...(firstToken !== undefined && { timeToFirstToken: firstToken }),
    ...(kind === 'tool' && tool !== undefined && { tool }),
    ...(flows.length > 0 && { flows }),
    ...(error?.type && { errorType: error.type }),
    ...(error && error.message !== '' && { errorMessage: cut(error.message, LONGEST_MESSAGE) }),
    ...data,
    ...(rasa && { convention: 'rasa' as const }),
    ...(called && { called: true as const }),
    ...(attributes[SETS_UP[0]] === SETS_UP[1] && { setUp: true as const }),
    ...(hidesCalls(span) && { hidesCalls: true as const }),
    ...(CALLS_ONLY.has(span.scope.name) && { callsOnly: true as const }),
    ...(kind === 'tool' && tool === undefined && { unnamedTool: true as const }),
    ...(usage && isEstimated(attributes) && { estimated: true as const }),
    ...((span.otelKind === 'server' || span.otelKind === 'consumer') && { entry: true as const }),
    ...(span.flags !== undefined && (span.flags & REMOTE_PARENT) !== 0 && { remoteParent: true as const }),
    ...(voice && { voice }),
    ...(reply && { reply }),
    ...(deployment !== undefined && { deployment }),
  }
}

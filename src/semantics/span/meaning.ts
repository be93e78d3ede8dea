import type {
  Attributes,
  AttributeValue,
  LogRecord,
  RetrievedDocument,
  Span,
  SpanMeaning,
} from '../../domain/span.ts'
import { mantleTool } from '../conventions/rasa-kind.ts'
import { isNothing, readValue, saidNumber, saidText } from '../readable/tolerant-value.ts'
import { readSpan, speaks } from './read-span.ts'
import { spanError } from './span-error.ts'
import { attributesWithLogs, spanValue, spokenValue } from './span-texts.ts'

export interface MeaningOptions {
  readonly logs?: readonly LogRecord[]
  /** Spans that ended before this one began, for values that stand only there (a model's tool call). */
  readonly preceding?: readonly Span[]
}

type ObjectValue = { readonly [key: string]: AttributeValue }
const isObject = (value: AttributeValue | undefined): value is ObjectValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Prefixes under which a request's parameters stand, and keys that are whole objects of them. */
const PARAMETER_PREFIXES = ['gen_ai.request.', 'ai.settings.'] as const
const PARAMETER_OBJECTS = ['llm.invocation_parameters', 'langfuse.observation.model.parameters'] as const
const PARAMETER_KEYS = [
  'llm_temperature',
  'request_timeout',
  'llm_request_timeout',
  'llm_engine',
  'embeddings',
] as const
const NO_PARAMETER = /^(gen_ai\.request\.model|ai\.settings\.context\.)/

function parametersOf(attributes: Attributes): Attributes | undefined {
  const found: { [key: string]: AttributeValue } = {}
  for (const key in attributes) {
    const prefix = PARAMETER_PREFIXES.find((each) => key.startsWith(each))
    if (prefix && !NO_PARAMETER.test(key)) found[key.slice(prefix.length)] = attributes[key] as AttributeValue
  }
  for (const key of PARAMETER_OBJECTS) {
    const value = readValue(attributes[key])
    if (isObject(value)) Object.assign(found, value)
  }
  for (const key of PARAMETER_KEYS) {
    const value = attributes[key]
    if (value !== undefined && !isNothing(value)) found[key] = readValue(value) ?? null
  }
  return Object.keys(found).length > 0 ? found : undefined
}

const ARGUMENT_KEYS = [
  'gen_ai.tool.call.arguments',
  'input.value',
  'traceloop.entity.input',
  'gen_ai.prompt',
  'ai.toolCall.args',
  'tool_arguments',
  'tool_input_arguments',
] as const
const RESULT_KEYS = [
  'gen_ai.tool.call.result',
  'output.value',
  'traceloop.entity.output',
  'gen_ai.completion',
  'ai.toolCall.result',
  'tool_result_content',
  'tool_output_slots',
  'langfuse.observation.output',
] as const

const firstValue = (attributes: Attributes, keys: readonly string[]): AttributeValue | undefined => {
  for (const key of keys) {
    const value = attributes[key]
    if (value !== undefined && !isNothing(value)) return readValue(value) ?? undefined
  }
  return undefined
}

/** The arguments that the model's last call of a tool gave, in the output of a span before it. */
function askedArguments(tool: string, span: Span, others: readonly Span[]): AttributeValue | undefined {
  const asked = others.filter(({ name, startTime }) => name.startsWith('llm.') && startTime <= span.startTime)
  for (const { attributes } of asked.sort((a, b) => b.startTime - a.startTime)) {
    const output = readValue(attributes['langfuse.observation.output'])
    const calls = isObject(output) && Array.isArray(output.tool_calls) ? output.tool_calls : []
    for (const call of calls) if (isObject(call) && call.name === tool) return call.args
  }
  return undefined
}

function toolOf(
  span: Span,
  attributes: Attributes,
  name: string,
  preceding: readonly Span[],
): SpanMeaning['tool'] {
  const mantle = mantleTool(span)
  const given =
    mantle === undefined
      ? (firstValue(attributes, ARGUMENT_KEYS) ?? readValue(attributes['langfuse.observation.input']))
      : askedArguments(mantle, span, preceding)
  const result = firstValue(attributes, RESULT_KEYS)
  return {
    name,
    ...(given !== undefined && !isNothing(given) && { arguments: given }),
    ...(result !== undefined && { result }),
  }
}

const LISTS = ['documents', 'source_nodes', 'nodes', 'results', 'hits', 'chunks'] as const
const CONTENT = ['page_content', 'content', 'text', 'chunk', 'document'] as const

/** What Python prints of an object that has no text of its own. */
const OBJECT_REPR = /^<.*>$/s

/** A document in any of the shapes that retrievers write. */
function documentOf(value: AttributeValue): RetrievedDocument | undefined {
  if (typeof value === 'string') return OBJECT_REPR.test(value) ? undefined : { content: value }
  if (!isObject(value)) return undefined
  const node = isObject(value.node) ? value.node : isObject(value.document) ? value.document : value
  const known = ['id', 'id_', 'doc_id', 'score', ...CONTENT].some((key) => key in node)
  // Rasa's stores record the metadata alone.
  const metadata = readValue(node.metadata ?? value.metadata) ?? (known ? undefined : value)
  const fields = isObject(metadata) ? metadata : {}
  const id = [
    value.id,
    node.id,
    node.id_,
    fields.id,
    fields.document_id,
    fields.source,
    value.doc_id,
    value.source,
  ].find((each) => typeof each === 'string' || typeof each === 'number')
  const content = CONTENT.map((key) => node[key]).find((each): each is string => typeof each === 'string')
  const score =
    saidNumber(value.score) ??
    saidNumber(node.score) ??
    saidNumber(fields.score) ??
    saidNumber(fields.relevance_score)
  if (id === undefined && content === undefined && score === undefined && metadata == null) return undefined
  return {
    ...(id !== undefined && { id: String(id) }),
    ...(content !== undefined && { content }),
    ...(score !== undefined && { score }),
    ...(metadata !== undefined && !isNothing(metadata) && { metadata }),
  }
}

const MOST_DOCUMENTS = 1000

/** `retrieval.documents.N.document.id`, …, as OpenInference flattens them. */
function flattenedDocuments(attributes: Attributes): AttributeValue[] {
  const documents: AttributeValue[] = []
  for (let at = 0; at < MOST_DOCUMENTS; at++) {
    const start = `retrieval.documents.${at}.document.`
    const fields = ['id', 'content', 'score', 'metadata'].flatMap((name) => {
      const value = attributes[start + name]
      return value === undefined ? [] : [[name, value] as const]
    })
    if (fields.length === 0) break
    documents.push(Object.fromEntries(fields))
  }
  return documents
}

const listIn = (value: AttributeValue | undefined): readonly AttributeValue[] => {
  const read = readValue(value)
  if (Array.isArray(read)) return read
  if (!isObject(read)) return []
  for (const key of LISTS) if (Array.isArray(read[key])) return read[key] as readonly AttributeValue[]
  return []
}

function documentsOf(attributes: Attributes): readonly RetrievedDocument[] {
  const places = [
    () => listIn(attributes['gen_ai.retrieval.documents']),
    () => flattenedDocuments(attributes),
    () => listIn(attributes['retrieval.documents']),
    () => listIn(spanValue(attributes, 'output')),
    () => listIn(attributes.document_metadata),
  ]
  for (const place of places) {
    const documents = place()
      .slice(0, MOST_DOCUMENTS)
      .flatMap((each) => documentOf(each) ?? [])
    if (documents.length > 0) return documents
  }
  return []
}

/** What one span means, for its page; values whole. Total. */
export function readMeaning(span: Span, options: MeaningOptions = {}): SpanMeaning {
  const attributes = attributesWithLogs(span, options.logs)
  const { outline, facts } = readSpan(span, options)
  const { kind } = outline
  const sideOf = speaks(span, kind) ? spokenValue : spanValue
  const input = sideOf(attributes, 'input')
  const output = sideOf(attributes, 'output')
  const model = saidText(facts.model) ?? (kind === 'embedding' ? outline.label : undefined)
  const provider = ['gen_ai.provider.name', 'gen_ai.system', 'llm.provider', 'ai.model.provider', 'llm_type']
    .map((key) => saidText(attributes[key]))
    .find((text) => text !== undefined)
  const parameters = parametersOf(attributes)
  const tool =
    kind === 'tool' ? toolOf(span, attributes, outline.tool ?? span.name, options.preceding ?? []) : undefined
  const agent =
    kind === 'agent'
      ? (saidText(attributes['gen_ai.agent.name']) ?? saidText(attributes.agent_name))
      : undefined
  const query =
    kind === 'retrieval'
      ? (saidText(attributes['gen_ai.retrieval.query.text']) ??
        saidText(attributes['input.value']) ??
        saidText(attributes.query))
      : undefined
  const documents = kind === 'retrieval' ? documentsOf(attributes) : []
  const error = spanError(span)
  return {
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    ...(model !== undefined && { model }),
    ...(provider !== undefined &&
      (kind === 'generation' || kind === 'embedding' || kind === 'agent') && { provider }),
    ...(parameters && { parameters }),
    ...(facts.usage && { usage: facts.usage }),
    ...(facts.cost !== undefined && { cost: facts.cost }),
    ...(facts.timeToFirstToken !== undefined && { timeToFirstToken: facts.timeToFirstToken }),
    ...(tool && { tool }),
    ...(agent !== undefined && { agent }),
    ...(query !== undefined && { query }),
    ...(documents.length > 0 && { documents }),
    ...(error && { error }),
  }
}

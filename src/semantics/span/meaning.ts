import type {
  Attributes,
  AttributeValue,
  LogRecord,
  RetrievedDocument,
  Span,
  SpanMeaning,
} from '../../domain/model/span.ts'
import type { Concept } from '../conventions/convention.ts'
import { keysOf, PARAMETERS, PLACES } from '../conventions/convention-table.ts'
import { MESSAGE_EVENTS } from '../conventions/gen-ai.ts'
import { askedArguments } from '../conventions/rasa/rasa.ts'
import { mantleTool } from '../conventions/rasa/rasa-kind.ts'
import { rasaRecord } from '../conventions/rasa/rasa-record.ts'
import { isNothing, readValue, saidText } from '../readable/tolerant-value.ts'
import { readSpan, speaks } from './read-span.ts'
import { documentOf, documentsOf, MOST_DOCUMENTS } from './retrieved-documents.ts'
import { spanError } from './span-error.ts'
import { saidIn } from './span-facts.ts'
import { attributesWithLogs, spanValue, spokenValue } from './span-texts.ts'

export interface MeaningOptions {
  readonly logs?: readonly LogRecord[]
  /** Spans that ended before this one began, for values that stand only there (a model's tool call). */
  readonly preceding?: readonly Span[]
}

type ObjectValue = { readonly [key: string]: AttributeValue }
const isObject = (value: AttributeValue | undefined): value is ObjectValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parametersOf(attributes: Attributes): Attributes | undefined {
  const found: { [key: string]: AttributeValue } = {}
  for (const key in attributes) {
    const prefix = PARAMETERS.prefixes.find((each) => key.startsWith(each))
    if (prefix && !PARAMETERS.except.some((each) => key.startsWith(each)))
      found[key.slice(prefix.length)] = attributes[key] as AttributeValue
  }
  for (const key of PARAMETERS.objects) {
    const value = readValue(attributes[key])
    if (isObject(value)) Object.assign(found, value)
  }
  for (const key of PARAMETERS.keys) {
    const value = attributes[key]
    if (value !== undefined && !isNothing(value)) found[key] = readValue(value) ?? null
  }
  return Object.keys(found).length > 0 ? found : undefined
}

const firstValue = (attributes: Attributes, concept: Concept): AttributeValue | undefined => {
  for (const [, key] of PLACES[concept]) {
    const value = attributes[key]
    if (value !== undefined && !isNothing(value)) return readValue(value) ?? undefined
  }
  return undefined
}

/** What a tool was given or gave back, where messages say it: in events and log records of the tool's span. */
function handedOver(attributes: Attributes, key: string): AttributeValue | undefined {
  const messages = readValue(attributes[key])
  const message = Array.isArray(messages) ? (messages as readonly AttributeValue[]).at(-1) : undefined
  if (!isObject(message)) return undefined
  const parts: readonly AttributeValue[] = Array.isArray(message.parts) ? message.parts : []
  const handed = parts
    .filter(isObject)
    .map((part) => part.arguments ?? part.response ?? part.result)
    .find((value) => value !== undefined)
  const value = handed ?? message.content
  return value === undefined || isNothing(value) ? undefined : (readValue(value) ?? undefined)
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
      ? (firstValue(attributes, 'toolArguments') ?? handedOver(attributes, MESSAGE_EVENTS.input))
      : askedArguments(mantle, span, preceding)
  const result = firstValue(attributes, 'toolResult') ?? handedOver(attributes, MESSAGE_EVENTS.output)
  return {
    name,
    ...(given !== undefined && !isNothing(given) && { arguments: given }),
    ...(result !== undefined && { result }),
  }
}

/** Where a step that answers from documents is given them. */
const GIVEN = ['context', 'documents', 'passages'] as const

/** Documents that a step was given beside a question, where the search itself has no span. */
function givenDocuments(input: AttributeValue | undefined): readonly RetrievedDocument[] {
  const read = readValue(input)
  if (!isObject(read)) return []
  for (const name of GIVEN) {
    const list = read[name]
    if (Array.isArray(list))
      return list.slice(0, MOST_DOCUMENTS).flatMap((each) => documentOf(each as AttributeValue) ?? [])
  }
  return []
}

/** Of what a page shows of a span by name: where it came from. */
const SHOWN_BY: readonly (readonly [is: (meaning: SpanMeaning) => boolean, concepts: readonly Concept[]])[] =
  [
    [({ input }) => input !== undefined, ['input']],
    [({ output }) => output !== undefined, ['output']],
    [({ model }) => model !== undefined, ['model', 'requestModel']],
    [({ provider }) => provider !== undefined, ['provider']],
    [({ usage }) => usage !== undefined, ['inputTokens']],
    [({ query }) => query !== undefined, ['query']],
    [({ documents }) => documents !== undefined, ['documents']],
    [({ agent }) => agent !== undefined, ['agent']],
    [({ tool }) => tool?.arguments !== undefined, ['toolArguments']],
    [({ tool }) => tool?.result !== undefined, ['toolResult']],
  ]

const shownKeys = (meaning: SpanMeaning): ReadonlySet<string> =>
  new Set([
    ...(meaning.parameters ? PARAMETERS.keys : []),
    ...SHOWN_BY.flatMap(([is, concepts]) => (is(meaning) ? concepts.flatMap(keysOf) : [])),
  ])

/** What one span means, for its page; values whole. Total. */
export function readMeaning(span: Span, options: MeaningOptions = {}): SpanMeaning {
  const meaning = withoutRecord(span, options)
  const record = rasaRecord(span, shownKeys(meaning))
  return record ? { ...meaning, record } : meaning
}

function withoutRecord(span: Span, options: MeaningOptions): SpanMeaning {
  const attributes = attributesWithLogs(span, options.logs)
  const { outline, facts } = readSpan(span, options)
  const { kind } = outline
  const sideOf = speaks(span, kind) ? spokenValue : spanValue
  const input = sideOf(attributes, 'input')
  const output = sideOf(attributes, 'output')
  const model = saidText(facts.model) ?? (kind === 'embedding' ? outline.label : undefined)
  const provider = saidIn(attributes, 'provider')
  const parameters = parametersOf(attributes)
  const tool =
    kind === 'tool' ? toolOf(span, attributes, outline.tool ?? span.name, options.preceding ?? []) : undefined
  const agent = kind === 'agent' ? saidIn(attributes, 'agent') : undefined
  const query = kind === 'retrieval' ? saidIn(attributes, 'query') : undefined
  const documents =
    kind === 'retrieval' ? documentsOf(attributes) : kind === 'chain' ? givenDocuments(input) : []
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

import type { Attributes, Span, SpanKind } from '../../domain/model/span.ts'

/** What a span says of its trace as one text; the best place over all conventions wins. */
export const FACT_CONCEPTS = [
  'chatbot',
  'version',
  'session',
  'channel',
  'participant',
  'participantName',
  'environment',
  'model',
  'requestModel',
  'tool',
  'agent',
] as const
export type FactConcept = (typeof FACT_CONCEPTS)[number]

/** Counts of tokens, as `Usage` names them. */
export const TOKEN_CONCEPTS = [
  'inputTokens',
  'cachedTokens',
  'outputTokens',
  'reasoningTokens',
  'totalTokens',
] as const

export const CONCEPTS = [
  ...FACT_CONCEPTS,
  ...TOKEN_CONCEPTS,
  /** Tokens that an embedding took: never added to those of language models. */
  'embeddingTokens',
  /** USD. */
  'cost',
  'timeToFirstToken',
  'input',
  'output',
  'tags',
  'provider',
  /** The class or part of the bot that a step belongs to. */
  'component',
  /** Of a retrieval: what was searched. */
  'vectorStore',
  /** Whether a model's answer came in parts. */
  'streamed',
  'query',
  'documents',
  'toolArguments',
  'toolResult',
  /** Whatever proves that a call of a model was made. */
  'callEvidence',
  /** What a step is about, where its name does not say. */
  'action',
  'flow',
  'errorMessage',
  'dataBefore',
  'dataAfter',
  /** Participant data at the end, where what it was at the start stands on another span. */
  'dataAtEnd',
  /** What became of it in between, in the shape of `RecordedChange`. */
  'dataChanges',
  'sessionData',
] as const
export type Concept = (typeof CONCEPTS)[number]

/** How a value stands under its key; one encoding at most, a plain value where none is named. */
export interface PlaceOptions {
  /** Where the key stands: on spans unless said. */
  readonly on?: 'resource' | 'either'
  /** Messages flattened to one attribute a field: `key.N.` + this + `role`. */
  readonly messages?: string
  /** Documents flattened to one attribute a field: `key.N.document.id`. */
  readonly flattened?: true
  /** A value inside of a JSON object: of data nested, of numbers nested or under the dotted name. */
  readonly path?: string
  /** The sum of the numbers of a JSON object whose names begin so; buckets that exclude each other. */
  readonly sumOf?: string
  /** A number in the text of an object that Python printed: what it stands in, and its name. */
  readonly printed?: readonly [within: string, name: string]
  /** Of a duration; `time` is a moment in ISO 8601, perhaps quoted. A plain duration is µs. */
  readonly unit?: 's' | 'ms' | 'time'
  /** A text in JSON, with its quotes. */
  readonly quoted?: true
  /** What is cut from a name. */
  readonly cut?: RegExp
  /** One text, items parted by commas. */
  readonly commas?: true
  /** Reckoned by the sender, not measured. */
  readonly estimate?: true
  /** Counts only where another key has this value. */
  readonly where?: readonly [key: string, value: string]
  /** Counts only on spans whose name fits. */
  readonly name?: RegExp
}

/** A key and its rank among the places of its concept over all conventions: the smallest wins. */
export type Place = readonly [rank: number, key: string, options?: PlaceOptions]

/** A key whose value names the kind of its span. Ranked over all conventions. */
export interface KindKey {
  readonly rank: number
  readonly key: string
  readonly kinds: Readonly<Record<string, SpanKind>>
  /** Values are told by how they begin; the longest that fits. */
  readonly byPrefix?: true
}

/** What a payload tells of a failure that status and events keep silent about; undefined where it tells none. */
export type Claim = (
  attributes: Attributes,
  span: Span,
) => { readonly type?: string; readonly message?: string } | undefined

/** Keys of one rating, on a span or on an event of it. */
export interface FeedbackKeys {
  readonly name: string
  /** The first that is there counts. */
  readonly values: readonly string[]
  readonly comment: string
  /** How the events begin that carry it; on the span where absent. */
  readonly events?: string
}

/** A prompt of a library: `words` finds in it, as its first group, what the participant said. */
export interface Scaffold {
  readonly scope: string
  readonly words: RegExp
}

/** Keys under which a request's parameters stand. */
export interface ParameterKeys {
  readonly prefixes?: readonly string[]
  /** Keys of whole objects, in JSON. */
  readonly objects?: readonly string[]
  readonly keys?: readonly string[]
  /** Keys below a prefix that are something else. */
  readonly except?: readonly string[]
}

/**
 * What one library or specification writes, as data: which key says what, how it is encoded, and what a span
 * is. Everything that reads spans is made from these, so that a key stands in one place alone.
 */
export interface Convention {
  readonly name: string
  readonly places: { readonly [Name in Concept]?: readonly Place[] }
  readonly kinds?: readonly KindKey[]
  /** The kind of a span that is this convention's by scope and name; goes before every key. */
  readonly kindOf?: (span: Span) => SpanKind | undefined
  /** The bot's name, where no key says it. */
  readonly chatbotOf?: (span: Span) => string | undefined
  readonly claims?: readonly Claim[]
  readonly feedback?: FeedbackKeys
  readonly parameters?: ParameterKeys
  /** What a library wraps around the participant's words before a model sees them. */
  readonly scaffolds?: readonly Scaffold[]
  /** Scopes of instrumentations that see calls of models and nothing else: that no tool shows means nothing. */
  readonly callsOnly?: readonly string[]
  /** Events that mark the first token. */
  readonly firstTokenEvents?: readonly string[]
  /** Prefixes of keys of transport: a span with nothing else to say is `system`. */
  readonly transport?: readonly string[]
  /** Names that a framework gives, never a bot's. */
  readonly noChatbots?: readonly string[]
  /** Tags that a library puts on every trace. */
  readonly noTags?: RegExp
}

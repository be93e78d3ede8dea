import { type Concept, FACT_CONCEPTS, type FactConcept } from './convention.ts'
import { CONVENTIONS, FEEDBACK, PLACES, TRANSPORT } from './convention-table.ts'

/** What keys of a span may speak about, as bits: a span is asked only what some key of it can answer. */
export const TOPIC = {
  input: 1,
  output: 2,
  tokens: 4,
  cost: 8,
  tags: 16,
  data: 32,
  feedback: 64,
  transport: 128,
  /** What steps are compared by. */
  step: 256,
} as const

/** Of every concept that is asked for by topic: which. The others are looked up where they are wanted. */
const TOPIC_OF: { readonly [Name in Concept]?: number } = {
  input: TOPIC.input,
  output: TOPIC.output,
  inputTokens: TOPIC.tokens,
  cachedTokens: TOPIC.tokens,
  outputTokens: TOPIC.tokens,
  reasoningTokens: TOPIC.tokens,
  totalTokens: TOPIC.tokens,
  embeddingTokens: TOPIC.tokens,
  cost: TOPIC.cost,
  tags: TOPIC.tags,
  dataBefore: TOPIC.data,
  dataAfter: TOPIC.data,
  dataAtEnd: TOPIC.data,
  dataChanges: TOPIC.data,
  sessionData: TOPIC.data,
  provider: TOPIC.step,
  component: TOPIC.step,
  vectorStore: TOPIC.step,
  streamed: TOPIC.step,
}

/** What a key says as a fact of its trace, and how good a place it is for that. */
export interface FactRule {
  readonly concept: FactConcept
  readonly rank: number
  readonly on: 'span' | 'resource' | 'either'
  readonly where?: readonly [key: string, value: string]
  readonly quoted?: true
  readonly path?: readonly string[]
  readonly cut?: RegExp
}

/** Everything that is known of a key. */
export interface KeyMeaning {
  readonly topics: number
  readonly facts: readonly FactRule[]
}

/** Attribute keys of one's own, looked at before the conventions'. */
export interface KeyOverrides {
  readonly chatbot?: readonly string[]
  readonly session?: readonly string[]
  readonly participant?: readonly string[]
}
const OVERRIDABLE = ['chatbot', 'session', 'participant'] as const
/** Keys that a setting names come before all others. */
const OVERRIDE_RANK = -100

/** Ranks as they are kept with facts: places in the order of preference, from 0. */
function factRules(overrides: KeyOverrides): Map<string, FactRule[]> {
  const rules = new Map<string, FactRule[]>()
  const add = (key: string, rule: FactRule) => rules.set(key, [...(rules.get(key) ?? []), rule])
  for (const concept of FACT_CONCEPTS)
    for (const [rank, [, key, options = {}]] of PLACES[concept].entries()) {
      const { on, where, quoted, path, cut } = options
      add(key, {
        concept,
        rank,
        on: on ?? 'span',
        ...(where && { where }),
        ...(quoted && { quoted }),
        ...(path !== undefined && { path: path.split('.') }),
        ...(cut && { cut }),
      })
    }
  for (const concept of OVERRIDABLE)
    for (const [at, key] of (overrides[concept] ?? []).entries())
      add(key, { concept, rank: OVERRIDE_RANK + at, on: 'either' })
  return rules
}

const exactTopics = new Map<string, number>()
const prefixTopics: (readonly [prefix: string, topic: number])[] = TRANSPORT.map((prefix) => [
  prefix,
  TOPIC.transport,
])
const addTopic = (key: string, topic: number) => exactTopics.set(key, (exactTopics.get(key) ?? 0) | topic)
for (const { places } of CONVENTIONS)
  for (const [concept, topic] of Object.entries(TOPIC_OF) as [Concept, number][])
    for (const [, key, options] of places[concept] ?? [])
      if (options?.messages === undefined) addTopic(key, topic)
      else prefixTopics.push([`${key}.`, topic])
for (const { name, events } of FEEDBACK) if (events === undefined) addTopic(name, TOPIC.feedback)

function topicsOf(key: string): number {
  let topics = exactTopics.get(key) ?? 0
  for (const [prefix, topic] of prefixTopics) if (key.startsWith(prefix)) topics |= topic
  return topics
}

const NOTHING: KeyMeaning = { topics: 0, facts: [] }
/** Keys with numbers or ids in them must not fill the memory. */
const MOST_KEYS = 20_000

/** Looks keys up; keys are few and repeat in every span, so what each means is found out once. */
export type KeyIndex = (key: string) => KeyMeaning

function keyIndex(overrides: KeyOverrides): KeyIndex {
  const rules = factRules(overrides)
  const known = new Map<string, KeyMeaning>()
  return (key) => {
    const found = known.get(key)
    if (found !== undefined) return found
    const topics = topicsOf(key)
    const facts = rules.get(key) ?? []
    const meaning = topics === 0 && facts.length === 0 ? NOTHING : { topics, facts }
    if (known.size < MOST_KEYS) known.set(key, meaning)
    return meaning
  }
}

const DEFAULT_INDEX = keyIndex({})
const indexes = new WeakMap<KeyOverrides, KeyIndex>()

/** The index of all conventions' keys and one's own. */
export function keyIndexFor(overrides: KeyOverrides | undefined): KeyIndex {
  if (!overrides) return DEFAULT_INDEX
  const known = indexes.get(overrides) ?? keyIndex(overrides)
  indexes.set(overrides, known)
  return known
}

import type { Attributes, AttributeValue, Span } from '../../domain/model/span.ts'
import type { Feedback, RecordedChange } from '../../domain/model/trace.ts'
import type { Concept, FactConcept, FeedbackKeys } from '../conventions/convention.ts'
import { FEEDBACK, isFrameworkName, isNoiseTag, keysOf, PLACES } from '../conventions/convention-table.ts'
import { type FactRule, type KeyOverrides, keyIndexFor } from '../conventions/key-index.ts'
import { isOwnFlow } from '../conventions/rasa/rasa.ts'
import { isNothing, parseJson, readValue, saidText } from '../readable/tolerant-value.ts'
import { valueAt } from '../readable/value-at.ts'
import type { Ranked, SpanFacts } from '../reading.ts'

export type Facts = { -readonly [Name in FactConcept]?: Ranked<string> }

const LONGEST_FACT = 500
const MOST_TAGS = 100

const unquoted = (text: string): string => saidText(parseJson(text)) ?? text
const plainText = (value: AttributeValue | undefined): string | undefined =>
  typeof value === 'number' ? String(value) : saidText(value)
/** A text without what its key puts around it. */
const writtenAs = (text: string, { quoted, cut }: Pick<FactRule, 'quoted' | 'cut'>): string => {
  const plain = quoted ? unquoted(text) : text
  return cut ? plain.replace(cut, '') : plain
}

/** What a span's keys say: the best-ranked value of every concept, and the topics that they speak about. */
export interface KeysRead {
  readonly facts: Facts
  readonly topics: number
}

/** Reads every key of span and resource once. */
export function readKeys(
  attributes: Attributes,
  resource: Attributes,
  overrides: KeyOverrides | undefined,
): KeysRead {
  const meaningOf = keyIndexFor(overrides)
  const facts: Facts = {}
  let topics = 0
  const look = (from: Attributes, on: 'span' | 'resource') => {
    for (const key in from) {
      const meaning = meaningOf(key)
      if (on === 'span') topics |= meaning.topics
      if (meaning.facts.length === 0) continue
      const whole = plainText(from[key])
      for (const rule of meaning.facts) {
        const { concept, rank, where } = rule
        if (rule.on !== 'either' && rule.on !== on) continue
        if (where && attributes[where[0]] !== where[1]) continue
        const known = facts[concept]
        if (known && known.rank <= rank) continue
        const text = rule.path ? plainText(valueAt(from[key], rule.path)) : whole
        if (text === undefined || (concept === 'chatbot' && isFrameworkName(text))) continue
        facts[concept] = { rank, value: writtenAs(text, rule).slice(0, LONGEST_FACT) }
      }
    }
  }
  look(resource, 'resource')
  look(attributes, 'span')
  return { facts, topics }
}

/** The first text among the places of a concept. */
export function saidIn(attributes: Attributes, concept: Concept): string | undefined {
  for (const [, key] of PLACES[concept]) {
    const text = saidText(attributes[key])
    if (text !== undefined) return text
  }
  return undefined
}

/** The tags of a span, without those that a library puts everywhere. */
export function tagsOf(attributes: Attributes): readonly string[] {
  const texts = PLACES.tags.flatMap(([, key, { commas } = {}]) => {
    const value = attributes[key]
    const list = commas ? (saidText(value)?.split(',') ?? []) : [readValue(value)].flat()
    return list.flatMap((tag) =>
      typeof tag === 'string' && tag.trim() !== '' && !isNoiseTag(tag.trim()) ? tag.trim() : [],
    )
  })
  return [...new Set(texts)].slice(0, MOST_TAGS)
}

/** What a span records of data, from the first place that has some; null is none. */
const firstOf = ({ name, attributes }: Recorded, concept: Concept): AttributeValue | undefined => {
  for (const [, key, { path, name: only } = {}] of PLACES[concept]) {
    if (attributes[key] === undefined || only?.test(name) === false) continue
    const value = path === undefined ? attributes[key] : valueAt(attributes[key], path.split('.'))
    if (value !== undefined && value !== null) return value
  }
  return undefined
}
const structured = (value: AttributeValue): AttributeValue =>
  typeof value === 'string' ? (parseJson(value) ?? value) : value

/** A span's name, and its attributes with what its log records add. */
export type Recorded = Pick<Span, 'name' | 'attributes'>

/** What one span says of the participant's and the session's data. */
export type DataFacts = Pick<SpanFacts, 'participantData' | 'dataAtEnd' | 'dataChanges' | 'sessionData'>

const recordedChanges = (value: AttributeValue | undefined): readonly RecordedChange[] | undefined => {
  const read = value === undefined ? undefined : structured(value)
  // What is no change is said when they are applied.
  return Array.isArray(read) ? (read as unknown as readonly RecordedChange[]) : undefined
}

/** Participant and session data that whoever instruments a bot records. */
export function dataFacts(recorded: Recorded): DataFacts {
  const before = firstOf(recorded, 'dataBefore')
  const after = firstOf(recorded, 'dataAfter')
  const atEnd = firstOf(recorded, 'dataAtEnd')
  const changes = recordedChanges(firstOf(recorded, 'dataChanges'))
  const session = firstOf(recorded, 'sessionData')
  return {
    ...((before !== undefined || after !== undefined) && {
      participantData: {
        before: structured(before ?? {}) ?? {},
        ...(after !== undefined && { after: structured(after) ?? {} }),
      },
    }),
    ...(atEnd !== undefined && { dataAtEnd: structured(atEnd) }),
    ...(changes && { dataChanges: changes }),
    ...(session !== undefined && { sessionData: structured(session) }),
  }
}

const ON_SPANS = FEEDBACK.filter(({ events }) => events === undefined)
const ON_EVENTS = FEEDBACK.filter(({ events }) => events !== undefined)

/** Ratings on the span, and on its events. */
export const feedbackOf = ({ attributes, events }: Span): readonly Feedback[] => [
  ...ON_SPANS.flatMap((keys) => oneFeedback(attributes, keys)),
  ...events.flatMap(({ name, attributes: said }) =>
    ON_EVENTS.flatMap((keys) => (name.startsWith(keys.events ?? '') ? oneFeedback(said, keys) : [])),
  ),
]

function oneFeedback(attributes: Attributes, keys: FeedbackKeys): readonly Feedback[] {
  const name = saidText(attributes[keys.name])
  if (name === undefined) return []
  const value = keys.values.map((key) => attributes[key]).find((each) => each !== undefined)
  const comment = saidText(attributes[keys.comment])
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return [{ name, ...(plain && { value }), ...(comment && { comment }) }]
}

/** The flows that a span is of, without Rasa's own. */
export const flowsOf = ({ name, attributes }: Span): readonly string[] =>
  PLACES.flow.flatMap(([, key, options]) => {
    const flow = options?.name?.test(name) === false ? undefined : saidText(attributes[key])
    return flow !== undefined && isOwnFlow(flow) ? flow : []
  })

const EVIDENCE = keysOf('callEvidence')

/** What proves that a call of a model was made. */
export const madeCall = (attributes: Attributes): boolean =>
  EVIDENCE.some((key) => !isNothing(attributes[key]))

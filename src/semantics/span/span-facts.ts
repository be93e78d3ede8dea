import type { Attributes, AttributeValue, Span } from '../../domain/model/span.ts'
import type { Feedback, ParticipantData } from '../../domain/model/trace.ts'
import type { Concept, FactConcept, FeedbackKeys } from '../conventions/convention.ts'
import { FEEDBACK, isFrameworkName, isNoiseTag, keysOf, PLACES } from '../conventions/convention-table.ts'
import { type KeyOverrides, keyIndexFor } from '../conventions/key-index.ts'
import { isOwnFlow } from '../conventions/rasa.ts'
import { isNothing, parseJson, readValue, saidText } from '../readable/tolerant-value.ts'
import type { Ranked } from '../reading.ts'

export type Facts = { -readonly [Name in FactConcept]?: Ranked<string> }

const LONGEST_FACT = 500
const MOST_TAGS = 100

const unquoted = (text: string): string => saidText(parseJson(text)) ?? text

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
      const value = from[key]
      const text = typeof value === 'number' ? String(value) : saidText(value)
      if (text === undefined) continue
      for (const rule of meaning.facts) {
        const { concept, rank, where, quoted } = rule
        if (rule.on !== 'either' && rule.on !== on) continue
        if (where && attributes[where[0]] !== where[1]) continue
        if (concept === 'chatbot' && isFrameworkName(text)) continue
        const known = facts[concept]
        if (!known || rank < known.rank)
          facts[concept] = { rank, value: (quoted ? unquoted(text) : text).slice(0, LONGEST_FACT) }
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

const firstOf = (attributes: Attributes, concept: Concept): AttributeValue | undefined => {
  for (const [, key] of PLACES[concept]) if (attributes[key] !== undefined) return attributes[key]
  return undefined
}
const structured = (value: AttributeValue): AttributeValue =>
  typeof value === 'string' ? (parseJson(value) ?? value) : value

/** Participant data that whoever instruments a bot records. */
export function participantData(attributes: Attributes): ParticipantData | undefined {
  const before = firstOf(attributes, 'dataBefore')
  const after = firstOf(attributes, 'dataAfter')
  if (before === undefined && after === undefined) return undefined
  return {
    before: structured(before ?? {}) ?? {},
    ...(after !== undefined && { after: structured(after) ?? {} }),
  }
}

/** One snapshot of the session's data. */
export function sessionData(attributes: Attributes): AttributeValue | undefined {
  const data = firstOf(attributes, 'sessionData')
  return data === undefined ? undefined : structured(data)
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

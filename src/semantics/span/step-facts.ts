import type { Attributes, Span, SpanKind } from '../../domain/model/span.ts'
import { PLACES } from '../conventions/convention-table.ts'
import { isRasa, rasaClass } from '../conventions/rasa/rasa-kind.ts'
import type { SpanFacts } from '../reading.ts'
import { documentCount } from './retrieved-documents.ts'
import { saidIn } from './span-facts.ts'

/** What steps are compared by: who answered, what was searched, which part of the bot it was. */
export type StepFacts = Pick<SpanFacts, 'provider' | 'component' | 'vectorStore' | 'documents' | 'streamed'>

const CALLS_MODELS: ReadonlySet<SpanKind> = new Set(['generation', 'embedding', 'agent'])
const LONGEST = 200

/** A class without its module. */
const shortClass = (name: string): string => name.split('.').at(-1) ?? name

function componentOf(span: Span, attributes: Attributes): string | undefined {
  const said = saidIn(attributes, 'component')
  if (said !== undefined) return shortClass(said)
  return span.name.includes('.') && isRasa(span) ? rasaClass(span) : undefined
}

const isStreamed = (attributes: Attributes): boolean =>
  PLACES.streamed.some(([, key]) => attributes[key] === true || attributes[key] === 'true')

/** Reads one span by itself; what does not apply or is not said is left out. */
export function stepFacts(span: Span, attributes: Attributes, kind: SpanKind): StepFacts {
  const provider = CALLS_MODELS.has(kind) ? saidIn(attributes, 'provider') : undefined
  const component = componentOf(span, attributes)
  const retrieves = kind === 'retrieval'
  const vectorStore = retrieves
    ? (saidIn(attributes, 'vectorStore') ?? (span.name.includes('_Store.') ? component : undefined))
    : undefined
  const documents = retrieves ? documentCount(attributes) : undefined
  // Each span passes here: copies of what is mostly nothing cost more than the reading itself.
  const facts: { -readonly [Name in keyof StepFacts]: StepFacts[Name] } = {}
  if (provider !== undefined) facts.provider = provider.slice(0, LONGEST)
  if (component !== undefined) facts.component = component.slice(0, LONGEST)
  if (vectorStore !== undefined) facts.vectorStore = vectorStore.slice(0, LONGEST)
  if (documents !== undefined) facts.documents = documents
  if (kind === 'generation' && isStreamed(attributes)) facts.streamed = true
  return facts
}

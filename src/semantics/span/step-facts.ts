import type { Attributes, Span, SpanKind } from '../../domain/model/span.ts'
import { PLACES } from '../conventions/convention-table.ts'
import { rasaClass } from '../conventions/rasa/rasa-kind.ts'
import type { SpanFacts } from '../reading.ts'
import { documentCount } from './retrieved-documents.ts'
import { saidIn } from './span-facts.ts'

/** What steps are compared by: who answered, what was searched, which part of the bot it was. */
export type StepFacts = Pick<SpanFacts, 'provider' | 'component' | 'vectorStore' | 'documents' | 'streamed'>

const CALLS_MODELS: ReadonlySet<SpanKind> = new Set(['generation', 'embedding', 'agent'])
const LONGEST = 200

/** What is known of a span before its step is looked at. */
interface Known {
  readonly kind: SpanKind
  /** Rasa wrote it. */
  readonly rasa: boolean
  /** Some key of it says something of its step. */
  readonly says: boolean
}

/** A class without its module. */
const shortClass = (name: string): string => name.split('.').at(-1) ?? name

function componentOf(span: Span, attributes: Attributes, { rasa, says }: Known): string | undefined {
  const said = says ? saidIn(attributes, 'component') : undefined
  if (said !== undefined) return shortClass(said)
  return rasa ? rasaClass(span) : undefined
}

const isStreamed = (attributes: Attributes): boolean =>
  PLACES.streamed.some(([, key]) => attributes[key] === true || attributes[key] === 'true')

/** Reads one span by itself; what does not apply or is not said is left out. */
export function stepFacts(span: Span, attributes: Attributes, known: Known): StepFacts | undefined {
  const { kind, rasa, says } = known
  const retrieves = kind === 'retrieval'
  // Each span passes here, and most have nothing to say.
  if (!says && !rasa && !retrieves) return undefined
  const provider = says && CALLS_MODELS.has(kind) ? saidIn(attributes, 'provider') : undefined
  const component = componentOf(span, attributes, known)
  const vectorStore = retrieves
    ? ((says ? saidIn(attributes, 'vectorStore') : undefined) ??
      (span.name.includes('_Store.') ? component : undefined))
    : undefined
  const documents = retrieves ? documentCount(attributes) : undefined
  // Copies of what is mostly nothing cost more than the reading itself.
  const facts: { -readonly [Name in keyof StepFacts]: StepFacts[Name] } = {}
  if (provider !== undefined) facts.provider = provider.slice(0, LONGEST)
  if (component !== undefined) facts.component = component.slice(0, LONGEST)
  if (vectorStore !== undefined) facts.vectorStore = vectorStore.slice(0, LONGEST)
  if (documents !== undefined) facts.documents = documents
  if (says && kind === 'generation' && isStreamed(attributes)) facts.streamed = true
  return facts
}

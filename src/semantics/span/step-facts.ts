import type { Attributes, Span, SpanKind } from '../../domain/model/span.ts'
import { PLACES } from '../conventions/convention-table.ts'
import { isRasa, rasaClass } from '../conventions/rasa-kind.ts'
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
  return isRasa(span) ? rasaClass(span) : undefined
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
  return {
    ...(provider !== undefined && { provider: provider.slice(0, LONGEST) }),
    ...(component !== undefined && { component: component.slice(0, LONGEST) }),
    ...(vectorStore !== undefined && { vectorStore: vectorStore.slice(0, LONGEST) }),
    ...(documents !== undefined && { documents }),
    ...(kind === 'generation' && isStreamed(attributes) && { streamed: true as const }),
  }
}

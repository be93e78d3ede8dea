import type { AttributeValue, Span, SpanKind } from '../../domain/model/span.ts'
import type { Claim, Concept, Convention, FeedbackKeys, KindKey, Place } from './convention.ts'
import { CONCEPTS } from './convention.ts'
import { GEN_AI } from './gen-ai.ts'
import { LANGFUSE } from './langfuse.ts'
import { LANGSMITH } from './langsmith.ts'
import { LITELLM } from './litellm.ts'
import { MASTRA } from './mastra.ts'
import { MLFLOW } from './mlflow.ts'
import { OPEN_CHAT_STUDIO } from './open-chat-studio.ts'
import { OPENINFERENCE } from './openinference.ts'
import { OPENLLMETRY } from './openllmetry.ts'
import { OPENTELEMETRY } from './opentelemetry.ts'
import { RASA } from './rasa/rasa.ts'
import { TURNSCOPE } from './turnscope.ts'
import { VERCEL_AI } from './vercel-ai.ts'

/** Every convention that is read. Order decides between rules without a rank: names of spans, failures. */
export const CONVENTIONS: readonly Convention[] = [
  RASA,
  LITELLM,
  OPENTELEMETRY,
  LANGFUSE,
  GEN_AI,
  OPENINFERENCE,
  OPENLLMETRY,
  LANGSMITH,
  VERCEL_AI,
  MASTRA,
  MLFLOW,
  OPEN_CHAT_STUDIO,
  TURNSCOPE,
]

/** Of every concept its places over all conventions, the preferred first. */
export const PLACES = Object.fromEntries(
  CONCEPTS.map((concept) => [
    concept,
    CONVENTIONS.flatMap(({ places }) => places[concept] ?? []).sort(([a], [b]) => a - b),
  ]),
) as Record<string, readonly Place[]> as { readonly [Name in Concept]: readonly Place[] }

/** The keys of a concept, the preferred first. */
export const keysOf = (concept: Concept): readonly string[] => PLACES[concept].map(([, key]) => key)

/** Keys that name a span's kind, the preferred first. */
const KIND_KEYS: readonly KindKey[] = CONVENTIONS.flatMap(({ kinds }) => kinds ?? []).sort(
  (a, b) => a.rank - b.rank,
)
const PREFIXES = new Map(
  KIND_KEYS.filter(({ byPrefix }) => byPrefix).map(({ key, kinds }) => [
    key,
    Object.entries(kinds).sort(([a], [b]) => b.length - a.length),
  ]),
)

const kindSaid = ({ key, kinds, byPrefix }: KindKey, said: string): SpanKind | undefined =>
  byPrefix
    ? PREFIXES.get(key)?.find(([prefix]) => said.startsWith(prefix))?.[1]
    : Object.hasOwn(kinds, said)
      ? kinds[said]
      : undefined

const BY_NAME = CONVENTIONS.flatMap(({ kindOf }) => kindOf ?? [])

/** The kind that a span's convention gives it: by its name, else by the preferred key; undefined where none does. */
export function conventionalKind(span: Span): SpanKind | undefined {
  for (const kindOf of BY_NAME) {
    const kind = kindOf(span)
    if (kind) return kind
  }
  for (const each of KIND_KEYS) {
    const said: AttributeValue | undefined = span.attributes[each.key]
    if (typeof said !== 'string') continue
    const kind = kindSaid(each, said)
    if (kind) return kind
  }
  return undefined
}

/** What payloads tell of failures; the first that says a message goes first. */
export const CLAIMS: readonly Claim[] = [OPENTELEMETRY, LANGFUSE, RASA].flatMap(({ claims }) => claims ?? [])

const BOTS = CONVENTIONS.flatMap(({ chatbotOf }) => chatbotOf ?? [])
/** The bot's name as a convention finds it where no key says it. */
export function conventionalChatbot(span: Span): string | undefined {
  for (const chatbotOf of BOTS) {
    const name = chatbotOf(span)
    if (name !== undefined) return name
  }
  return undefined
}

export const FEEDBACK: readonly FeedbackKeys[] = CONVENTIONS.flatMap(({ feedback }) => feedback ?? [])

export const TRANSPORT: readonly string[] = CONVENTIONS.flatMap(({ transport }) => transport ?? [])

const parameters = CONVENTIONS.flatMap(({ parameters: keys }) => keys ?? [])
export const PARAMETERS = {
  prefixes: parameters.flatMap(({ prefixes }) => prefixes ?? []),
  objects: parameters.flatMap(({ objects }) => objects ?? []),
  keys: parameters.flatMap(({ keys }) => keys ?? []),
  except: parameters.flatMap(({ except }) => except ?? []),
}

export const FIRST_TOKEN_EVENTS: ReadonlySet<string> = new Set(
  CONVENTIONS.flatMap(({ firstTokenEvents }) => firstTokenEvents ?? []),
)

/** Scopes that see calls of models and no tools. */
export const CALLS_ONLY: ReadonlySet<string> = new Set(
  CONVENTIONS.flatMap(({ callsOnly }) => callsOnly ?? []),
)

const SCAFFOLDS = CONVENTIONS.flatMap(({ scaffolds }) => scaffolds ?? [])
/** The participant's own words in a prompt that a library rendered; the text as it is where none did. */
export function ownWords(text: string, scope: string): string {
  for (const scaffold of SCAFFOLDS)
    if (scaffold.scope === scope) return scaffold.words.exec(text)?.[1] ?? text
  return text
}

const NO_CHATBOTS: ReadonlySet<string> = new Set(CONVENTIONS.flatMap(({ noChatbots }) => noChatbots ?? []))
/** Whether a name is a framework's, never a bot's. */
export const isFrameworkName = (name: string): boolean => NO_CHATBOTS.has(name)

const NO_TAGS = CONVENTIONS.flatMap(({ noTags }) => noTags ?? [])
/** Whether a library puts a tag on every trace. */
export const isNoiseTag = (tag: string): boolean => NO_TAGS.some((fits) => fits.test(tag))

import type { SpanFacts, SpanReading } from '../reading.ts'

/** How facts were kept before each had a name of its own. */
interface Untyped {
  readonly extra?: { readonly [name: string]: unknown }
}

type Sign = Exclude<keyof SpanFacts, 'convention' | 'voice'>

/** The names that signs had, and those that they have. */
const RENAMED: Readonly<Record<string, Sign>> = {
  made: 'called',
  setUp: 'setUp',
  hiddenCalls: 'hidesCalls',
  callsOnly: 'callsOnly',
  bare: 'unnamedTool',
  promptOnly: 'estimated',
  entry: 'entry',
  remoteParent: 'remoteParent',
}

/** The rank that a service's name had as a chatbot's; it is looked at last of all now. */
const SERVICE_RANK = 7

/**
 * A reading as this version makes it, from one that an earlier version stored: spans that come late are
 * summarised together with those.
 */
export function upgraded(reading: SpanReading): SpanReading {
  const known: SpanFacts & Untyped = reading.facts
  if (known.extra === undefined && known.chatbot?.rank !== SERVICE_RANK) return reading
  const { extra, chatbot, ...others } = known
  const service = chatbot?.rank === SERVICE_RANK && chatbot.value === reading.outline.service
  const facts: SpanFacts = { ...others, ...(chatbot && !service && { chatbot }) }
  if (extra === undefined) return { outline: reading.outline, facts }
  const { trigger, turnIndex, perceivedMs, interrupted } = extra
  const voice = { trigger, turnIndex, perceivedMs, interrupted }
  const said = Object.entries(voice).filter(([, value]) => value !== undefined)
  const signs = Object.keys(extra).flatMap((name) => (Object.hasOwn(RENAMED, name) ? [RENAMED[name]] : []))
  return {
    outline: reading.outline,
    facts: {
      ...facts,
      ...(extra.rasa === true && { convention: 'rasa' as const }),
      ...Object.fromEntries(signs.map((name) => [name, true])),
      ...(said.length > 0 && { voice: Object.fromEntries(said) }),
    },
  }
}

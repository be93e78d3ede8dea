import type { SpanKind } from '../../domain/model/span.ts'
import type { TraceSummary } from '../../domain/model/trace.ts'
import { isDefaultService } from '../conventions/rasa/rasa.ts'
import type { Ranked, SpanReading } from '../reading.ts'
import type { Verdict } from './judge.ts'
import { type TraceData, traceData } from './trace-data.ts'

/** More than there are ranks. */
const RANKS = 8
/** Which of equally deep spans speaks first: who answers before who fetches. */
const PRECEDENCE: Readonly<Record<SpanKind, number>> = {
  message: 0,
  agent: 1,
  generation: 1,
  chain: 2,
  router: 2,
  custom: 2,
  system: 3,
  feedback: 3,
  embedding: 4,
  retrieval: 4,
  tool: 4,
}

/** Readings in the order in which they are asked: the root, then the shallowest. */
export function inOrderOfAsking(
  readings: readonly SpanReading[],
  { tree, outlines }: Verdict,
  root: number,
): readonly SpanReading[] {
  const { depth, place, order } = tree
  const count = readings.length
  // One number a span, the depth before the rank before the place: numbers are sorted many times faster.
  const keys = new Float64Array(count)
  for (let at = 0; at < count; at++) {
    const rank = PRECEDENCE[outlines[at]?.kind ?? 'custom']
    keys[at] = at === root ? -1 : ((depth[at] as number) * RANKS + rank) * count + (place[at] as number)
  }
  keys.sort()
  return Array.from(keys, (key) => readings[key < 0 ? root : (order[key % count] as number)] as SpanReading)
}

type TextFact = 'version' | 'session' | 'channel' | 'participant' | 'environment'

/** The first that says it. */
const firstSaid = (readings: readonly SpanReading[], name: TextFact): string | undefined => {
  for (const { facts } of readings) {
    const said: Ranked<string> | undefined = facts[name]
    if (said) return said.value
  }
  return undefined
}

/** Service names that are a library's default, not a bot's. */
const NO_SERVICE = /^(litellm|unknown_service.*|unknown|missing-service-name)$/

function chatbotName(
  readings: readonly SpanReading[],
  own: readonly SpanReading[],
  rootName: string,
): string {
  for (const { facts } of own) if (facts.chatbot) return facts.chatbot.value
  for (const { facts } of readings) if (facts.chatbot) return facts.chatbot.value
  const service = own.map(({ outline }) => outline.service).find((each) => !NO_SERVICE.test(each))
  if (service !== undefined && !isDefaultService(service)) return service
  const deployed = own.find(({ facts }) => facts.deployment !== undefined)?.facts.deployment
  return deployed ?? service ?? rootName
}

export interface TraceConcepts
  extends Pick<
    TraceSummary,
    'chatbot' | 'session' | 'participant' | 'environment' | 'channel' | 'tags' | 'feedback' | 'services'
  > {
  /** Which span's participant and session data counts. */
  readonly data: TraceData
}

const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)]

/**
 * Who talked with whom, where and when, from readings in order of asking.
 * @param rootName what the chatbot is called where nothing else says
 * @param work the readings of the turn's own work; the others hang beside it
 */
export function traceConcepts(
  readings: readonly SpanReading[],
  rootName: string,
  work: ReadonlySet<SpanReading>,
): TraceConcepts {
  const own = readings.filter((reading) => work.has(reading))
  const name = chatbotName(readings, own, rootName)
  const version = firstSaid(readings, 'version')
  const session = firstSaid(readings, 'session')
  const participant = firstSaid(readings, 'participant')
  const participantName = readings.find(({ facts }) => facts.participantName)?.facts.participantName
  const environment = firstSaid(readings, 'environment')
  const channel = firstSaid(readings, 'channel')
  const tags = distinct(readings.flatMap(({ facts }) => facts.tags ?? []))
  return {
    chatbot: { id: name, name, ...(version !== undefined && { version }) },
    ...(session !== undefined && { session: { id: session.slice(0, 200) } }),
    ...(participant !== undefined && {
      participant: { id: participant, ...(participantName !== undefined && { name: participantName }) },
    }),
    ...(environment !== undefined && { environment }),
    ...(channel !== undefined && { channel }),
    tags,
    feedback: readings.flatMap(({ facts }) => facts.feedback ?? []),
    services: distinct(own.map(({ outline }) => outline.service)).slice(0, 100),
    data: traceData(readings),
  }
}

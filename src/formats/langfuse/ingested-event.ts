import { parseIsoTime } from '../../domain/model/iso-time.ts'
import {
  isKeepableTime,
  isPrintableId,
  type Micros,
  type TraceId,
  traceId,
} from '../../domain/model/units.ts'
import { isObject, type JsonObject } from '../otlp/json/json-fields.ts'

/** What an event of Langfuse's ingestion says of a trace or an observation: some of its fields, as of a time. */
export interface IngestedEvent {
  /** The event's own. */
  readonly id: string
  readonly time: Micros
  /** Between a creation and an update of the same time, the update is the newer. */
  readonly isUpdate: boolean
  readonly target: 'trace' | 'observation'
  readonly entityId: string
  /** null: an update that leaves it to its creation. */
  readonly traceId: TraceId | null
  /** Those that were given; `type` is the observation's. */
  readonly fields: JsonObject
}

/** A score as it was sent, checked no further. */
export interface IngestedScore {
  readonly body: JsonObject
  readonly eventId: string
  readonly time: Micros
}

export type EventRead =
  | { readonly is: 'event'; readonly event: IngestedEvent }
  | { readonly is: 'score'; readonly score: IngestedScore }
  /** Of no use here, and no mistake. */
  | { readonly is: 'ignored' }
  | { readonly is: 'wrong'; readonly message: string }

const OBSERVATION_TYPES = [
  'span',
  'generation',
  'event',
  'agent',
  'tool',
  'chain',
  'retriever',
  'evaluator',
  'embedding',
  'guardrail',
] as const

interface EventType {
  readonly target: 'trace' | 'observation' | 'score' | 'none'
  readonly isUpdate: boolean
  /** null where the body says it. */
  readonly type: string | null
}

const TYPES: ReadonlyMap<string, EventType> = new Map<string, EventType>([
  ['trace-create', { target: 'trace', isUpdate: false, type: null }],
  ['score-create', { target: 'score', isUpdate: false, type: null }],
  ['sdk-log', { target: 'none', isUpdate: false, type: null }],
  ['observation-create', { target: 'observation', isUpdate: false, type: null }],
  ['observation-update', { target: 'observation', isUpdate: true, type: null }],
  ...OBSERVATION_TYPES.flatMap((type): [string, EventType][] => [
    [`${type}-create`, { target: 'observation', isUpdate: false, type: type.toUpperCase() }],
    [`${type}-update`, { target: 'observation', isUpdate: true, type: type.toUpperCase() }],
  ]),
])

const TIMES = ['startTime', 'endTime', 'completionStartTime', 'timestamp'] as const
const IDS = ['id', 'traceId', 'parentObservationId'] as const

const isGiven = (value: unknown): boolean => value !== undefined && value !== null

const readTime = (value: unknown): Micros | null => {
  const time = typeof value === 'string' ? parseIsoTime(value) : null
  return time !== null && isKeepableTime(time) ? time : null
}

/** The first field of a body that cannot be read, and why. */
function wrongField(body: JsonObject): string | undefined {
  for (const name of IDS) {
    const value = body[name]
    if (isGiven(value) && value !== '' && !(typeof value === 'string' && isPrintableId(value)))
      return `body.${name} must be 1 to 200 printable characters`
  }
  for (const name of TIMES)
    if (isGiven(body[name]) && readTime(body[name]) === null)
      return `body.${name} must be ISO 8601 with an offset, between 1970 and June 2255`
  return undefined
}

const idIn = (value: unknown): string => (typeof value === 'string' ? value : '')

const wrong = (message: string): EventRead => ({ is: 'wrong', message })

/** Reads one event of a batch. Total: what is wrong with it is said. */
export function readIngestedEvent(event: JsonObject): EventRead {
  const { id, type, timestamp, body } = event
  if (typeof id !== 'string' || !isPrintableId(id)) return wrong('id must be 1 to 200 printable characters')
  const known = typeof type === 'string' ? TYPES.get(type) : undefined
  if (known === undefined)
    return wrong(
      typeof type === 'string' ? `type "${type.slice(0, 60)}" is no type of event` : 'type is missing',
    )
  if (known.target === 'none') return { is: 'ignored' }
  const time = readTime(timestamp)
  if (time === null) return wrong('timestamp must be ISO 8601 with an offset, between 1970 and June 2255')
  if (!isObject(body)) return wrong('body must be an object')
  if (known.target === 'score') return { is: 'score', score: { body, eventId: id, time } }
  const problem = wrongField(body)
  if (problem !== undefined) return wrong(problem)
  const { isUpdate, target } = known
  const entityId = idIn(body.id) || (isUpdate ? '' : id)
  if (entityId === '') return wrong('body.id is missing: an update names what it updates')
  // As Langfuse has it: an observation of no trace is a trace of its own.
  const ofTrace = target === 'trace' ? entityId : idIn(body.traceId) || (isUpdate ? '' : entityId)
  const { id: _id, traceId: _trace, ...given } = body
  const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => isGiven(value)))
  return {
    is: 'event',
    event: {
      id,
      time,
      isUpdate,
      target,
      entityId,
      traceId: ofTrace === '' ? null : traceId(ofTrace),
      fields: { ...fields, ...(known.type !== null && { type: known.type }) },
    },
  }
}

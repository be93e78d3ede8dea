import { safeText } from '../../domain/safe-text.ts'
import type { AttributeValue } from '../../domain/span.ts'
import {
  BadJsonError,
  DEFAULT_JSON_LIMITS,
  type JsonLimits,
  parseJsonInSteps,
} from '../../formats/json-in-steps.ts'
import { OverLimitError } from '../../formats/otlp/over-limit.ts'
import { setKey } from '../../formats/otlp/value-guard.ts'
import { inTurns } from '../in-turns.ts'
import type { IngestLimits } from './ingest-limits.ts'
import { Refusal } from './refusal.ts'
import { type BodyRoom, readBody } from './request-body.ts'

/** Records are walked in one go, so they are nested less deep than other JSON may be. */
const RECORD_DEPTH = 100
/** Values of one record. */
const MAX_VALUES = 250_000

/**
 * The JSON of a body, parsed a piece at a time.
 * @throws Refusal `malformed`, `too-large` (more values than it may hold).
 */
export async function parseJsonBody(body: Uint8Array, limits?: JsonLimits): Promise<unknown> {
  try {
    return await inTurns(parseJsonInSteps(body, limits))
  } catch (error) {
    if (error instanceof BadJsonError)
      throw new Refusal('malformed', `the body is ${error.message}`, { cause: error })
    if (error instanceof OverLimitError) throw new Refusal('too-large', error.message, { cause: error })
    throw error
  }
}

/** A record holds more values than one may. */
export class TooManyValues extends Error {
  override readonly name = 'TooManyValues'
  override readonly message = `must not hold more than ${MAX_VALUES} values`
}

/**
 * The same value with texts that can be kept: NUL and half surrogate pairs are shown as U+FFFD, numbers beyond
 * all bounds as text, which is what JSON has for them.
 * @throws TooManyValues
 */
export function keepable(value: unknown): AttributeValue {
  let values = 0
  const made = (one: unknown): AttributeValue => {
    values += 1
    if (values > MAX_VALUES) throw new TooManyValues()
    if (typeof one === 'string') return safeText(one)
    if (typeof one === 'number') return Number.isFinite(one) ? one : String(one)
    if (typeof one !== 'object' || one === null) return one as boolean | null
    if (Array.isArray(one)) return one.map(made)
    const object: { [key: string]: AttributeValue } = {}
    for (const [key, item] of Object.entries(one)) setKey(object, safeText(key), made(item))
    return object
  }
  return made(value)
}

/**
 * A request's JSON.
 * @throws Refusal `media-type`, `too-large`, `malformed`, `busy`.
 */
export async function readJsonBody(request: Request, limits: IngestLimits, room: BodyRoom): Promise<unknown> {
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/json')
    throw new Refusal('media-type', 'application/json is read here: send "Content-Type: application/json"')
  const body = await readBody(request, limits, room)
  return parseJsonBody(body, { ...DEFAULT_JSON_LIMITS, depth: RECORD_DEPTH })
}

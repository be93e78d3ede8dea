import { safeText } from '../../../domain/model/safe-text.ts'
import type { AttributeValue } from '../../../domain/model/span.ts'
import {
  BadJsonError,
  DEFAULT_JSON_LIMITS,
  type JsonLimits,
  type ListLimit,
} from '../../../formats/json-count.ts'
import { parseJsonInSteps } from '../../../formats/json-in-steps.ts'
import { OverLimitError } from '../../../formats/otlp/guard/over-limit.ts'
import { setKey } from '../../../formats/otlp/guard/value-guard.ts'
import { inTurns } from '../../import/in-turns.ts'
import type { IngestLimits } from './ingest-limits.ts'
import { Refusal } from './refusal.ts'
import { type BodyRoom, readBody } from './request-body.ts'

/** Of one record: it is walked in one go. */
const MAX_DEPTH = 100
const MAX_VALUES = 250_000

/**
 * The JSON of a body, counted and then parsed a piece at a time.
 * @throws Refusal `malformed`, `too-large` (more than it may hold).
 */
export async function parseJsonBody(body: Uint8Array, limits: JsonLimits): Promise<unknown> {
  try {
    return await inTurns(parseJsonInSteps(body, limits))
  } catch (error) {
    if (error instanceof BadJsonError)
      throw new Refusal('malformed', `the body is ${error.message}`, { cause: error })
    if (error instanceof OverLimitError) throw new Refusal('too-large', error.message, { cause: error })
    throw error
  }
}

/** A record is larger or deeper than one may be. */
export class NotKeepable extends Error {
  override readonly name = 'NotKeepable'
}

/**
 * The same value with texts that can be kept: NUL and half surrogate pairs are shown as U+FFFD, numbers beyond
 * all bounds as text, which is what JSON has for them.
 * @throws NotKeepable
 */
export function keepable(value: unknown): AttributeValue {
  let values = 0
  const made = (one: unknown, depth: number): AttributeValue => {
    values += 1
    if (values > MAX_VALUES) throw new NotKeepable(`must not hold more than ${MAX_VALUES} values`)
    if (typeof one === 'string') return safeText(one)
    if (typeof one === 'number') return Number.isFinite(one) ? one : String(one)
    if (typeof one !== 'object' || one === null) return one as boolean | null
    if (depth >= MAX_DEPTH) throw new NotKeepable(`must not be nested deeper than ${MAX_DEPTH} levels`)
    if (Array.isArray(one)) return one.map((item) => made(item, depth + 1))
    const object: { [key: string]: AttributeValue } = {}
    for (const [key, item] of Object.entries(one)) setKey(object, safeText(key), made(item, depth + 1))
    return object
  }
  return made(value, 0)
}

/**
 * A request's JSON. `lists` says how much of what is listed it may hold.
 * @throws Refusal `media-type`, `too-large`, `malformed`, `busy`.
 */
export async function readJsonBody(
  request: Request,
  limits: IngestLimits,
  room: BodyRoom,
  lists: readonly ListLimit[],
): Promise<unknown> {
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/json')
    throw new Refusal('media-type', 'application/json is read here: send "Content-Type: application/json"')
  const body = await readBody(request, limits, room)
  return parseJsonBody(body, { ...DEFAULT_JSON_LIMITS, lists })
}

import { safeText } from '../../domain/safe-text.ts'
import type { AttributeValue } from '../../domain/span.ts'
import { setKey } from '../../formats/otlp/value-guard.ts'
import type { IngestLimits } from './ingest-limits.ts'
import { Refusal } from './refusal.ts'
import { readBody } from './request-body.ts'

const MAX_DEPTH = 100

/** The same value with texts that can be kept, to a depth that can be walked. */
const madeSafe = (value: unknown, depth: number): AttributeValue => {
  if (typeof value === 'string') return safeText(value)
  if (typeof value !== 'object' || value === null) return value as number | boolean | null
  if (depth >= MAX_DEPTH) throw new Refusal('malformed', `the JSON is nested deeper than ${MAX_DEPTH} levels`)
  if (Array.isArray(value)) return value.map((item) => madeSafe(item, depth + 1))
  const object: { [key: string]: AttributeValue } = {}
  for (const [key, item] of Object.entries(value)) setKey(object, safeText(key), madeSafe(item, depth + 1))
  return object
}

/**
 * A request's JSON, with NUL and half surrogate pairs shown as U+FFFD.
 * @throws Refusal `media-type`, `too-large`, `malformed`, `busy`.
 */
export async function readJsonBody(
  request: Request,
  limits: IngestLimits,
  take: (bytes: number) => void,
): Promise<AttributeValue> {
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/json')
    throw new Refusal('media-type', 'application/json is read here: send "Content-Type: application/json"')
  const body = await readBody(request, limits, take)
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch (error) {
    throw new Refusal('malformed', 'the body is no JSON', { cause: error })
  }
  return madeSafe(value, 0)
}

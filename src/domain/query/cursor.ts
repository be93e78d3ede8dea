import type { AttributeValue } from '../model/span.ts'
import { isPrintableId, type Micros, type TraceId } from '../model/units.ts'
import { freeze } from './match.ts'
import type { Position } from './order.ts'
import { formatQuery } from './query-params.ts'
import type { TraceQuery } from './trace-query.ts'

const VERSION = 1
/** Longest cursor, in characters: what is longer is neither made nor read. */
export const MAX_CURSOR_LENGTH = 4_000

/** A listing under way: its query with bounds that no longer move, and what was given so far. */
export interface Listing {
  /** As asked: `last` not yet frozen. A cursor is bound to this. */
  readonly asked: TraceQuery
  /** The same with `last` frozen when the listing began. */
  readonly query: TraceQuery
  /** The last row given; absent on the first page. */
  readonly after?: Position
  /** What a source notes for itself, such as a backend's own cursor. */
  readonly own?: AttributeValue
}

export type OpenedListing =
  | { readonly ok: true; readonly listing: Listing }
  /** The cursor was damaged, made by another version, or belongs to another question. */
  | { readonly ok: false; readonly problem: string }

/** Two rounds of FNV-1a: enough to notice a foreign cursor, not a signature. */
function fingerprint(text: string): string {
  let first = 0x811c9dc5
  let second = 0x9e3779b9
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    first = Math.imul(first ^ unit, 0x01000193)
    second = Math.imul(second ^ (unit + index), 0x01000193)
  }
  return (first >>> 0).toString(36) + (second >>> 0).toString(36)
}

/** The same for questions that ask the same, whatever the order of their conditions and values. */
function questionOf(asked: TraceQuery, scope: string): string {
  const params = [...formatQuery(asked)].map((pair) => JSON.stringify(pair)).sort()
  return fingerprint(`${scope}\n${params.join('\n')}`)
}

function toBase64Url(text: string): string {
  let binary = ''
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function fromBase64Url(text: string): string | null {
  if (text.length > MAX_CURSOR_LENGTH || !/^[\w-]+$/.test(text)) return null
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (unit) => unit.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/**
 * The opaque cursor for the page after `after`. `scope` tells listings of one query apart (its source's id,
 * or that it lists sessions), so that a cursor of one is refused by the other. Throws a RangeError where the source's own note makes it longer
 * than any cursor may be.
 */
export function encodeCursor(listing: Listing & { readonly after: Position }, scope = 'traces'): string {
  const { asked, query, after, own } = listing
  const bounds = asked.last === undefined ? [] : [query.from ?? null, query.to ?? null]
  const cursor = toBase64Url(
    JSON.stringify([
      VERSION,
      questionOf(asked, scope),
      bounds,
      after.key,
      after.id,
      ...(own === undefined ? [] : [own]),
    ]),
  )
  if (cursor.length > MAX_CURSOR_LENGTH) throw new RangeError(`a cursor of ${cursor.length} characters`)
  return cursor
}

const bad = (problem: string): OpenedListing => ({ ok: false, problem })
/** Times and durations are whole, within 64 bits; counts and costs any number. */
const isKey = (value: unknown, { sort }: TraceQuery): value is number =>
  sort.field === 'startTime' || sort.field === 'duration'
    ? Number.isInteger(value) && Math.abs(value as number) < 2 ** 63
    : Number.isFinite(value)
const isMicros = (value: unknown): value is Micros => Number.isSafeInteger(value)

/** Reads a cursor that was made for this question; else says in words why it is none. */
export function decodeCursor(asked: TraceQuery, cursor: string, scope = 'traces'): OpenedListing {
  const text = fromBase64Url(cursor)
  if (text === null) return bad('the cursor is damaged')
  let parts: unknown
  try {
    parts = JSON.parse(text)
  } catch {
    return bad('the cursor is damaged')
  }
  if (!Array.isArray(parts)) return bad('the cursor is damaged')
  const [version, question, bounds, key, id, own] = parts as unknown[]
  if (version !== VERSION) return bad('the cursor was made by another version')
  if (question !== questionOf(asked, scope)) return bad('the cursor belongs to another query')
  if (typeof id !== 'string' || !isPrintableId(id)) return bad('the cursor is damaged')
  if (key !== null && !isKey(key, asked)) return bad('the cursor is damaged')
  const query = withBounds(asked, bounds)
  if (query === null) return bad('the cursor is damaged')
  return {
    ok: true,
    listing: {
      asked,
      query,
      after: { key, id: id as TraceId },
      ...(own !== undefined && { own: own as AttributeValue }),
    },
  }
}

function withBounds(asked: TraceQuery, bounds: unknown): TraceQuery | null {
  const { last, ...rest } = asked
  if (!Array.isArray(bounds)) return null
  const [from, to] = bounds as unknown[]
  if (last === undefined) return bounds.length === 0 ? asked : null
  return isMicros(from) && isMicros(to) ? { ...rest, from, to } : null
}

/** Begins a listing at `now`, or goes on with the one that the cursor names. */
export function openListing(
  asked: TraceQuery,
  cursor: string | undefined,
  now: Micros,
  scope = 'traces',
): OpenedListing {
  if (cursor !== undefined) return decodeCursor(asked, cursor, scope)
  return { ok: true, listing: { asked, query: freeze(asked, now) } }
}

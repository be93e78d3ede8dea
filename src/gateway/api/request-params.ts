import type { Context } from 'hono'
import { parseAggregate } from '../../domain/aggregate/aggregate-params.ts'
import type { AggregateRequest } from '../../domain/aggregate/aggregate-request.ts'
import { isPrintableId, type SpanId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { PageRequest } from '../../domain/port/trace-source.ts'
import { MAX_CURSOR_LENGTH } from '../../domain/query/cursor.ts'
import { parseQuery } from '../../domain/query/query-params.ts'
import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { MAX_PAGE, MAX_SPAN_IDS, PARAMS, readIds } from '../../wire/parameters.ts'

const DEFAULT_LIMIT = 50

const bad = (fact: string): SourceError => new SourceError('bad-request', fact)

const searchOf = (context: Context): URLSearchParams => new URL(context.req.url).searchParams

/** The one value of a route's own parameter; undefined where it is absent. Refused where it stands twice. */
export function single(context: Context, name: string): string | undefined {
  const values = searchOf(context).getAll(name)
  if (values.length > 1) throw bad(`${name}: given more than once`)
  return values[0]
}

/** A whole number within bounds. */
export function wholeNumber(context: Context, name: string, usual: number, most: number): number {
  const text = single(context, name)
  if (text === undefined) return usual
  const number = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (number < 1 || number > most)
    throw bad(`${name}: not a whole number from 1 to ${most}: ${JSON.stringify(text)}`)
  return number
}

/** The filters of a request; `own` are the route's own parameters. Everything else that is unknown is refused. */
export function readQuery(context: Context, own: readonly string[] = []): TraceQuery {
  const parsed = parseQuery(searchOf(context), { ignore: new Set(own) })
  if (!parsed.ok) throw bad(parsed.problems.join('; '))
  return parsed.query
}

/** What is to be aggregated; the other parameters are filters. */
export function readAggregate(context: Context): AggregateRequest {
  const parsed = parseAggregate(searchOf(context))
  if (!parsed.ok) throw bad(parsed.problems.join('; '))
  return parsed.request
}

export const PAGE_PARAMS = [PARAMS.limit, PARAMS.cursor] as const

export function readPage(context: Context): PageRequest {
  const limit = wholeNumber(context, PARAMS.limit, DEFAULT_LIMIT, MAX_PAGE)
  const cursor = single(context, PARAMS.cursor)
  if (cursor === undefined) return { limit }
  if (cursor === '' || cursor.length > MAX_CURSOR_LENGTH) throw bad('cursor: not one that was given out')
  return { limit, cursor }
}

/** Refuses filters where a route takes none. */
export function refuseParams(context: Context, own: readonly string[] = []): void {
  for (const name of searchOf(context).keys()) {
    if (!own.includes(name)) throw bad(`${name}: unknown field`)
  }
}

/** An id out of the path, as text. */
export function pathId<Id extends string>(context: Context, name: string, what: string): Id {
  const id = context.req.param(name) ?? ''
  if (!isPrintableId(id)) throw bad(`${what}: not an id (1 to 200 printable characters)`)
  return id as Id
}

/** The spans whose payloads are asked for, each once; undefined where none are. */
export function readSpanIds(context: Context): readonly SpanId[] | undefined {
  const text = single(context, PARAMS.ids)
  if (text === undefined) return undefined
  const ids = readIds(text)
  if (ids === null || !ids.every(isPrintableId)) {
    throw bad('ids: not span ids between commas (each 1 to 200 printable characters, percent-encoded)')
  }
  if (ids.length > MAX_SPAN_IDS) throw bad(`ids: more than ${MAX_SPAN_IDS}`)
  return [...new Set(ids)] as SpanId[]
}

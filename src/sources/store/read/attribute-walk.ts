import type { Span } from '../../../domain/model/span.ts'
import type { TraceSummary } from '../../../domain/model/trace.ts'
import { type Micros, micros, type SpanId, type TraceId } from '../../../domain/model/units.ts'
import { SourceError } from '../../../domain/port/source-error.ts'
import type { Page, PageRequest } from '../../../domain/port/trace-source.ts'
import {
  type AttributeCondition,
  type AttributeLookup,
  attributesIn,
  attributeTest,
} from '../../../domain/query/attribute-filter.ts'
import { encodeCursor, openListing } from '../../../domain/query/cursor.ts'
import { positionOf } from '../../../domain/query/order.ts'
import type { TraceQuery } from '../../../domain/query/trace-query.ts'
import { checkLimit } from '../../derived.ts'
import { decodeSpan } from '../columns/encoded-span.ts'
import { withLongTexts } from '../columns/long-texts.ts'
import { traceKey } from '../columns/stored-text.ts'
import type { ResultRow, Run } from '../engine/connections.ts'
import { anyOf, type Fragment, joined, sql } from '../sql/sql.ts'
import { rowsAfter } from './trace-list.ts'
import { inGroups, SPAN_COLUMNS } from './trace-page.ts'

/** How far one page looks. Attributes stand in payloads: every trace that is looked at has its spans read. */
export interface AttributeBounds {
  /** Rows at a time. */
  readonly step: number
  readonly traces: number
  readonly ms: number
}

const BOUNDS: AttributeBounds = { step: 200, traces: 4_000, ms: 2_000 }

/** Characters of payloads that are held at once. */
const GROUP_CHARACTERS = 8 * 1024 ** 2

/** The spans of some traces that may have one of the keys; where nothing is short enough to tell, all. */
function spansWith(rows: readonly TraceSummary[], keys: readonly string[]): Fragment {
  const ids = rows.map(({ traceId }) => traceId as string)
  const among = joined(
    ids.map((id) => sql`${BigInt(traceKey(id as TraceId))}`),
    ', ',
  )
  const texts = keys.flatMap((key) => {
    const named = `${JSON.stringify(key)}:`
    return [sql`contains(payload, ${named})`, sql`contains(resource, ${named})`]
  })
  // A long text stands elsewhere, and its column is no object but a name.
  const elsewhere = [sql`payload[1] <> '{'`, sql`resource[1] <> '{'`]
  return sql`WITH wanted AS (
      SELECT trace_id, first_time, last_time FROM traces
      WHERE trace_key IN (${among}) AND list_contains(${ids}, trace_id)
      UNION ALL SELECT trace_id, first_time, last_time FROM unfolded WHERE list_contains(${ids}, trace_id))
    SELECT trace_id, span_id, resource, payload FROM spans
    WHERE start_time >= (SELECT min(first_time) FROM wanted)
      AND start_time <= (SELECT max(last_time) FROM wanted)
      AND trace_key IN (${among}) AND list_contains(${ids}, trace_id)
      AND (${anyOf([...texts, ...elsewhere])})`
}

type Recorded = Pick<Span, 'attributes' | 'resource'>

/** Of every trace what its spans record under the keys, and nothing else. */
async function attributesOf(
  run: Run,
  rows: readonly TraceSummary[],
  keys: readonly string[],
): Promise<(id: TraceId) => AttributeLookup> {
  const found = new Map<string, Recorded[]>()
  const only = (held: Recorded['attributes']): Recorded['attributes'] =>
    Object.fromEntries(keys.flatMap((key) => (Object.hasOwn(held, key) ? [[key, held[key] ?? null]] : [])))
  const take = (row: ResultRow) => {
    const traceId = String(row.trace_id) as TraceId
    const ids = { traceId, spanId: String(row.span_id) as SpanId }
    const { attributes, resource } = decodeSpan(ids, String(row.resource), String(row.payload))
    const known = found.get(traceId) ?? []
    known.push({ attributes: only(attributes), resource: only(resource) })
    found.set(traceId, known)
  }
  // A span that was replaced meanwhile is read with the next question.
  for (const group of inGroups(await run(spansWith(rows, keys)), GROUP_CHARACTERS))
    for (const row of (await withLongTexts(run, group, SPAN_COLUMNS)) ?? []) take(row)
  return (id) => attributesIn(found.get(id) ?? [])
}

/** Whether a query asks for attributes. */
export const asksAttributes = ({ attributes }: TraceQuery): boolean =>
  attributes !== undefined && attributes.length > 0

/**
 * One page of a query that asks for attributes, by walking through what answers its other conditions, in its
 * order. A page that has looked as far as it may is given as it is, with how far that was.
 */
export async function listByAttributes(
  read: <Result>(work: (run: Run) => Promise<Result>) => Promise<Result>,
  asked: TraceQuery,
  { limit, cursor }: PageRequest,
  now: Micros,
  { step, traces, ms }: AttributeBounds = BOUNDS,
): Promise<Page<TraceSummary>> {
  checkLimit(limit)
  const opened = openListing(asked, cursor, now)
  if (!opened.ok) throw new SourceError('bad-request', `cursor: ${opened.problem}`)
  const { listing } = opened
  const { attributes: conditions = [], ...others } = listing.query
  const answers = allTests(conditions)
  const keys = [...new Set(conditions.map(({ key }) => key))]
  const until = Date.now() + ms
  const items: TraceSummary[] = []
  const starts: number[] = []
  let after = listing.after
  let atEnd = false
  // At least one step, so that whoever follows the cursor gets on.
  do {
    const given = after
    const rows = await read((run) => rowsAfter(run, others, given, step, now))
    const last = rows.at(-1)
    atEnd = rows.length < step
    if (last === undefined) break
    after = positionOf(others.sort, last)
    const lookup = await read((run) => attributesOf(run, rows, keys))
    for (const row of rows) {
      starts.push(row.startTime)
      if (answers(lookup(row.traceId))) items.push(row)
    }
  } while (!atEnd && items.length < limit && starts.length < traces && Date.now() < until)
  const isOver = items.length > limit
  const complete = atEnd && !isOver
  const page = items.slice(0, limit)
  // What was found beyond the page is found again by the next one.
  const edge = isOver ? positionOf(others.sort, page.at(-1) as TraceSummary) : after
  const bound = (pick: (...values: number[]) => number): Micros | null =>
    starts.length === 0 ? null : micros(starts.reduce((a, b) => pick(a, b)))
  return {
    items: page,
    scanned: { traces: starts.length, from: bound(Math.min), to: bound(Math.max), complete },
    ...(!complete && edge && { nextCursor: encodeCursor({ ...listing, after: edge }) }),
  }
}

const allTests = (conditions: readonly AttributeCondition[]) => {
  const tests = conditions.map(attributeTest)
  return (lookup: AttributeLookup): boolean => tests.every((test) => test(lookup))
}

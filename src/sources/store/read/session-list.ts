import type { Feedback, SessionSummary } from '../../../domain/model/trace.ts'
import { type Micros, micros, type TraceId } from '../../../domain/model/units.ts'
import { SourceError } from '../../../domain/port/source-error.ts'
import type { Page, PageRequest } from '../../../domain/port/trace-source.ts'
import { encodeCursor, openListing } from '../../../domain/query/cursor.ts'
import type { Position } from '../../../domain/query/order.ts'
import { NEWEST_FIRST, type TraceQuery } from '../../../domain/query/trace-query.ts'
import { checkLimit } from '../../derived.ts'
import type { ResultRow, Run } from '../engine/connections.ts'
import { predicateOf, statusAt } from '../sql/filters.ts'
import { constant, type Fragment, sql } from '../sql/sql.ts'
import { measured } from './aggregates.ts'

const SESSIONS = 'sessions'
const END = constant('max(start_time + duration)')

function afterSession({ key, id }: Position): Fragment {
  const end = BigInt(key ?? 0)
  return sql`${END} < ${end} OR (${END} = ${end} AND session < ${id})`
}

type Person = { readonly id: string; readonly name: string | null }

function sessionOf(row: ResultRow): SessionSummary {
  const feedback = ((row.feedback ?? []) as readonly string[]).flatMap(
    (texts) => JSON.parse(texts) as Feedback[],
  )
  const channels = [...((row.channels ?? []) as string[])].sort()
  const chatbots = (row.chatbots ?? []) as readonly { id: string; name: string }[]
  const participants = (row.participants ?? []) as readonly Person[]
  return {
    id: String(row.id),
    chatbots: distinct(chatbots),
    participants: distinct(participants).map(({ id, name }) => (name === null ? { id } : { id, name })),
    turns: Number(row.turns),
    errors: Number(row.errors),
    start: micros(Number(row.first)),
    end: micros(Number(row.last)),
    totalTokens: measured(row.tokens),
    cost: measured(row.cost),
    feedback,
    ...(channels.length > 0 && { channels }),
  }
}

const distinct = <Named extends { readonly id: string }>(all: readonly Named[]): readonly Named[] => [
  ...new Map(all.map((one) => [one.id, one])).values(),
]

/** Sessions that hold a turn, the one with the latest end first; ties by id descending. */
export async function listSessions(
  run: Run,
  asked: TraceQuery,
  { limit, cursor }: PageRequest,
  now: Micros,
): Promise<Page<SessionSummary>> {
  checkLimit(limit)
  const opened = openListing({ ...asked, sort: NEWEST_FIRST }, cursor, now, SESSIONS)
  if (!opened.ok) throw new SourceError('bad-request', `cursor: ${opened.problem}`)
  const { query, after } = opened.listing
  const where = await predicateOf(run, query, now)
  const found = await run(
    sql`SELECT session, ${END} AS last FROM traces WHERE session IS NOT NULL AND ${where}
        GROUP BY session HAVING sum(turns) > 0 AND (${after ? afterSession(after) : constant('true')})
        ORDER BY last DESC, session DESC LIMIT ${BigInt(limit + 1)}`,
  )
  const ids = found.slice(0, limit).map(({ session }) => String(session))
  const items = ids.length === 0 ? [] : await describe(run, ids, where, now)
  const last = items.at(-1)
  if (found.length <= limit || last === undefined) return { items }
  const position = { key: last.end, id: last.id as TraceId }
  return { items, nextCursor: encodeCursor({ ...opened.listing, after: position }, SESSIONS) }
}

async function describe(
  run: Run,
  ids: readonly string[],
  where: Fragment,
  now: Micros,
): Promise<SessionSummary[]> {
  const rows = await run(
    sql`SELECT session AS id, sum(turns)::DOUBLE AS turns,
          count(*) FILTER (${statusAt(now)} = 'error' AND kind <> 'other') AS errors,
          min(start_time) AS first, ${END} AS last, sum(tokens) AS tokens, sum(cost) AS cost,
          list(DISTINCT {'id': chatbot_id, 'name': chatbot_name}) AS chatbots,
          list(DISTINCT {'id': participant_id, 'name': participant_name})
            FILTER (participant_id IS NOT NULL) AS participants,
          list(DISTINCT channel) FILTER (channel IS NOT NULL) AS channels,
          list(summary->'feedback' ORDER BY start_time DESC) FILTER (feedback IS NOT NULL) AS feedback
        FROM traces WHERE session IN (SELECT unnest(${ids})) AND ${where}
        GROUP BY session ORDER BY last DESC, session DESC`,
  )
  return rows.map(sessionOf)
}

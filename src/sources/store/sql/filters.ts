import type { Micros } from '../../../domain/model/units.ts'
import type { NumberField, TextField } from '../../../domain/query/filter-values.ts'
import { type Predicate, predicateOfQuery } from '../../../domain/query/predicate.ts'
import type { TraceQuery } from '../../../domain/query/trace-query.ts'
import { PENDING_WINDOW } from '../../../semantics/reading.ts'
import { longSearch } from '../columns/long-texts.ts'
import { withoutSeparator } from '../columns/stored-text.ts'
import type { Run } from '../engine/connections.ts'
import { compilePredicate, type NumberStorage, type TextStorage } from './compile-predicate.ts'
import { DUCKDB } from './dialect.ts'
import { anyOf, constant, type Fragment, sql } from './sql.ts'

/** How the fields of `traces` are stored whose value is not a matter of the moment. */
export const STORED_AS: Record<Exclude<TextField, 'status'>, Exclude<TextStorage, { kind: 'computed' }>> = {
  chatbot: { kind: 'texts', columns: ['chatbot_id', 'chatbot_name'] },
  version: { kind: 'texts', columns: ['version'] },
  session: { kind: 'texts', columns: ['session'] },
  participant: { kind: 'texts', columns: ['participant_id', 'participant_name'] },
  environment: { kind: 'texts', columns: ['environment'] },
  channel: { kind: 'texts', columns: ['channel'] },
  tag: { kind: 'list', column: 'tags' },
  model: { kind: 'list', column: 'models' },
  tool: { kind: 'list', column: 'tools' },
  flow: { kind: 'list', column: 'flows' },
  spanName: { kind: 'list', column: 'span_names' },
  error: { kind: 'texts', columns: ['error'] },
  service: { kind: 'list', column: 'services' },
  changed: { kind: 'list', column: 'changed' },
  kind: { kind: 'texts', columns: ['kind'], known: true },
  traceId: { kind: 'texts', columns: ['trace_id'] },
  feedback: { kind: 'list', column: 'feedback' },
}

const NUMBERS: Record<NumberField | 'startTime', NumberStorage> = {
  startTime: { kind: 'number', value: constant('start_time'), whole: true },
  duration: { kind: 'number', value: DUCKDB.divided(constant('duration'), 1000) },
  tokens: { kind: 'number', value: constant('tokens') },
  cost: { kind: 'number', value: constant('cost') },
  llmTurns: { kind: 'number', value: constant('llm_turns') },
  toolCalls: { kind: 'number', value: constant('tool_calls') },
  score: { kind: 'numbers', list: 'scores', least: 'score_low', greatest: 'score_high' },
  recovered: { kind: 'number', value: constant('recovered') },
}

/** Traces without a root whose newest span arrived after this moment are awaited. */
const awaitedSince = (now: Micros) => Math.round(now - PENDING_WINDOW)

/** The status as of now: a missing root is awaited for a while (semantics/reading.ts). */
export const statusAt = (now: Micros): Fragment =>
  DUCKDB.choose(
    sql`NOT root_seen AND ${DUCKDB.compareWhole(constant('arrival'), '>', awaitedSince(now))}`,
    constant("'pending'"),
    constant('status'),
  )

const textsSearched = (predicate: Predicate): readonly string[] => {
  if (predicate.kind === 'search') return [predicate.text]
  if (predicate.kind === 'not') return textsSearched(predicate.of)
  return predicate.kind === 'all' || predicate.kind === 'any' ? predicate.of.flatMap(textsSearched) : []
}

/** A query's conditions as one predicate over `traces`. The query is frozen: it has no `last`. */
export async function predicateOf(run: Run, query: TraceQuery, now: Micros): Promise<Fragment> {
  const predicate = predicateOfQuery(query)
  // Long texts are searched apart from the others.
  const searches = new Map<string, Fragment>()
  for (const text of textsSearched(predicate)) {
    const wanted = withoutSeparator(text)
    const short = DUCKDB.contains(constant('search_text'), wanted)
    searches.set(text, anyOf([short, await longSearch(run, wanted)]))
  }
  return compilePredicate(predicate, {
    dialect: DUCKDB,
    texts: (field) => (field === 'status' ? { kind: 'computed', value: statusAt(now) } : STORED_AS[field]),
    numbers: (field) => NUMBERS[field],
    search: (text) => searches.get(text) ?? constant('false'),
    // Attributes have no columns: rows that answer all else are looked through (read/attribute-walk.ts).
    attribute: () => constant('true'),
  })
}

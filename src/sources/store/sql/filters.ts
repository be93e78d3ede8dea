import type { Micros } from '../../../domain/model/units.ts'
import { isNumberField, type NumberField, type TextField } from '../../../domain/query/filter-values.ts'
import { wantedKinds } from '../../../domain/query/match.ts'
import { type SearchTerm, searchTerms } from '../../../domain/query/text-search.ts'
import type { FilterCondition, FilterOperator, TraceQuery } from '../../../domain/query/trace-query.ts'
import { PENDING_WINDOW } from '../../../semantics/reading.ts'
import { longSearch } from '../columns/long-texts.ts'
import { asElement, asStoredList, SEPARATOR, withoutSeparator } from '../columns/stored-text.ts'
import { allOf, anyOf, constant, type Fragment, joined, sql } from './sql.ts'

/** How a field is stored: plain texts (any of them may match), a list between separators, or a number. */
type Storage =
  | { readonly kind: 'texts'; readonly columns: readonly string[] }
  | { readonly kind: 'list'; readonly column: string }
  | { readonly kind: 'status' }

export const STORED_AS: Record<Exclude<TextField, 'kind'>, Storage> = {
  chatbot: { kind: 'texts', columns: ['chatbot_id', 'chatbot_name'] },
  version: { kind: 'texts', columns: ['version'] },
  session: { kind: 'texts', columns: ['session'] },
  participant: { kind: 'texts', columns: ['participant_id', 'participant_name'] },
  status: { kind: 'status' },
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
  traceId: { kind: 'texts', columns: ['trace_id'] },
  feedback: { kind: 'list', column: 'feedback' },
}

const NUMBERS: Record<Exclude<NumberField, 'score'>, Fragment> = {
  duration: constant('duration::DOUBLE / 1000'),
  tokens: constant('tokens'),
  cost: constant('cost'),
  llmTurns: constant('llm_turns'),
  toolCalls: constant('tool_calls'),
  recovered: constant('recovered'),
}

/** Traces without a root whose newest span arrived after this moment are awaited. */
const awaitedSince = (now: Micros) => BigInt(Math.round(now - PENDING_WINDOW))

/** The status as of now: a missing root is awaited for a while (semantics/reading.ts). */
export const statusAt = (now: Micros): Fragment =>
  sql`CASE WHEN NOT root_seen AND arrival > ${awaitedSince(now)} THEN 'pending' ELSE status END`

const among = (column: Fragment, values: readonly string[]) =>
  values.length === 1 ? sql`${column} = ${values[0] ?? ''}` : sql`list_contains(${values}, ${column})`

/** Unknown does not match, and so matches the negation. */
const negated = (positive: Fragment) => sql`NOT coalesce(${positive}, false)`

type TextFunction = 'contains' | 'starts_with' | 'ends_with'
const FUNCTIONS: Partial<Record<FilterOperator, TextFunction>> = {
  contains: 'contains',
  lacks: 'contains',
  starts: 'starts_with',
  ends: 'ends_with',
}
const NEGATIVE: ReadonlySet<FilterOperator> = new Set(['not', 'lacks'])

/** Elements stand between separators, so a text operator on them is a search of the whole. */
const ELEMENT_SEARCHES: Partial<Record<FilterOperator, (text: string) => string>> = {
  contains: (text) => text,
  lacks: (text) => text,
  starts: (text) => SEPARATOR + text,
  ends: (text) => text + SEPARATOR,
}

function listCondition(column: string, { operator, values }: FilterCondition): Fragment {
  const search = ELEMENT_SEARCHES[operator]
  const tests = values.map((value) =>
    search === undefined
      ? sql`contains(${constant(column)}, ${asElement(value)})`
      : sql`contains(lower(${constant(column)}), ${search(withoutSeparator(value.toLowerCase()))})`,
  )
  return operator === 'all' ? allOf(tests) : anyOf(tests)
}

function textCondition(field: Exclude<TextField, 'kind'>, condition: FilterCondition, now: Micros): Fragment {
  const { operator, values } = condition
  const storage = STORED_AS[field]
  const name = FUNCTIONS[operator]
  if (storage.kind === 'list') return listCondition(storage.column, condition)
  const columns = storage.kind === 'status' ? [statusAt(now)] : storage.columns.map(constant)
  if (name === undefined) {
    if (operator === 'all') return allOf(values.map((value) => anyOf(columns.map((c) => among(c, [value])))))
    return anyOf(columns.map((column) => sql`coalesce(${among(column, values)}, false)`))
  }
  const lowered =
    storage.kind === 'status'
      ? columns
      : storage.columns.map((column) => constant(`coalesce(${column}_lower, ${column})`))
  return anyOf(
    lowered.flatMap((column) =>
      values.map((value) => sql`coalesce(${constant(name)}(${column}, ${value.toLowerCase()}), false)`),
    ),
  )
}

function scoreCondition({ operator, values }: FilterCondition): Fragment {
  const wanted = values.map(Number)
  const [first = Number.NaN] = wanted
  if (operator === 'min') return sql`score_high >= ${first}`
  if (operator === 'max') return sql`score_low <= ${first}`
  return anyOf(wanted.map((value) => sql`contains(scores, ${asStoredList([String(value)])})`))
}

function numberCondition(field: NumberField, condition: FilterCondition): Fragment {
  if (field === 'score') return scoreCondition(condition)
  const column = NUMBERS[field]
  const wanted = condition.values.map(Number)
  const [first = Number.NaN] = wanted
  if (condition.operator === 'min') return sql`${column} >= ${first}`
  if (condition.operator === 'max') return sql`${column} <= ${first}`
  return anyOf(wanted.map((value) => sql`${column} = ${value}`))
}

function conditionOf(condition: FilterCondition, now: Micros): Fragment | null {
  const { field, operator } = condition
  // A question of several kinds of condition is answered at once by wantedKinds.
  if (field === 'kind') return null
  const positive = isNumberField(field)
    ? numberCondition(field, condition)
    : textCondition(field, condition, now)
  return NEGATIVE.has(operator) ? negated(positive) : positive
}

function termCondition({ text, excluded }: SearchTerm): Fragment {
  const wanted = withoutSeparator(text.toLowerCase())
  const found = anyOf([sql`contains(search_text, ${wanted})`, longSearch(wanted)])
  return excluded ? negated(found) : found
}

/** A query's conditions as one predicate over `traces`. The query is frozen: it has no `last`. */
export function predicateOf(query: TraceQuery, now: Micros): Fragment {
  const kinds = [...wantedKinds(query)]
  const parts: Fragment[] = [
    kinds.length === 0
      ? constant('false')
      : sql`kind IN (${joined(
          kinds.map((kind) => sql`${kind}`),
          ', ',
        )})`,
  ]
  if (query.from !== undefined) parts.push(sql`start_time >= ${BigInt(Math.ceil(query.from))}`)
  if (query.to !== undefined) parts.push(sql`start_time < ${BigInt(Math.ceil(query.to))}`)
  for (const condition of query.conditions) {
    const part = conditionOf(condition, now)
    if (part !== null) parts.push(part)
  }
  if (query.text !== undefined) parts.push(...searchTerms(query.text).map(termCondition))
  return allOf(parts)
}

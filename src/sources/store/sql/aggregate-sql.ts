import {
  type AggregatedValue,
  type AggregateRequest,
  type Dimension,
  isOfSpans,
  isTurnDimension,
  SHARES,
  type SpanDimension,
  type TurnDimension,
} from '../../../domain/aggregate/aggregate-request.ts'
import { SEPARATOR } from '../columns/stored-text.ts'
import type { TypedColumn } from '../columns/typed-spans.ts'
import { constant, type Fragment, joined, sql } from './sql.ts'

/** How a column holds a dimension or a number: one value, or a list between separators. */
interface Stored {
  readonly column: string
  readonly isList?: true
}

/** Of `traces`; the status apart, which is one of the moment. */
const TURN_KEYS: Record<Exclude<TurnDimension, 'status'>, Stored> = {
  chatbot: { column: 'chatbot_id' },
  version: { column: 'version' },
  session: { column: 'session' },
  participant: { column: 'participant_id' },
  environment: { column: 'environment' },
  channel: { column: 'channel' },
  tag: { column: 'tags', isList: true },
  flow: { column: 'flows', isList: true },
  service: { column: 'services', isList: true },
  kind: { column: 'kind' },
  feedback: { column: 'feedback', isList: true },
  error: { column: 'error' },
}

const CALL = "CASE WHEN is_llm_turn THEN 'llm' WHEN is_tool_call THEN 'tool' END"

/** Of `typed_spans`. */
const SPAN_KEYS: Record<SpanDimension, TypedColumn | typeof CALL> = {
  spanName: 'name',
  spanKind: 'kind',
  model: 'model',
  provider: 'provider',
  tool: 'tool',
  vectorStore: 'vector_store',
  component: 'component',
  spanService: 'service',
  errorType: 'error_type',
  part: 'part',
  withinTool: 'within_tool',
  call: CALL,
}

/** Numbers of `traces`; those that it has no column for are found by walking. */
const TURN_NUMBERS: Partial<Record<AggregatedValue, Stored>> = {
  duration: { column: 'duration' },
  timeToFirstToken: { column: 'first_token' },
  llmTurns: { column: 'llm_turns' },
  toolCalls: { column: 'tool_calls' },
  score: { column: 'scores', isList: true },
  totalTokens: { column: 'tokens' },
  inputTokens: { column: 'input_tokens' },
  outputTokens: { column: 'output_tokens' },
  cost: { column: 'cost' },
}

interface SpanNumber {
  readonly column: TypedColumn
  /** Which spans it is taken of. */
  readonly where?: TypedColumn
}

const SPAN_NUMBERS: Partial<Record<AggregatedValue, SpanNumber>> = {
  spanDuration: { column: 'duration' },
  selfTime: { column: 'self_time' },
  documents: { column: 'documents' },
  totalTokens: { column: 'total_tokens', where: 'counts_tokens' },
  inputTokens: { column: 'input_tokens', where: 'counts_tokens' },
  outputTokens: { column: 'output_tokens', where: 'counts_tokens' },
  cachedTokens: { column: 'cached_tokens', where: 'counts_tokens' },
  reasoningTokens: { column: 'reasoning_tokens', where: 'counts_tokens' },
  cost: { column: 'cost', where: 'counts_cost' },
}

/** Whether columns answer it: attributes and some numbers of turns have none. */
export function hasColumns(request: AggregateRequest): boolean {
  const { of, by } = request
  if (by.some((name) => name.startsWith('attr.'))) return false
  return of === undefined || (isOfSpans(request) ? SPAN_NUMBERS : TURN_NUMBERS)[of] !== undefined
}

/** Where turns and spans that are asked for come from. */
export interface AggregatedFrom {
  /** What chooses turns, on `traces`. */
  readonly turns: Fragment
  readonly status: Fragment
  /** What chooses spans, on `typed_spans`. */
  readonly spans: Fragment
  /** The same turns, by columns of `typed_spans` alone, where those tell them. */
  readonly turnsBySpans?: Fragment
}

const elements = (list: string): Fragment =>
  sql`coalesce(string_split(${constant(`substr(${list}, 2, length(${list}) - 2)`)}, ${SEPARATOR}), [NULL])`

const unlisted = ({ column, isList }: Stored): Fragment => (isList ? elements(column) : constant(column))

const turnKey = (name: TurnDimension, { status }: AggregatedFrom): Fragment =>
  name === 'status' ? status : unlisted(TURN_KEYS[name])

const isListed = (name: Dimension): boolean =>
  isTurnDimension(name) && name !== 'status' && TURN_KEYS[name].isList === true

const bucketOf = (column: string, over: number | undefined): Fragment =>
  over === undefined
    ? constant('NULL::BIGINT')
    : sql`(${constant(column)} // ${BigInt(over)}) * ${BigInt(over)}`

const named = (value: Fragment, name: string): Fragment => sql`${value} AS ${constant(name)}`
const list = (fragments: readonly Fragment[]) => joined(fragments, ', ')

function turnSamples({ by, of, over }: AggregateRequest, from: AggregatedFrom): Fragment {
  const number = of === undefined ? undefined : TURN_NUMBERS[of]
  const value =
    of === 'duration'
      ? sql`CASE WHEN ${from.status} = 'pending' THEN NULL ELSE duration END`
      : number
        ? unlisted(number)
        : constant('NULL')
  const columns = [
    ...by.map((name, at) => named(turnKey(name as TurnDimension, from), `k${at}`)),
    named(bucketOf('start_time', over), 'bucket'),
    named(value, 'v'),
    named(sql`${from.status} = 'error'`, 'failed'),
    named(sql`${from.status} = 'pending'`, 'pending'),
  ]
  const lists = [
    ...by.flatMap((name, at) => (isListed(name) ? [`k${at}`] : [])),
    ...(number?.isList ? ['v'] : []),
  ]
  const samples = unnested(sql`SELECT ${list(columns)} FROM traces WHERE ${from.turns}`, lists)
  return number?.isList ? sql`SELECT * REPLACE (v::DOUBLE AS v) FROM (${samples})` : samples
}

/** Lists made rows, one after the other: unnested side by side, they would be paired. */
const unnested = (samples: Fragment, lists: readonly string[]): Fragment =>
  lists.reduce(
    (inner, name) => sql`SELECT * REPLACE (${constant(`unnest(${name}) AS ${name}`)}) FROM (${inner})`,
    samples,
  )

function spanSamples({ by, of, over }: AggregateRequest, from: AggregatedFrom): Fragment {
  const number = of === undefined ? undefined : SPAN_NUMBERS[of]
  const value = number?.where
    ? constant(`CASE WHEN ${number.where} THEN s.${number.column} END`)
    : constant(number ? `s.${number.column}` : 'NULL')
  const ofTurns = by.flatMap((name, at) => (isTurnDimension(name) ? [{ name, at }] : []))
  const ofSpans = by.flatMap((name, at) =>
    isTurnDimension(name) ? [] : [{ name: name as SpanDimension, at }],
  )
  const columns = [
    ...ofTurns.map(({ at }) => constant(`t.k${at}`)),
    ...ofSpans.map(({ name, at }) => constant(`${SPAN_KEYS[name]} AS k${at}`)),
    named(bucketOf('trace_start', over), 'bucket'),
    named(value, 'v'),
    constant('failed'),
    constant('false AS pending'),
  ]
  const chosen = joined(
    [from.spans, ...ofSpans.map(({ name }) => constant(`${SPAN_KEYS[name]} IS NOT NULL`))],
    ' AND ',
  )
  if (ofTurns.length === 0 && from.turnsBySpans)
    return sql`SELECT ${list(columns)} FROM typed_spans s WHERE ${from.turnsBySpans} AND ${chosen}`
  // Names of both tables' columns are the spans' here: of the turns only what is asked for is let through.
  const turns = unnested(
    sql`SELECT ${list([
      constant('trace_key AS turn_key, trace_id AS turn_id'),
      ...ofTurns.map(({ name, at }) => named(turnKey(name, from), `k${at}`)),
    ])} FROM traces WHERE ${from.turns}`,
    ofTurns.flatMap(({ name, at }) => (isListed(name) ? [`k${at}`] : [])),
  )
  return sql`SELECT ${list(columns)} FROM typed_spans s
    JOIN (${turns}) t ON t.turn_key = s.trace_key AND t.turn_id = s.trace_id WHERE ${chosen}`
}

/** One row for each thing that is counted: its keys `k0`, `k1`, its bucket `bucket`, its number `v`. */
export const samplesOf = (request: AggregateRequest, from: AggregatedFrom): Fragment =>
  isOfSpans(request) ? spanSamples(request, from) : turnSamples(request, from)

/** The value, and `n`: how many it stands on. */
export function measureSql({ measure }: AggregateRequest): Fragment {
  const share = SHARES[measure]
  if (share !== undefined) return constant(`quantile_cont(v, ${share})::DOUBLE AS value, count(v) AS n`)
  switch (measure) {
    case 'sum':
      return constant('fsum(v)::DOUBLE AS value, count(v) AS n')
    case 'mean':
      return constant('favg(v)::DOUBLE AS value, count(v) AS n')
    case 'errors':
      return constant('count(*) FILTER (failed) AS value, count(*) AS n')
    case 'errorRate':
      return constant(
        'count(*) FILTER (failed) / nullif(count(*) FILTER (NOT pending), 0) AS value, count(*) FILTER (NOT pending) AS n',
      )
    default:
      return constant('count(*) AS value, count(*) AS n')
  }
}

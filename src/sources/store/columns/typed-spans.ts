import type { SpanOutline } from '../../../domain/model/span.ts'
import type { TraceKind } from '../../../domain/model/trace.ts'
import type { Micros, TraceId } from '../../../domain/model/units.ts'
import type { SpanReading } from '../../../semantics/reading.ts'
import type { SpanMeasure } from '../../../semantics/trace/span-measures.ts'
import type { Cell, CellType } from '../sql/append.ts'
import { asStoredList, traceKey } from './stored-text.ts'

/** A span as it goes into its row of `typed_spans`. */
export interface TypedSpan {
  readonly traceId: TraceId
  /** As the trace's row has them: what most questions ask of a trace needs no look at its row. */
  readonly traceStart: Micros
  readonly traceKind: TraceKind
  readonly reading: SpanReading
  /** As the whole trace judges it. */
  readonly outline: SpanOutline
  readonly measure: SpanMeasure
  /** The trace's failure began here. */
  readonly isCause: boolean
}

/** What of a row depends on the rest of the trace, and so may change when more of it comes. */
type Part = 'span' | 'trace'
type Column = readonly [
  name: string,
  type: CellType,
  /** The version of the schema that has it first. */
  since: number,
  part: Part,
  value: (span: TypedSpan) => Cell,
]

/** A failure of its own, be it made good or not. */
const isFailed = ({ state }: SpanOutline): boolean => state === 'error' || state === 'recovered'

/**
 * The columns of `typed_spans`, in the table's order: definition, append and reading are made of this list. A
 * column that was published keeps its place, name and type; another one comes last, with the next version.
 * Times and durations are in µs, costs in USD. Raw copies of a request have no row.
 */
const TYPED_COLUMNS = [
  ['trace_key', 'INTEGER', 8, 'span', ({ traceId }) => traceKey(traceId)],
  ['trace_id', 'VARCHAR', 8, 'span', ({ traceId }) => traceId],
  ['span_id', 'VARCHAR', 8, 'span', ({ outline }) => outline.spanId],
  ['trace_start', 'BIGINT', 8, 'trace', ({ traceStart }) => traceStart],
  ['trace_kind', 'VARCHAR', 8, 'trace', ({ traceKind }) => traceKind],
  ['start_time', 'BIGINT', 8, 'span', ({ outline }) => outline.startTime],
  ['duration', 'BIGINT', 8, 'span', ({ outline }) => outline.duration],
  ['self_time', 'BIGINT', 8, 'trace', ({ measure }) => measure.selfTime],
  ['name', 'VARCHAR', 8, 'span', ({ outline }) => outline.name],
  ['kind', 'VARCHAR', 8, 'trace', ({ outline }) => outline.kind],
  ['service', 'VARCHAR', 8, 'span', ({ outline }) => outline.service],
  ['state', 'VARCHAR', 8, 'trace', ({ outline }) => outline.state],
  ['failed', 'BOOLEAN', 8, 'trace', ({ outline }) => isFailed(outline)],
  ['is_cause', 'BOOLEAN', 8, 'trace', ({ isCause }) => isCause],
  ['error_type', 'VARCHAR', 8, 'span', ({ reading }) => reading.facts.errorType],
  ['error', 'VARCHAR', 8, 'span', ({ outline }) => outline.error],
  ['part', 'VARCHAR', 8, 'trace', ({ measure }) => measure.part],
  ['within_tool', 'VARCHAR', 8, 'trace', ({ measure }) => measure.withinTool],
  ['model', 'VARCHAR', 8, 'trace', ({ reading, outline }) => modelOf(reading, outline)],
  ['provider', 'VARCHAR', 8, 'span', ({ reading }) => reading.facts.provider],
  ['tool', 'VARCHAR', 8, 'span', ({ outline }) => outline.tool],
  ['flows', 'VARCHAR', 8, 'span', ({ reading: { facts } }) => facts.flows && asStoredList(facts.flows)],
  ['component', 'VARCHAR', 8, 'span', ({ reading }) => reading.facts.component],
  ['vector_store', 'VARCHAR', 8, 'span', ({ reading }) => reading.facts.vectorStore],
  ['documents', 'INTEGER', 8, 'span', ({ reading }) => reading.facts.documents],
  ['input_tokens', 'DOUBLE', 8, 'span', ({ reading }) => reading.facts.usage?.inputTokens],
  ['cached_tokens', 'DOUBLE', 8, 'span', ({ reading }) => reading.facts.usage?.cachedTokens],
  ['output_tokens', 'DOUBLE', 8, 'span', ({ reading }) => reading.facts.usage?.outputTokens],
  ['reasoning_tokens', 'DOUBLE', 8, 'span', ({ reading }) => reading.facts.usage?.reasoningTokens],
  ['total_tokens', 'DOUBLE', 8, 'span', ({ reading }) => reading.facts.usage?.totalTokens],
  ['embedding_tokens', 'DOUBLE', 8, 'span', ({ reading }) => reading.facts.embeddingTokens],
  ['cost', 'DOUBLE', 8, 'span', ({ reading }) => reading.facts.cost],
  ['first_token', 'BIGINT', 8, 'span', ({ reading }) => reading.facts.timeToFirstToken],
  ['streamed', 'BOOLEAN', 8, 'span', ({ reading }) => reading.facts.streamed],
  ['is_llm_turn', 'BOOLEAN', 8, 'trace', ({ measure }) => measure.isLlmTurn],
  ['is_tool_call', 'BOOLEAN', 8, 'trace', ({ measure }) => measure.isToolCall],
  ['counts_tokens', 'BOOLEAN', 8, 'trace', ({ measure }) => measure.countsTokens],
  ['counts_cost', 'BOOLEAN', 8, 'trace', ({ measure }) => measure.countsCost],
] as const satisfies readonly Column[]

const COLUMNS: readonly Column[] = TYPED_COLUMNS

export type TypedColumn = (typeof TYPED_COLUMNS)[number][0]

/** An embedding's model stands in its label alone. */
const modelOf = ({ facts }: SpanReading, { kind, label }: SpanOutline): string | undefined =>
  facts.model ?? (kind === 'embedding' ? label : undefined)

export const TYPED_TYPES: readonly CellType[] = COLUMNS.map(([, type]) => type)

const VALUES = COLUMNS.map((column) => column[4])

/** A span's row. */
export function typedRow(span: TypedSpan): Cell[] {
  const row = new Array<Cell>(VALUES.length)
  for (let index = 0; index < VALUES.length; index++) row[index] = VALUES[index]?.(span)
  return row
}

const OF_TRACE = COLUMNS.flatMap(([, , , part], index) => (part === 'trace' ? [index] : []))

/** What a row says beyond its own span: by this it is known which rows are to be written anew. */
export type Said = readonly Cell[]

export const saidBy = (row: readonly Cell[]): Said => OF_TRACE.map((index) => row[index] ?? null)

/** Times come back from the store as another type of number. */
export const saysTheSame = (a: Said, b: Said): boolean =>
  a.length === b.length &&
  a.every((cell, index) => cell === b[index] || String(cell ?? '') === String(b[index] ?? ''))

/** The columns that `saidByStored` and `stepFactsOf` read. */
export const KNOWN_COLUMNS: readonly TypedColumn[] = [
  'trace_id',
  'span_id',
  ...COLUMNS.flatMap(([name, , , part]) => (part === 'trace' ? [name as TypedColumn] : [])),
  'provider',
  'component',
  'vector_store',
  'documents',
  'streamed',
]

/** The same of a row as it is stored. */
export const saidByStored = (row: Readonly<Record<string, unknown>>): Said =>
  OF_TRACE.map((index) => (row[COLUMNS[index]?.[0] ?? ''] ?? null) as Cell)

/** What a stored row knows and the readings of the version before did not. */
export const stepFactsOf = (
  row: Readonly<Record<TypedColumn, unknown>> | Readonly<Record<string, unknown>>,
) => {
  const { provider, component, vector_store, documents, streamed } = row as Record<string, unknown>
  return {
    ...(typeof provider === 'string' && { provider }),
    ...(typeof component === 'string' && { component }),
    ...(typeof vector_store === 'string' && { vectorStore: vector_store }),
    ...(typeof documents === 'number' && { documents }),
    ...(streamed === true && { streamed: true as const }),
  }
}

/** Their definition in the version of the schema that has the table first; later ones are added to it. */
export const typedDefinition = (version: number): string =>
  COLUMNS.filter(([, , since]) => since === version)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')

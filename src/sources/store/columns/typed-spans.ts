import type { SpanOutline } from '../../../domain/model/span.ts'
import type { TraceKind } from '../../../domain/model/trace.ts'
import type { Micros, TraceId } from '../../../domain/model/units.ts'
import type { SpanReading } from '../../../semantics/reading.ts'
import { isFailed, modelOf } from '../../../semantics/trace/aggregated-spans.ts'
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

type Column = readonly [
  name: string,
  type: CellType,
  /** The version of the schema that has it first. */
  since: number,
  value: (span: TypedSpan) => Cell,
]

/**
 * The columns of `typed_spans`, in the table's order: definition, append and reading are made of this list. A
 * column that was published keeps its place, name and type; another one comes last, with the next version.
 * Times and durations are in µs, costs in USD. Raw copies of a request have no row.
 */
const TYPED_COLUMNS = [
  ['trace_key', 'INTEGER', 8, ({ traceId }) => traceKey(traceId)],
  ['trace_id', 'VARCHAR', 8, ({ traceId }) => traceId],
  ['span_id', 'VARCHAR', 8, ({ outline }) => outline.spanId],
  ['trace_start', 'BIGINT', 8, ({ traceStart }) => traceStart],
  ['trace_kind', 'VARCHAR', 8, ({ traceKind }) => traceKind],
  ['start_time', 'BIGINT', 8, ({ outline }) => outline.startTime],
  ['duration', 'BIGINT', 8, ({ outline }) => outline.duration],
  ['self_time', 'BIGINT', 8, ({ measure }) => measure.selfTime],
  ['name', 'VARCHAR', 8, ({ outline }) => outline.name],
  ['kind', 'VARCHAR', 8, ({ outline }) => outline.kind],
  ['service', 'VARCHAR', 8, ({ outline }) => outline.service],
  ['state', 'VARCHAR', 8, ({ outline }) => outline.state],
  ['failed', 'BOOLEAN', 8, ({ outline }) => isFailed(outline)],
  ['is_cause', 'BOOLEAN', 8, ({ isCause }) => isCause],
  ['error_type', 'VARCHAR', 8, ({ reading }) => reading.facts.errorType],
  ['error', 'VARCHAR', 8, ({ outline }) => outline.error],
  ['part', 'VARCHAR', 8, ({ measure }) => measure.part],
  ['within_tool', 'VARCHAR', 8, ({ measure }) => measure.withinTool],
  ['model', 'VARCHAR', 8, ({ reading, outline }) => modelOf(reading, outline)],
  ['provider', 'VARCHAR', 8, ({ reading }) => reading.facts.provider],
  ['tool', 'VARCHAR', 8, ({ outline }) => outline.tool],
  ['flows', 'VARCHAR', 8, ({ reading: { facts } }) => facts.flows && asStoredList(facts.flows)],
  ['component', 'VARCHAR', 8, ({ reading }) => reading.facts.component],
  ['vector_store', 'VARCHAR', 8, ({ reading }) => reading.facts.vectorStore],
  ['documents', 'INTEGER', 8, ({ reading }) => reading.facts.documents],
  ['input_tokens', 'DOUBLE', 8, ({ reading }) => reading.facts.usage?.inputTokens],
  ['cached_tokens', 'DOUBLE', 8, ({ reading }) => reading.facts.usage?.cachedTokens],
  ['output_tokens', 'DOUBLE', 8, ({ reading }) => reading.facts.usage?.outputTokens],
  ['reasoning_tokens', 'DOUBLE', 8, ({ reading }) => reading.facts.usage?.reasoningTokens],
  ['total_tokens', 'DOUBLE', 8, ({ reading }) => reading.facts.usage?.totalTokens],
  ['embedding_tokens', 'DOUBLE', 8, ({ reading }) => reading.facts.embeddingTokens],
  ['cost', 'DOUBLE', 8, ({ reading }) => reading.facts.cost],
  ['first_token', 'BIGINT', 8, ({ reading }) => reading.facts.timeToFirstToken],
  ['streamed', 'BOOLEAN', 8, ({ reading }) => reading.facts.streamed],
  ['is_llm_turn', 'BOOLEAN', 8, ({ measure }) => measure.isLlmTurn],
  ['is_tool_call', 'BOOLEAN', 8, ({ measure }) => measure.isToolCall],
  ['counts_tokens', 'BOOLEAN', 8, ({ measure }) => measure.countsTokens],
  ['counts_cost', 'BOOLEAN', 8, ({ measure }) => measure.countsCost],
] as const satisfies readonly Column[]

const COLUMNS: readonly Column[] = TYPED_COLUMNS

export type TypedColumn = (typeof TYPED_COLUMNS)[number][0]

export const TYPED_TYPES: readonly CellType[] = COLUMNS.map(([, type]) => type)

const VALUES = COLUMNS.map((column) => column[3])

/** A span's row. */
export function typedRow(span: TypedSpan): Cell[] {
  const row = new Array<Cell>(VALUES.length)
  for (let index = 0; index < VALUES.length; index++) row[index] = VALUES[index]?.(span)
  return row
}

/** Their definition in the version of the schema that has the table first; later ones are added to it. */
export const typedDefinition = (version: number): string =>
  COLUMNS.filter(([, , since]) => since === version)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')

import type { AttributeValue } from '../../domain/span.ts'
import type { ParticipantData, Trace, TraceSummary } from '../../domain/trace.ts'
import type { Micros } from '../../domain/units.ts'
import { isPending } from '../../semantics/reading.ts'
import type { ResultRow } from './connections.ts'
import { constant } from './sql.ts'
import type { TraceDetail } from './trace-columns.ts'

/** What `summaryOf` and `traceOf` read. */
export const SUMMARY_COLUMNS = constant('summary, root_seen, arrival')
export const TRACE_TEXT_COLUMNS = constant(
  'summary, root_seen, arrival, input, output, participant_data, session_data, detail',
)

const parsed = (row: ResultRow, column: string): unknown => {
  const text = row[column]
  return typeof text === 'string' ? JSON.parse(text) : undefined
}

export function summaryOf(row: ResultRow, now: Micros): TraceSummary {
  const summary = parsed(row, 'summary') as TraceSummary
  return isPending(row.root_seen === true, Number(row.arrival) as Micros, now)
    ? { ...summary, status: 'pending' }
    : summary
}

/** The turn with its whole texts. `source` is where its spans are. */
export function traceOf(row: ResultRow, source: string, now: Micros): Trace {
  return assembled(
    {
      summary: summaryOf(row, now),
      input: typeof row.input === 'string' ? row.input : null,
      output: typeof row.output === 'string' ? row.output : null,
      participantData: parsed(row, 'participant_data') as ParticipantData | undefined,
      sessionData: parsed(row, 'session_data') as AttributeValue | undefined,
      detail: parsed(row, 'detail') as TraceDetail | undefined,
    },
    source,
  )
}

interface Parts {
  /** Made for this trace alone: it becomes the trace. */
  readonly summary: TraceSummary
  readonly input: string | null
  readonly output: string | null
  readonly participantData: ParticipantData | undefined
  readonly sessionData: AttributeValue | undefined
  readonly detail: TraceDetail | undefined
}

type Assembled = { -readonly [Key in keyof Trace]: Trace[Key] }

function assembled(parts: Parts, source: string): Trace {
  const trace = parts.summary as Assembled
  const { input, output, participantData, sessionData, detail } = parts
  if (input !== null) trace.input = input
  if (output !== null) trace.output = output
  if (participantData !== undefined) trace.participantData = participantData
  if (sessionData !== undefined) trace.sessionData = sessionData
  if (detail?.rootCause) trace.rootCause = detail.rootCause
  if (detail?.callTurns) trace.callTurns = detail.callTurns
  if (detail?.models) trace.models = detail.models
  if (detail?.counted) trace.counted = detail.counted
  if (detail?.externalUrl !== undefined) trace.externalUrl = detail.externalUrl
  trace.spans = detail?.spansAt === undefined ? { source, traceId: trace.traceId } : detail.spansAt
  return trace
}

/**
 * A whole row as one JSON text, for reading many: what is stored is JSON already, and one text costs the
 * driver a fraction of what eight columns do. Absent parts are left out rather than null, which a value may be.
 */
export const TRACE_AS_JSON = constant(
  `concat('{"summary":', summary, ',"rootSeen":', root_seen, ',"arrival":', arrival,
    ',"input":' || to_json(input)::VARCHAR, ',"output":' || to_json(output)::VARCHAR,
    ',"participantData":' || participant_data, ',"sessionData":' || session_data,
    ',"detail":' || detail, '}') AS trace`,
)

type JsonRow = Partial<Parts> & {
  readonly summary: TraceSummary
  readonly rootSeen: boolean
  readonly arrival: Micros
}

/** The turns of rows read as `TRACE_AS_JSON`. */
export function tracesOf(texts: readonly string[], source: string, now: Micros): Trace[] {
  return (JSON.parse(`[${texts.join()}]`) as JsonRow[]).map((row) => {
    const { rootSeen, arrival, input = null, output = null, participantData, sessionData, detail } = row
    const summary = row.summary as Assembled
    if (isPending(rootSeen, arrival, now)) summary.status = 'pending'
    return assembled({ summary, input, output, participantData, sessionData, detail }, source)
  })
}

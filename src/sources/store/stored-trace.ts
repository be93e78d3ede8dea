import type { AttributeValue } from '../../domain/span.ts'
import type { ParticipantData, Trace, TraceSummary } from '../../domain/trace.ts'
import type { Micros, TraceId } from '../../domain/units.ts'
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
  const summary = summaryOf(row, now)
  const detail = parsed(row, 'detail') as TraceDetail | undefined
  const participantData = parsed(row, 'participant_data') as ParticipantData | undefined
  const sessionData = parsed(row, 'session_data') as AttributeValue | undefined
  return {
    ...summary,
    ...(typeof row.input === 'string' && { input: row.input }),
    ...(typeof row.output === 'string' && { output: row.output }),
    ...(participantData !== undefined && { participantData }),
    ...(sessionData !== undefined && { sessionData }),
    ...(detail?.rootCause && { rootCause: detail.rootCause }),
    ...(detail?.callTurns && { callTurns: detail.callTurns }),
    ...(detail?.models && { models: detail.models }),
    ...(detail?.counted && { counted: detail.counted }),
    ...(detail?.externalUrl !== undefined && { externalUrl: detail.externalUrl }),
    spans: detail?.spansAt === undefined ? { source, traceId: summary.traceId as TraceId } : detail.spansAt,
  }
}

import type { LogList } from '../../domain/port/trace-source.ts'
import type { LogRecord } from '../../domain/span.ts'
import type { SpanId, TraceId } from '../../domain/units.ts'
import type { Cell, CellType } from './append.ts'
import type { Run } from './connections.ts'
import { joined, sql } from './sql.ts'
import { traceKey } from './stored-text.ts'

export const LOG_TYPES: readonly CellType[] = ['INTEGER', 'VARCHAR', 'VARCHAR', 'BIGINT', 'VARCHAR']
export const logRow = (log: LogRecord): Cell[] => [
  traceKey(log.traceId),
  log.traceId,
  log.spanId,
  log.time,
  JSON.stringify(log),
]

/** A span shows no more log records than this. */
const MOST = 1_000

/** A trace shows no more log records than this. */
const MOST_OF_TRACE = 10_000

/** The log records of one trace in order of time, each once. */
export async function logsOfTrace(run: Run, id: TraceId): Promise<LogList> {
  const rows = await run(
    sql`SELECT DISTINCT time, record FROM logs
        WHERE trace_key = ${BigInt(traceKey(id))} AND trace_id = ${id}
        ORDER BY time, record LIMIT ${BigInt(MOST_OF_TRACE + 1)}`,
  )
  const logs = rows.slice(0, MOST_OF_TRACE).map(({ record }) => JSON.parse(String(record)) as LogRecord)
  return { logs, complete: rows.length <= MOST_OF_TRACE }
}

/**
 * The log records of some spans, each span's in order of time. What was delivered twice is the same text, and
 * given once.
 */
export async function logsOfSpans(
  run: Run,
  id: TraceId,
  spanIds: readonly SpanId[],
): Promise<ReadonlyMap<SpanId, readonly LogRecord[]>> {
  const rows = await run(
    sql`SELECT DISTINCT span_id, time, record FROM logs
        WHERE trace_key = ${BigInt(traceKey(id))} AND trace_id = ${id} AND span_id IN (${joined(
          spanIds.map((span) => sql`${span}`),
          ', ',
        )})
        QUALIFY row_number() OVER (PARTITION BY span_id ORDER BY time, record) <= ${BigInt(MOST)}
        ORDER BY time, record`,
  )
  const records = rows.map(({ record }) => JSON.parse(String(record)) as LogRecord)
  const found = new Map<SpanId, LogRecord[]>()
  for (const record of records) {
    if (record.spanId === null) continue
    const logs = found.get(record.spanId) ?? []
    logs.push(record)
    found.set(record.spanId, logs)
  }
  return found
}

import type { LogRecord } from '../../../domain/model/span.ts'
import type { Micros, SpanId, TraceId } from '../../../domain/model/units.ts'
import type { LogList } from '../../../domain/port/trace-source.ts'
import { longTextOf, NAMED_TYPES, type StowedTexts, withLongTexts } from '../columns/long-texts.ts'
import { traceKey } from '../columns/stored-text.ts'
import type { ResultRow, Run } from '../engine/connections.ts'
import type { Cell, CellType } from '../sql/append.ts'
import { joined, sql } from '../sql/sql.ts'

export const LOG_TYPES: readonly CellType[] = [
  'INTEGER',
  'VARCHAR',
  'VARCHAR',
  'BIGINT',
  'VARCHAR',
  'BIGINT',
  ...NAMED_TYPES,
]
export function logRow(log: LogRecord, arrival: Micros, stowed: StowedTexts): Cell[] {
  stowed.beginRow()
  return [
    traceKey(log.traceId),
    log.traceId,
    log.spanId,
    log.time,
    stowed.json(JSON.stringify(log), log.traceId, 'log'),
    arrival,
    ...stowed.namedCells,
  ]
}

/** A span shows no more log records than this. */
const MOST = 1_000

/** A trace shows no more log records than this. */
const MOST_OF_TRACE = 10_000

/** Nor more characters in long ones: they are held at once. */
const MOST_CHARACTERS = 64 * 1024 ** 2

/** The records of rows up to the bound. A record that is stored never changes; its trace may go. */
async function recordsOf(run: Run, rows: readonly ResultRow[]): Promise<LogRecord[]> {
  let characters = 0
  const beyond = rows.findIndex(({ record }) => {
    characters += longTextOf(record)?.length ?? 0
    return characters > MOST_CHARACTERS
  })
  const held = beyond < 0 ? rows : rows.slice(0, beyond)
  const whole = (await withLongTexts(run, held, ['record'])) ?? []
  return whole.map(({ record }) => JSON.parse(String(record)) as LogRecord)
}

/** The log records of one trace in order of time, each once. */
export async function logsOfTrace(run: Run, id: TraceId): Promise<LogList> {
  const rows = await run(
    sql`SELECT DISTINCT time, record FROM logs
        WHERE trace_key = ${BigInt(traceKey(id))} AND trace_id = ${id}
        ORDER BY time, record LIMIT ${BigInt(MOST_OF_TRACE + 1)}`,
  )
  const logs = await recordsOf(run, rows.slice(0, MOST_OF_TRACE))
  return { logs, complete: logs.length === rows.length }
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
  const records = await recordsOf(run, rows)
  const found = new Map<SpanId, LogRecord[]>()
  for (const record of records) {
    if (record.spanId === null) continue
    const logs = found.get(record.spanId) ?? []
    logs.push(record)
    found.set(record.spanId, logs)
  }
  return found
}

import type { LogRecord, Span } from '../../../domain/model/span.ts'
import type { SpanId, TraceId } from '../../../domain/model/units.ts'
import { decodeSpan, type EncodedSpan, encodeSpan } from '../columns/encoded-span.ts'
import { readWhole } from '../columns/long-texts.ts'
import type { Reader } from '../columns/reader.ts'
import { traceKey } from '../columns/stored-text.ts'
import type { Run } from '../engine/connections.ts'
import { sql } from '../sql/sql.ts'
import type { TraceState } from './trace-states.ts'

/** Names a span among all. No id holds a line break. */
export const spanName = (traceId: TraceId, spanId: SpanId): string => `${traceId}\n${spanId}`

interface Logged {
  readonly records: LogRecord[]
  /** Whether some of them are new to the store. */
  fresh: boolean
}

export interface WithLogs {
  /** Records that the store does not hold yet. */
  readonly records: readonly LogRecord[]
  /** Spans that read otherwise now: what they say stands partly in their log records. */
  readonly spans: readonly EncodedSpan[]
}

/**
 * Reads spans together with their log records, in whatever order the two came: those of `fresh` with what
 * is stored or comes with them, and stored ones whose records come now.
 */
export async function readWithLogs(
  run: Run,
  reader: Reader,
  logs: readonly LogRecord[],
  fresh: ReadonlyMap<string, EncodedSpan>,
  touched: ReadonlyMap<TraceId, TraceState>,
): Promise<WithLogs> {
  const bySpan = new Map<string, Logged>()
  const known = new Set<string>()
  const records: LogRecord[] = []
  const add = (record: LogRecord, text: string, isNew: boolean) => {
    if (known.has(text)) return
    known.add(text)
    if (isNew) records.push(record)
    if (record.spanId === null) return
    const name = spanName(record.traceId, record.spanId)
    const logged = bySpan.get(name) ?? { records: [], fresh: false }
    logged.records.push(record)
    logged.fresh ||= isNew
    bySpan.set(name, logged)
  }
  for (const text of await storedRecords(run, [...touched.keys()])) {
    add(JSON.parse(text) as LogRecord, text, false)
  }
  for (const record of logs) add(record, JSON.stringify(record), true)

  const spans: EncodedSpan[] = []
  for (const [name, { records: its, fresh: isNew }] of bySpan) {
    const [first] = its
    const arriving = fresh.get(name)
    if (first === undefined || first.spanId === null || (!arriving && !isNew)) continue
    const span = arriving ? spanOf(arriving) : await storedSpan(run, first.traceId, first.spanId, touched)
    if (!span) continue
    const encoded = encodeSpan(span, reader, its)
    if (!arriving || arriving.facts !== encoded.facts || arriving.outline !== encoded.outline) {
      spans.push(encoded)
    }
  }
  return { records, spans }
}

const spanOf = ({ traceId, reading, resource, payload }: EncodedSpan): Span =>
  decodeSpan({ traceId, spanId: reading.outline.spanId }, resource, payload)

async function storedRecords(run: Run, ids: readonly TraceId[]): Promise<string[]> {
  const keys = ids.map((id) => String(traceKey(id)))
  const rows = await readWhole(
    run,
    sql`SELECT record FROM logs WHERE trace_key IN (SELECT unnest(${keys})::INTEGER)
        AND trace_id IN (SELECT unnest(${ids}))`,
    ['record'],
  )
  return rows.map(({ record }) => String(record))
}

async function storedSpan(
  run: Run,
  traceId: TraceId,
  spanId: SpanId,
  touched: ReadonlyMap<TraceId, TraceState>,
) {
  const state = touched.get(traceId)
  const place = state?.places.get(spanId)
  const outline = place === undefined ? undefined : state?.readings[place]?.outline
  if (!outline) return null
  const [row] = await readWhole(
    run,
    sql`SELECT resource, payload FROM spans WHERE start_time = ${BigInt(outline.startTime)}
        AND trace_id = ${traceId} AND span_id = ${spanId}`,
    ['resource', 'payload'],
  )
  return row ? decodeSpan({ traceId, spanId }, String(row.resource), String(row.payload)) : null
}

import { SourceError } from '../../domain/port/source-error.ts'
import type { LogList, SpanList } from '../../domain/port/trace-source.ts'
import type { Span, SpanDetail, SpanOutline } from '../../domain/span.ts'
import type { Trace } from '../../domain/trace.ts'
import type { Micros, SpanId, TraceId } from '../../domain/units.ts'
import { isPending } from '../../semantics/reading.ts'
import type { ResultRow, Run } from './connections.ts'
import { decodeSpan } from './encoded-span.ts'
import { logsOfSpans, logsOfTrace } from './logs.ts'
import type { Reader } from './reader.ts'
import { constant, type Fragment, joined, sql } from './sql.ts'
import { traceKey } from './stored-text.ts'
import { TRACE_TEXT_COLUMNS, traceOf } from './stored-trace.ts'

async function rowOf(run: Run, id: TraceId, columns: Fragment): Promise<ResultRow> {
  const [row] = await run(
    sql`SELECT ${columns} FROM traces WHERE trace_key = ${BigInt(traceKey(id))} AND trace_id = ${id}`,
  )
  if (!row) throw new SourceError('not-found', `no trace ${id}`)
  return row
}

/** Spans are found by the trace's time range; the key saves comparing ids. */
const ofTrace = (id: TraceId, { first_time, last_time }: ResultRow) =>
  sql`start_time BETWEEN ${BigInt(Number(first_time))} AND ${BigInt(Number(last_time))}
      AND trace_key = ${BigInt(traceKey(id))} AND trace_id = ${id}`

const SPANS_WHERE = constant(
  'first_time, last_time, root_seen, arrival, judged, recorded IS NOT NULL AS is_recorded',
)

export async function readTrace(run: Run, id: TraceId, source: string, now: Micros): Promise<Trace> {
  return traceOf(await rowOf(run, id, TRACE_TEXT_COLUMNS), source, now)
}

const judgedOf = ({ judged }: ResultRow): ReadonlyMap<SpanId, SpanOutline> => {
  const outlines = typeof judged === 'string' ? (JSON.parse(judged) as SpanOutline[]) : []
  return new Map(outlines.map((outline) => [outline.spanId, outline]))
}

/** Whether nothing more is awaited. The row of a recorded turn awaits nothing; its spans may all the same. */
const isComplete = (trace: ResultRow, outlines: readonly SpanOutline[], now: Micros): boolean => {
  const rootSeen = trace.is_recorded
    ? outlines.length === 0 || outlines.some(({ parentId }) => parentId === null)
    : trace.root_seen === true
  return !isPending(rootSeen, Number(trace.arrival) as Micros, now)
}

export async function readSpans(run: Run, id: TraceId, now: Micros): Promise<SpanList> {
  const trace = await rowOf(run, id, SPANS_WHERE)
  // Joined by the engine: 100,000 texts one by one would take three times as long as all the rest.
  const [all] = await run(
    sql`SELECT string_agg(outline, ',') AS outlines FROM spans WHERE ${ofTrace(id, trace)}`,
  )
  const spans = JSON.parse(`[${all?.outlines ?? ''}]`) as SpanOutline[]
  const complete = isComplete(trace, spans, now)
  const judged = judgedOf(trace)
  if (judged.size > 0) {
    for (let at = 0; at < spans.length; at++) {
      const outline = spans[at] as SpanOutline
      spans[at] = judged.get(outline.spanId) ?? outline
    }
  }
  return { spans, complete, ...(complete && { version: versionOf(trace) }) }
}

/** Whatever changes a trace's spans or their judgement writes its row anew, with the moment of it. */
const versionOf = ({ arrival }: ResultRow): string => String(arrival)

/** The version of the spans as they are now; undefined where the trace is not there. */
export async function readSpansVersion(run: Run, id: TraceId): Promise<string | undefined> {
  const [trace] = await run(
    sql`SELECT arrival FROM traces WHERE trace_key = ${BigInt(traceKey(id))} AND trace_id = ${id}`,
  )
  return trace && versionOf(trace)
}

/** A tool's arguments may stand only in the model's answer that asked for it: a few spans before. */
const PRECEDING = 50

async function precedingOf(run: Run, id: TraceId, trace: ResultRow, { startTime }: Span): Promise<Span[]> {
  const rows = await run(
    sql`SELECT span_id, resource, payload FROM spans
        WHERE ${ofTrace(id, trace)} AND start_time + duration <= ${BigInt(startTime)}
        ORDER BY start_time DESC LIMIT ${BigInt(PRECEDING)}`,
  )
  return rows.map(({ span_id, resource, payload }) =>
    decodeSpan({ traceId: id, spanId: String(span_id) as SpanId }, String(resource), String(payload)),
  )
}

export async function readSpanDetail(
  run: Run,
  id: TraceId,
  spanId: SpanId,
  reader: Reader,
): Promise<SpanDetail> {
  const [detail] = await readSpanDetails(run, id, [spanId], reader)
  if (!detail) throw new SourceError('not-found', `no span ${spanId} in trace ${id}`)
  return detail
}

/** Payloads of several spans, in the order asked for; those that are not there are left out. */
export async function readSpanDetails(
  run: Run,
  id: TraceId,
  spanIds: readonly SpanId[],
  reader: Reader,
): Promise<SpanDetail[]> {
  const trace = await rowOf(run, id, SPANS_WHERE)
  if (spanIds.length === 0) return []
  const rows = await run(
    sql`SELECT span_id, outline, resource, payload FROM spans
        WHERE ${ofTrace(id, trace)} AND span_id IN (${joined(
          spanIds.map((span) => sql`${span}`),
          ', ',
        )})`,
  )
  const rowOfSpan = new Map(rows.map((row) => [String(row.span_id), row]))
  const judged = judgedOf(trace)
  const logsOf = await logsOfSpans(run, id, spanIds)
  const details: SpanDetail[] = []
  for (const spanId of spanIds) {
    const row = rowOfSpan.get(spanId)
    if (!row) continue
    const logs = logsOf.get(spanId) ?? []
    const span = decodeSpan({ traceId: id, spanId }, String(row.resource), String(row.payload))
    const outline = judged.get(spanId) ?? (JSON.parse(String(row.outline)) as SpanOutline)
    const preceding = outline.kind === 'tool' ? await precedingOf(run, id, trace, span) : []
    details.push({
      outline,
      span,
      meaning: reader.readMeaning(span, logs, preceding),
      ...(logs.length > 0 && { logs }),
    })
  }
  return details
}

/** Records may be there before any span is. */
export async function readLogs(run: Run, id: TraceId): Promise<LogList> {
  const list = await logsOfTrace(run, id)
  if (list.logs.length === 0) await rowOf(run, id, SPANS_WHERE)
  return list
}

/** Spans of one batch, roughly as many as a stalled reader may cost. */
const BATCH = 500

/** Every span as it was recorded, in order of time. `ask` holds a connection for that one statement. */
export async function* streamSpans(ask: Run, id: TraceId): AsyncGenerator<readonly Span[]> {
  const trace = await rowOf(ask, id, SPANS_WHERE)
  let after: Fragment = constant('true')
  for (;;) {
    const rows = await ask(
      sql`SELECT span_id, start_time, resource, payload FROM spans WHERE ${ofTrace(id, trace)} AND ${after}
          ORDER BY start_time, span_id LIMIT ${BigInt(BATCH)}`,
    )
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows.map(({ span_id, resource, payload }) =>
      decodeSpan({ traceId: id, spanId: String(span_id) as SpanId }, String(resource), String(payload)),
    )
    if (rows.length < BATCH) return
    const [time, span] = [BigInt(Number(last.start_time)), String(last.span_id)]
    after = sql`(start_time > ${time} OR (start_time = ${time} AND span_id > ${span}))`
  }
}

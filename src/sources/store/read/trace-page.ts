import type { Span, SpanDetail, SpanOutline } from '../../../domain/model/span.ts'
import type { Trace } from '../../../domain/model/trace.ts'
import type { Micros, SpanId, TraceId } from '../../../domain/model/units.ts'
import { SourceError } from '../../../domain/port/source-error.ts'
import type { LogList, SpanList } from '../../../domain/port/trace-source.ts'
import { isPending } from '../../../semantics/reading.ts'
import { decodeSpan } from '../columns/encoded-span.ts'
import { longTextOf, readWhole, withLongTexts } from '../columns/long-texts.ts'
import type { Reader } from '../columns/reader.ts'
import { traceKey } from '../columns/stored-text.ts'
import type { ResultRow, Run } from '../engine/connections.ts'
import { constant, type Fragment, joined, sql } from '../sql/sql.ts'
import { logsOfSpans, logsOfTrace } from '../write/logs.ts'
import { TRACE_TEXT_COLUMNS, traceOf } from './stored-trace.ts'

/** Those of a trace's row that may name a long text. */
const LONG_COLUMNS = ['summary', 'input', 'output', 'participant_data', 'session_data', 'detail', 'judged']
export const SPAN_COLUMNS = ['resource', 'payload']

async function rowOf(run: Run, id: TraceId, columns: Fragment): Promise<ResultRow> {
  const [row] = await readWhole(
    run,
    sql`SELECT ${columns} FROM traces WHERE trace_key = ${BigInt(traceKey(id))} AND trace_id = ${id}`,
    LONG_COLUMNS,
  )
  if (!row) throw new SourceError('not-found', `no trace ${id}`)
  return row
}

/** Spans are found by the trace's time range (`spansWhere`); the key saves comparing ids. */
const ofTrace = (id: TraceId, { first_time, last_time }: ResultRow) =>
  sql`start_time BETWEEN ${BigInt(Number(first_time))} AND ${BigInt(Number(last_time))}
      AND trace_key = ${BigInt(traceKey(id))} AND trace_id = ${id}`

/** The range of the row and of the marks together: where a row is behind, its own is behind as well. */
const spansWhere = (id: TraceId) =>
  sql`least(first_time, (SELECT min(u.first_time) FROM unfolded u WHERE u.trace_id = ${id})) AS first_time,
      greatest(last_time, (SELECT max(u.last_time) FROM unfolded u WHERE u.trace_id = ${id})) AS last_time,
      root_seen, arrival, judged, recorded IS NOT NULL AS is_recorded`

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
  const trace = await rowOf(run, id, spansWhere(id))
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
/** Nor in more characters than this, the nearest spans first. */
const PRECEDING_CHARACTERS = 16 * 1024 ** 2

async function precedingOf(run: Run, id: TraceId, trace: ResultRow, { startTime }: Span): Promise<Span[]> {
  const rows = await run(
    sql`SELECT span_id, resource, payload FROM spans
        WHERE ${ofTrace(id, trace)} AND start_time + duration <= ${BigInt(startTime)}
        ORDER BY start_time DESC LIMIT ${BigInt(PRECEDING)}`,
  )
  const [nearest = []] = inGroups(rows, PRECEDING_CHARACTERS)
  return spansOf((await withLongTexts(run, nearest, SPAN_COLUMNS)) ?? [], id)
}

const spansOf = (rows: readonly ResultRow[], id: TraceId): Span[] =>
  rows.map(({ span_id, resource, payload }) =>
    decodeSpan({ traceId: id, spanId: String(span_id) as SpanId }, String(resource), String(payload)),
  )

const charactersOf = (row: ResultRow): number =>
  SPAN_COLUMNS.reduce(
    (sum, column) => sum + (longTextOf(row[column])?.length ?? String(row[column]).length),
    0,
  )

/** Rows in order, as many together as their texts allow, at least one. */
export function* inGroups(rows: readonly ResultRow[], characters: number): Generator<readonly ResultRow[]> {
  let group: ResultRow[] = []
  let held = 0
  for (const row of rows) {
    const its = charactersOf(row)
    if (group.length > 0 && held + its > characters) {
      yield group
      group = []
      held = 0
    }
    group.push(row)
    held += its
  }
  if (group.length > 0) yield group
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

/** What several payloads may hold together, in characters. */
const DETAILS_CHARACTERS = 32 * 1024 ** 2

/**
 * Payloads of several spans, in the order asked for; those that are not there are left out, and those beyond
 * what one reply may hold.
 */
export async function readSpanDetails(
  run: Run,
  id: TraceId,
  spanIds: readonly SpanId[],
  reader: Reader,
): Promise<SpanDetail[]> {
  const trace = await rowOf(run, id, spansWhere(id))
  if (spanIds.length === 0) return []
  const held = await run(
    sql`SELECT span_id, outline, resource, payload FROM spans
        WHERE ${ofTrace(id, trace)} AND span_id IN (${joined(
          spanIds.map((span) => sql`${span}`),
          ', ',
        )})`,
  )
  const [first = []] = inGroups(held, DETAILS_CHARACTERS)
  const rows = (await withLongTexts(run, first, SPAN_COLUMNS)) ?? []
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
  if (list.logs.length === 0) await rowOf(run, id, spansWhere(id))
  return list
}

/** Spans and characters of one batch: as much as a stalled reader may cost. */
const BATCH = 250
const BATCH_CHARACTERS = 1024 ** 2

/** Spans of which one was replaced between being read and its long texts. */
function readAgain(ask: Run, id: TraceId, trace: ResultRow, group: readonly ResultRow[]) {
  const ids = group.map(({ span_id }) => String(span_id))
  return readWhole(
    ask,
    sql`SELECT span_id, start_time, resource, payload FROM spans
        WHERE ${ofTrace(id, trace)} AND span_id IN (SELECT unnest(${ids})) ORDER BY start_time, span_id`,
    SPAN_COLUMNS,
  )
}

/** Every span as it was recorded, in order of time. `ask` holds a connection for that one statement. */
export async function* streamSpans(ask: Run, id: TraceId): AsyncGenerator<readonly Span[]> {
  const trace = await rowOf(ask, id, spansWhere(id))
  let after: Fragment = constant('true')
  for (;;) {
    const rows = await ask(
      sql`SELECT span_id, start_time, resource, payload FROM spans WHERE ${ofTrace(id, trace)} AND ${after}
          ORDER BY start_time, span_id LIMIT ${BigInt(BATCH)}`,
    )
    const last = rows.at(-1)
    if (last === undefined) return
    for (const group of inGroups(rows, BATCH_CHARACTERS)) {
      const whole = await withLongTexts(ask, group, SPAN_COLUMNS)
      yield spansOf(whole ?? (await readAgain(ask, id, trace, group)), id)
    }
    if (rows.length < BATCH) return
    const [time, span] = [BigInt(Number(last.start_time)), String(last.span_id)]
    after = sql`(start_time > ${time} OR (start_time = ${time} AND span_id > ${span}))`
  }
}

import type { AttributeValue } from '../../../domain/model/span.ts'
import type { ParticipantData, Trace, TraceSummary } from '../../../domain/model/trace.ts'
import type { Micros, TraceId } from '../../../domain/model/units.ts'
import { isPending } from '../../../semantics/reading.ts'
import { type LongText, loadTexts, longTextIn } from '../columns/long-texts.ts'
import type { TraceDetail } from '../columns/trace-columns.ts'
import type { ResultRow, Run } from '../engine/connections.ts'
import { constant } from '../sql/sql.ts'

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
  `concat('{"traceId":', to_json(trace_id)::VARCHAR, ',"summary":', summary, ',"rootSeen":', root_seen, ',"arrival":', arrival,
    ',"input":' || to_json(input)::VARCHAR, ',"output":' || to_json(output)::VARCHAR,
    ',"participantData":' || participant_data, ',"sessionData":' || session_data,
    ',"detail":' || detail, '}') AS trace`,
)

type Long = 'summary' | 'input' | 'output' | 'participantData' | 'sessionData' | 'detail'
/** Of these the column holds the text itself, of the others JSON. */
const PLAIN: ReadonlySet<Long> = new Set(['input', 'output'])
const LONG: readonly Long[] = ['summary', 'input', 'output', 'participantData', 'sessionData', 'detail']

/** A row read as `TRACE_AS_JSON`; a long text's name stands in its place until it is loaded. */
interface JsonRow extends Partial<Record<Long, unknown>> {
  readonly traceId: TraceId
  readonly rootSeen: boolean
  readonly arrival: Micros
}

/** A row's summary where it stands in the row itself. */
export function summaryOfJson(text: string): { readonly traceId: TraceId; readonly summary?: TraceSummary } {
  const { traceId, summary } = JSON.parse(text) as JsonRow
  return longTextIn(summary) === null ? { traceId, summary: summary as TraceSummary } : { traceId }
}

/** A long text in a row, by its key. */
type Named = readonly [row: JsonRow, key: Long, text: LongText]

interface Group {
  /** Characters of the long texts. */
  readonly size: number
  readonly rows: readonly JsonRow[]
  readonly named: readonly Named[]
}

/** Texts together, so many that they hold about `characters`. */
function* slices(texts: readonly string[], characters: number): Generator<readonly string[]> {
  let start = 0
  let held = 0
  for (const [index, text] of texts.entries()) {
    held += text.length
    if (held < characters) continue
    yield texts.slice(start, index + 1)
    start = index + 1
    held = 0
  }
  if (start < texts.length) yield texts.slice(start)
}

/** Rows together, so many that their long texts hold at most `characters`, or one of them. */
function* groupsOf(rows: readonly JsonRow[], characters: number): Generator<Group> {
  let group: { rows: JsonRow[]; named: Named[]; size: number } = { rows: [], named: [], size: 0 }
  for (const row of rows) {
    const named = LONG.flatMap((key): Named[] => {
      const text = longTextIn(row[key])
      return text === null ? [] : [[row, key, text]]
    })
    const size = named.reduce((sum, [, , { length }]) => sum + length, 0)
    if (group.rows.length > 0 && group.size + size > characters) {
      yield group
      group = { rows: [], named: [], size: 0 }
    }
    group.rows.push(row)
    group.named.push(...named)
    group.size += size
  }
  if (group.rows.length > 0) yield group
}

/** Puts long texts in the place of their names; gives the rows of which one has gone since they were read. */
async function fill(run: Run, { named }: Group): Promise<ReadonlySet<JsonRow>> {
  const stale = new Set<JsonRow>()
  if (named.length === 0) return stale
  const texts = await loadTexts(
    run,
    named.map(([, , { id }]) => id),
  )
  for (const [row, key, { id }] of named) {
    const text = texts.get(id)
    if (text === undefined) stale.add(row)
    else row[key] = PLAIN.has(key) ? text : JSON.parse(text)
  }
  return stale
}

/** Characters of rows that are parsed at once: what is parsed takes several times as much. */
const PARSED = 512 * 1024
/** Characters of long texts loaded at once. */
const LOADED = 2 * 1024 ** 2

/**
 * The turns of rows read as `TRACE_AS_JSON`, some at a time, and how many characters of long texts were loaded
 * for them. `again` reads a turn anew whose long texts have
 * changed since; undefined where it is gone.
 */
export async function* tracesOf(
  run: Run,
  texts: readonly string[],
  source: string,
  now: Micros,
  again: (id: TraceId) => Promise<Trace | undefined>,
): AsyncGenerator<{ readonly traces: readonly Trace[]; readonly loaded: number }> {
  for (const slice of slices(texts, PARSED)) {
    const rows = JSON.parse(`[${slice.join()}]`) as JsonRow[]
    for (const group of groupsOf(rows, LOADED)) {
      const stale = await fill(run, group)
      const traces: Trace[] = []
      for (const row of group.rows) {
        const trace = stale.has(row) ? await again(row.traceId) : traceOfJson(row, source, now)
        if (trace) traces.push(trace)
      }
      yield { traces, loaded: group.size }
    }
  }
}

type FilledRow = Partial<Parts> & Pick<Parts, 'summary'> & Pick<JsonRow, 'rootSeen' | 'arrival'>

function traceOfJson(row: JsonRow, source: string, now: Micros): Trace {
  const filled = row as FilledRow
  const { rootSeen, arrival, input = null, output = null, participantData, sessionData, detail } = filled
  const summary = filled.summary as Assembled
  if (isPending(rootSeen, arrival, now)) summary.status = 'pending'
  return assembled({ summary, input, output, participantData, sessionData, detail }, source)
}

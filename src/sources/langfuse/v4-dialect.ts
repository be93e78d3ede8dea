import type { Span } from '../../domain/model/span.ts'
import type { Feedback } from '../../domain/model/trace.ts'
import { micros, type SpanId, type TraceId } from '../../domain/model/units.ts'
import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { rowSpansInSteps } from '../../formats/langfuse/api-traces.ts'
import type { TraceReader } from '../backend/read-trace.ts'
import type { Window } from '../walking/time-windows.ts'
import { coveredDownTo, type Dialect, type FoundTraces, fromText, toText } from './dialect.ts'
import type { FeedbackReader } from './feedback-reader.ts'
import { type KnownTrace, type KnownTraces, knownTraceOf } from './known-traces.ts'
import { inTurns, type LangfuseApi, type Params } from './langfuse-api.ts'
import { planRows } from './pushed-filters.ts'
import {
  anyOf,
  between,
  filtered,
  IDS_AT_ONCE,
  isBadRequest,
  isCut,
  LIGHT,
  type Row,
  RowReader,
  startOfRow,
  textOf,
  traceOfRow,
  WHOLE,
  withOrigin,
} from './row-reader.ts'
import { silentSpans } from './silent-spans.ts'

export interface DialectParts {
  readonly api: LangfuseApi
  readonly reader: TraceReader
  readonly known: KnownTraces
  readonly feedback: FeedbackReader
  /** Langfuse's page of a trace. */
  readonly pageOf: (project: string, trace: TraceId) => string
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** With texts and metadata, rows are heavy. */
const MOST_TOPS = 500
/** Spans of a trace may have begun before its top observation, and after all that is known of its end, ms. */
const BEFORE = 3_600_000
const AFTER = 3_600_000
/** Spans of a download that are read at a time. */
const STREAMED = 500
const HOUR = 3_600_000_000

const idsIn = (rows: readonly Row[]): readonly TraceId[] => [
  ...new Set(rows.flatMap((row) => traceOfRow(row) ?? [])),
]
const chunksOf = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size))

/** The newer API: everything is a row, and a trace is the rows of one id. */
export class V4Dialect implements Dialect {
  readonly #parts: DialectParts
  readonly #rows: RowReader
  /** Whether a filter may name several ids; servers that refuse it are asked for each. */
  #takesLists = true

  constructor(parts: DialectParts) {
    this.#parts = parts
    this.#rows = new RowReader(parts.api)
  }

  async find(window: Window, query: TraceQuery, signal: AbortSignal): Promise<FoundTraces> {
    const [from, to] = [fromText(window.from), toText(window.to)]
    const range: Params = [
      ['fromStartTime', from],
      ['toStartTime', to],
    ]
    const { asked, topsAlone } = planRows(query, (column, value) =>
      filtered([{ type: 'arrayOptions', column, operator: 'any of', value }, ...between(from, to)]),
    )
    const seen = new Map<TraceId, number>()
    const tops: Row[] = []
    let covered: number = window.from
    for (const params of asked) {
      const limit = Math.min(window.limit, topsAlone ? MOST_TOPS : 1000)
      const isEnough = (rows: readonly Row[]) =>
        idsIn(rows).length >= window.limit && coveredDownTo(lastStart(rows)) < window.to
      const found = await this.#rows.read([...params, ...range], topsAlone ? WHOLE : 'core', signal, {
        limit,
        until: isEnough,
      })
      for (const row of found.rows) {
        const id = traceOfRow(row)
        const at = startOfRow(row)
        if (id !== undefined && !Number.isNaN(at)) seen.set(id, Math.max(at, seen.get(id) ?? 0))
      }
      if (topsAlone) tops.push(...found.rows)
      if (found.isCut) covered = Math.max(covered, coveredDownTo(lastStart(found.rows)))
    }
    const ids = [...seen].filter(([, at]) => at >= covered || covered <= window.from).map(([id]) => id)
    const traces = await this.#read(ids, tops, Math.min(...seen.values()), signal)
    return {
      traces: traces.map((trace) => ({ trace, seenAt: micros(seen.get(trace.read.traceId) ?? window.from) })),
      coveredFrom: micros(Math.min(window.to, covered)),
      problems: [...new Set(traces.flatMap(({ problems }) => problems))].slice(0, 20),
    }
  }

  async byIds(ids: readonly TraceId[], signal: AbortSignal): Promise<readonly KnownTrace[]> {
    return this.#read(ids, [], undefined, signal)
  }

  async payloads(trace: KnownTrace, spans: readonly SpanId[], signal: AbortSignal): Promise<readonly Span[]> {
    const wanted = new Set(spans)
    const held = trace.spans.filter(({ spanId }) => wanted.has(spanId) && trace.whole.has(spanId))
    const missing = trace.spans.filter(({ spanId }) => wanted.has(spanId) && !trace.whole.has(spanId))
    const rows = await this.#wholeRows(trace.read.traceId, missing, signal)
    const { traces } = await inTurns(rowSpansInSteps(rows), signal)
    return [...held, ...[...traces.values()].flat()]
  }

  async *stream(trace: KnownTrace, signal: AbortSignal): AsyncGenerator<readonly Span[]> {
    const starts = trace.spans.map(({ startTime }) => Math.floor(startTime / 1000)).sort((a, b) => a - b)
    const last = starts.at(-1) ?? 0
    for (let at = 0; at < starts.length; ) {
      const from = starts[at] as number
      // Spans that began in one ms come together.
      const next = starts.findIndex((start, index) => index >= at + STREAMED && start > from)
      const to = next < 0 ? last + 1 : (starts[next] as number)
      const params: Params = [
        ['traceId', trace.read.traceId],
        ['fromStartTime', fromText(from * 1000)],
        ['toStartTime', toText(to * 1000)],
      ]
      const { rows } = await this.#rows.read(params, WHOLE, signal)
      const { traces } = await inTurns(rowSpansInSteps(await this.#rows.uncut(rows, params, signal)), signal)
      yield [...(traces.get(trace.read.traceId) ?? [])].sort((a, b) => a.startTime - b.startTime)
      if (next < 0) return
      at = next
    }
  }

  /** Traces by id, those that are there: their rows, the texts that a row of the list needs, what was said of them. */
  async #read(
    ids: readonly TraceId[],
    tops: readonly Row[],
    earliest: number | undefined,
    signal: AbortSignal,
  ): Promise<readonly KnownTrace[]> {
    if (ids.length === 0) return []
    const { known, feedback } = this.#parts
    const kept = new Map(ids.flatMap((id) => [[id, known.get(id)] as const]))
    const missing = ids.filter((id) => kept.get(id) === undefined)
    const [rows, said] = await Promise.all([
      this.#rowsOf(missing, earliest, signal),
      feedback.ofTraces(missing, signal),
    ])
    const read = await this.#readRows(rows.rows, tops, said, rows.problems, signal)
    for (const trace of read) known.keep(trace.read.traceId, trace)
    const made = new Map(read.map((trace) => [trace.read.traceId, trace]))
    return ids.flatMap((id) => kept.get(id) ?? made.get(id) ?? [])
  }

  async #rowsOf(ids: readonly TraceId[], earliest: number | undefined, signal: AbortSignal) {
    const problems: string[] = []
    const rows: Row[] = []
    const readOne = async (params: Params) => {
      const found = await this.#rows.read(params, LIGHT, signal)
      rows.push(...found.rows)
      if (found.isCut) problems.push(`only the newest ${found.rows.length} steps were read`)
    }
    const range =
      earliest === undefined
        ? []
        : between(fromText(earliest - BEFORE * 1000), toText((this.#parts.clock() + AFTER) * 1000))
    for (const some of ids.length > 1 ? chunksOf(ids, IDS_AT_ONCE) : []) {
      if (!this.#takesLists) break
      try {
        await readOne(filtered([anyOf('traceId', some), ...range]))
      } catch (error) {
        if (!isBadRequest(error)) throw error
        this.#takesLists = false
      }
    }
    if (ids.length === 1 || !this.#takesLists) {
      const done = new Set(idsIn(rows))
      const left = ids.filter((id) => !done.has(id))
      for (const some of chunksOf(left, 8)) await Promise.all(some.map((id) => readOne([['traceId', id]])))
    }
    return { rows, problems }
  }

  async #readRows(
    light: readonly Row[],
    tops: readonly Row[],
    said: ReadonlyMap<TraceId, readonly Feedback[]>,
    problems: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly KnownTrace[]> {
    const heard = new Map(tops.map((row) => [`${row.traceId} ${row.id}`, row]))
    const rowsOf = new Map<TraceId, Row[]>()
    for (const row of light) {
      const id = traceOfRow(row)
      if (id === undefined) continue
      const own = rowsOf.get(id)
      if (own) own.push(row)
      else rowsOf.set(id, [row])
    }
    // What the top ones say decides whether others are asked.
    for (let round = 0; round < 2; round++) {
      const silent = [...rowsOf].flatMap(([id, own]) =>
        silentSpans(own, (row) => heard.get(`${row.traceId} ${row.id}`)).map((row) => ({ id, row })),
      )
      if (silent.length === 0) break
      for (const row of await this.#wholeRowsOf(silent, signal)) heard.set(`${row.traceId} ${row.id}`, row)
    }
    const read: KnownTrace[] = []
    for (const [id, own] of rowsOf) {
      const whole = new Set<SpanId>()
      const merged = own.map((row) => {
        const full = heard.get(`${row.traceId} ${row.id}`)
        if (full && !isCut(full)) whole.add(String(row.id) as SpanId)
        return full ?? row
      })
      const { traces, problems: odd } = await inTurns(rowSpansInSteps(withOrigin(merged)), signal)
      const spans = traces.get(id)
      if (!spans || spans.length === 0) continue
      const project = own.map((row) => textOf(row.projectId)).find((one) => one !== undefined)
      read.push(
        await knownTraceOf(this.#parts.reader, {
          id,
          spans,
          whole,
          feedback: said.get(id) ?? [],
          problems: [...odd, ...problems],
          size: merged.reduce((sum, row) => sum + sizeOf(row), 0),
          arrival: Math.max(
            0,
            ...own.map((row) => Date.parse(String(row.updatedAt ?? row.createdAt)) * 1000 || 0),
          ),
          ...(project !== undefined && { externalUrl: this.#parts.pageOf(project, id) }),
        }),
      )
    }
    return read
  }

  /** Whole rows of spans of several traces: one question for many, else one for each. */
  async #wholeRowsOf(
    wanted: readonly { readonly id: TraceId; readonly row: Row }[],
    signal: AbortSignal,
  ): Promise<readonly Row[]> {
    const found: Row[] = []
    for (const some of chunksOf(wanted, IDS_AT_ONCE / 2)) {
      const starts = some.map(({ row }) => startOfRow(row))
      const range = between(fromText(Math.min(...starts)), toText(Math.max(...starts) + 1))
      const asked = filtered([
        anyOf('traceId', [...new Set(some.map(({ id }) => id))]),
        anyOf(
          'id',
          some.map(({ row }) => String(row.id)),
        ),
        ...range,
      ])
      const rows = this.#takesLists ? await this.#listed(asked, signal) : undefined
      if (rows) found.push(...rows)
      else {
        const each = some.map(({ id, row }) => this.#momentOf(id, startOfRow(row), signal))
        found.push(...(await Promise.all(each)).flat())
      }
    }
    return found
  }

  async #wholeRows(id: TraceId, spans: readonly Span[], signal: AbortSignal): Promise<readonly Row[]> {
    const wanted = spans.map(({ spanId, startTime }) => ({
      id,
      row: { id: spanId, startTime: new Date(startTime / 1000).toISOString() },
    }))
    const ids = new Set<unknown>(spans.map(({ spanId }) => spanId))
    const rows =
      spans.length === 1 && spans[0]
        ? await this.#momentOf(id, spans[0].startTime, signal)
        : await this.#wholeRowsOf(wanted, signal)
    const own = rows.filter((row) => ids.has(row.id))
    const starts = own.map(startOfRow)
    if (starts.length === 0) return own
    const range: Params = [
      ['traceId', id],
      ['fromStartTime', fromText(Math.min(...starts))],
      ['toStartTime', toText(Math.max(...starts) + 1)],
    ]
    return this.#rows.uncut(own, range, signal)
  }

  /** What a filter of several ids finds; undefined where the server takes none. */
  async #listed(asked: Params, signal: AbortSignal): Promise<readonly Row[] | undefined> {
    try {
      return (await this.#rows.read(asked, WHOLE, signal)).rows
    } catch (error) {
      if (!isBadRequest(error)) throw error
      this.#takesLists = false
      return undefined
    }
  }

  /** The rows of a trace that began in one millisecond, whole. */
  async #momentOf(id: TraceId, at: number, signal: AbortSignal): Promise<readonly Row[]> {
    const params: Params = [
      ['traceId', id],
      ['fromStartTime', fromText(at)],
      ['toStartTime', toText(at + 1)],
    ]
    return (await this.#rows.read(params, WHOLE, signal)).rows
  }
}

const lastStart = (rows: readonly Row[]): number => {
  const last = rows.at(-1)
  return last === undefined ? Number.MAX_SAFE_INTEGER - HOUR : startOfRow(last)
}

const sizeOf = ({ input, output, metadata }: Row): number =>
  700 +
  (typeof input === 'string' ? input.length : 0) +
  (typeof output === 'string' ? output.length : 0) +
  (metadata === undefined ? 0 : JSON.stringify(metadata).length)

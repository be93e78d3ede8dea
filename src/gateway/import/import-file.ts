import { setTimeout as delay } from 'node:timers/promises'
import { saysCut } from '../../domain/model/cut-text.ts'
import type { LogRecord, Span } from '../../domain/model/span.ts'
import type { Micros, TraceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { Decoded } from '../../formats/decoded.ts'
import { IMPORT_FORMATS, recogniseImport } from '../../formats/import-formats.ts'
import { NotOtlpError } from '../../formats/otlp/guard/not-otlp.ts'
import type { OtlpLimits } from '../../formats/otlp/guard/otlp-limits.ts'
import { OverLimitError } from '../../formats/otlp/guard/over-limit.ts'
import { ProblemList } from '../../formats/otlp/guard/problem-list.ts'
import { type TextLimits, textLimits } from '../ingest/door/ingest-limits.ts'
import type { SpanSink } from '../ingest/door/span-sink.ts'
import { type FoundDocument, readDocuments } from './document-reader.ts'
import { inTurns } from './in-turns.ts'
import { whileGoing } from './while-going.ts'

/** What came in so far. */
export interface ImportReport {
  /** Of the file as it was sent. */
  readonly bytes: number
  /** Documents by the format they are of. */
  readonly formats: Readonly<Record<string, number>>
  readonly documents: number
  readonly spans: number
  readonly logs: number
  /** Records and documents that were left out. */
  readonly rejected: number
  /** Distinct traces, counted up to a bound; `tracesAtLeast` where there are more. */
  readonly traces: number
  readonly tracesAtLeast?: true
  /** The first of them, to jump to. */
  readonly traceIds: readonly TraceId[]
  /** When the traces that came in begin and end, µs. */
  readonly from?: Micros
  readonly to?: Micros
  /** Why something was left out, and what was odd, in words. */
  readonly problems: readonly string[]
}

export type ImportEvent =
  | { readonly type: 'progress'; readonly report: ImportReport }
  | { readonly type: 'done'; readonly report: ImportReport }

/** Large enough that a commit's own cost does not count. */
const BATCH_SPANS = 5_000
const SHOWN_TRACES = 50
const COUNTED_TRACES = 200_000
const PROGRESS_EVERY_MS = 250
/** Whoever waits for a large document is told after so long that it is being read: failures come before that. */
const SILENT_AT_MOST_MS = 2_000
/** Smaller documents are read in no time, and there may be millions of them. */
const isLarge = (found: FoundDocument): boolean => found.ok && found.bytes > 1_048_576
/** A file of which the first so many documents are of no format is given up. */
const PATIENCE = 1_000
/** Lines in a row that hold nothing, beyond which no more are read: of 64 MiB they would take minutes. */
const MOST_IDLE = 200_000
const LONGEST_WAIT_MS = 60_000
const WAIT_MS = 250

const unknownFormat = (problem?: string): SourceError =>
  new SourceError(
    'bad-request',
    problem === undefined
      ? `the file is of no known format; known are ${IMPORT_FORMATS.map(({ label }) => label).join(', ')}`
      : `the file cannot be read: ${problem}`,
  )

type Read =
  | { readonly format: string; readonly decoded: Decoded }
  /** Why nothing was read; whether it looked like a document of a known format. */
  | { readonly problem: string; readonly isKnown: boolean }

async function readFound(
  found: FoundDocument,
  sizes: Pick<OtlpLimits, 'valueSize' | 'recordSize'>,
): Promise<Read> {
  if (!found.ok) return { problem: found.problem, isKnown: false }
  const read = recogniseImport(found.value, sizes)
  if (read === undefined) return { problem: 'a document of no known format', isKnown: false }
  try {
    return { format: read.format.id, decoded: await inTurns(read.decoding) }
  } catch (error) {
    if (!(error instanceof NotOtlpError || error instanceof OverLimitError)) throw error
    return { problem: `${read.format.label}: ${error.message}`, isKnown: true }
  }
}

const holdsNothing = (read: Read): boolean =>
  !('decoded' in read) || read.decoded.spans.length + read.decoded.logs.length === 0

class Tally {
  bytes = 0
  documents = 0
  spans = 0
  logs = 0
  rejected = 0
  readonly problems = new ProblemList()
  private readonly formats: Record<string, number> = {}
  private readonly traces = new Set<TraceId>()
  private tracesAtLeast = false
  private from: Micros | undefined
  private to: Micros | undefined

  document(format: string): void {
    this.documents += 1
    this.formats[format] = (this.formats[format] ?? 0) + 1
  }

  reject(problem: string, count = 1): void {
    this.rejected += count
    this.problems.add(problem)
  }

  stored(spans: readonly Span[], logs: readonly LogRecord[]): void {
    this.spans += spans.length
    this.logs += logs.length
    for (const { traceId, startTime } of spans) {
      if (this.traces.size < COUNTED_TRACES) this.traces.add(traceId)
      else if (!this.traces.has(traceId)) this.tracesAtLeast = true
      if (this.from === undefined || startTime < this.from) this.from = startTime
      if (this.to === undefined || startTime > this.to) this.to = startTime
    }
  }

  report(): ImportReport {
    const traceIds: TraceId[] = []
    for (const id of this.traces) {
      if (traceIds.length === SHOWN_TRACES) break
      traceIds.push(id)
    }
    return {
      bytes: this.bytes,
      formats: { ...this.formats },
      documents: this.documents,
      spans: this.spans,
      logs: this.logs,
      rejected: this.rejected,
      traces: this.traces.size,
      ...(this.tracesAtLeast && { tracesAtLeast: true as const }),
      traceIds,
      ...(this.from !== undefined && { from: this.from }),
      ...(this.to !== undefined && { to: this.to }),
      problems: this.problems.list(),
    }
  }
}

/** Writes, and waits where the store is busy with others: a file can wait, live traces cannot. */
async function patiently(write: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (let waited = 0; ; ) {
    try {
      await write()
      return
    } catch (error) {
      const isBusy = error instanceof SourceError && error.kind === 'rate-limited'
      if (!isBusy || waited >= LONGEST_WAIT_MS) throw error
      const pause = error.retryAfterMs ?? WAIT_MS
      waited += pause
      await delay(pause, undefined, { signal })
    }
  }
}

/**
 * Takes a file in, batch by batch, at a memory that does not grow with its size: it is read one batch ahead
 * of what is stored. The same file again changes nothing. Gives the first event once a document is
 * recognised and read, or where that takes long. Rejects `bad-request` where the file is of no known format.
 */
export async function* importFile(
  chunks: AsyncIterable<Uint8Array>,
  sink: SpanSink,
  signal: AbortSignal,
  texts: TextLimits = textLimits({}),
): AsyncGenerator<ImportEvent> {
  const sizes = { valueSize: texts.text, recordSize: texts.turn }
  const tally = new Tally()
  let spans: Span[] = []
  let logs: LogRecord[] = []
  let told = 0
  /** Lines in a row, up to this one, that held nothing. */
  let idle = 0
  /** What was wrong with the first document that looked like one of a known format. */
  let known: string | undefined

  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      tally.bytes += chunk.length
      yield chunk
    }
  }
  const write = async (batch: readonly Span[], records: readonly LogRecord[]): Promise<void> => {
    for (let start = 0; start < batch.length; start += BATCH_SPANS) {
      const part = batch.slice(start, start + BATCH_SPANS)
      await patiently(() => sink.addSpans(part, signal), signal)
      tally.stored(part, [])
    }
    if (records.length > 0) await patiently(() => sink.addLogs(records, signal), signal)
    tally.stored([], records)
  }
  /** The event that says how far it has come. */
  const progress = (): ImportEvent => {
    told = Date.now()
    return { type: 'progress', report: tally.report() }
  }
  /** One batch is written while the next is read; the one after waits. */
  let writing: Promise<void> = Promise.resolve()
  const flush = async (): Promise<void> => {
    await writing
    signal.throwIfAborted()
    writing = write(spans, logs)
    // Awaited with the next batch; until then a failure is not an unhandled one.
    writing.catch(() => {})
    spans = []
    logs = []
  }

  for await (const found of readDocuments(counted())) {
    const reading = readFound(found, sizes)
    const read = isLarge(found) ? yield* whileGoing(reading, SILENT_AT_MOST_MS, progress) : await reading
    if ('decoded' in read) {
      tally.document(read.format)
      for (const problem of read.decoded.problems) tally.problems.add(problem)
      tally.rejected += read.decoded.rejected
      for (const span of read.decoded.spans) {
        spans.push(span)
        for (const problem of span.problems ?? []) if (saysCut([problem])) tally.problems.add(problem)
      }
      for (const record of read.decoded.logs) logs.push(record)
    } else {
      tally.reject(`${read.problem} (line ${found.line})`)
      if (read.isKnown) known ??= read.problem
      if (tally.documents === 0 && tally.rejected >= PATIENCE) throw unknownFormat(known)
    }
    idle = holdsNothing(read) ? idle + 1 : 0
    if (idle > MOST_IDLE) {
      // What stood before them stays.
      yield* whileGoing(flush(), SILENT_AT_MOST_MS, progress)
      yield* whileGoing(writing, SILENT_AT_MOST_MS, progress)
      throw new SourceError(
        'bad-request',
        `more than ${MOST_IDLE} lines in a row hold no trace (line ${found.line})`,
      )
    }
    if (spans.length + logs.length >= BATCH_SPANS) yield* whileGoing(flush(), SILENT_AT_MOST_MS, progress)
    if (tally.documents > 0 && Date.now() - told >= PROGRESS_EVERY_MS) yield progress()
  }
  if (tally.documents === 0) throw unknownFormat(known)
  yield* whileGoing(flush(), SILENT_AT_MOST_MS, progress)
  yield* whileGoing(writing, SILENT_AT_MOST_MS, progress)
  yield { type: 'done', report: tally.report() }
}

import type { DuckDBConnection } from '@duckdb/node-api'
import type { GivenFeedback } from '../../domain/model/given-feedback.ts'
import type { RecordedTurn } from '../../domain/model/recorded-turn.ts'
import type { LogRecord, Span } from '../../domain/model/span.ts'
import { type DurationMicros, type Micros, microsFromMillis, type TraceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { TraceSource } from '../../domain/port/trace-source.ts'
import type { IngestedEvent } from '../../formats/langfuse/ingested-event.ts'
import type { KeyOverrides } from '../../semantics/conventions/key-index.ts'
import { type EncodedSpan, encodeSpan, roughBytes } from './columns/encoded-span.ts'
import { conventionReader, type Reader } from './columns/reader.ts'
import { Checkpoints } from './engine/checkpoints.ts'
import { Chores } from './engine/chores.ts'
import type { Connections } from './engine/connections.ts'
import { Engine } from './engine/engine.ts'
import { publicMessage, type StoreHealth } from './engine/store-health.ts'
import type { BackupHolder } from './file/backup-socket.ts'
import { storedSource } from './stored-source.ts'
import { AwaitedFeedback } from './write/awaited-feedback.ts'
import { feedbackBytes } from './write/feedback.ts'
import { LateFolds } from './write/late-folds.ts'
import { eventBytes } from './write/records.ts'
import { SpanWriter } from './write/span-writer.ts'
import { TraceStates } from './write/trace-states.ts'
import { encodeTurn } from './write/turn-writer.ts'
import { type Delivery, NOTHING, sumOf, WriteQueue } from './write/write-queue.ts'

export interface StoreOptions {
  /** Made where it does not exist. */
  readonly directory: string
  /** For the engine, e.g. `2GB`; by default a quarter of the machine's memory, at most 2 GiB. */
  readonly memoryLimit?: string | undefined
  /** Traces that are older than this are deleted; by default none. */
  readonly retention?: DurationMicros | undefined
  /** Deletes however much is older, also where that is most of the store. */
  readonly retentionConfirmed?: boolean | undefined
  readonly readOnly?: boolean | undefined
  /** Bytes of deliveries that are not committed yet, beyond which more are refused; by default 128 MiB. */
  readonly maxUnderWay?: number | undefined
  readonly now?: (() => Micros) | undefined
  readonly log?: ((line: string) => void) | undefined
  /** Attribute keys of one's own, looked at before the conventions'. */
  readonly keys?: KeyOverrides | undefined
  /** For tests: how spans are read, where not by the conventions. */
  readonly reader?: Reader
  /** For tests: what otherwise happens rarely. */
  readonly pace?: Pace
}

/** How often the store does what it does beside all else. */
interface Pace {
  /** Between runs of the retention. */
  readonly retentionEveryMs?: number
  /** The longest that the write-ahead log may grow. */
  readonly checkpointBytes?: number
}

/** The embedded store: one directory, one process. */
export interface Store {
  readonly source: TraceSource
  /**
   * Resolves after the commit: what was acknowledged survives a kill. Spans that are known already change
   * nothing. Rejects with SourceError `rate-limited` where too much is under way, `unsupported` when read-only.
   */
  addSpans(spans: readonly Span[], signal?: AbortSignal): Promise<void>
  /**
   * As addSpans, for spans that come some at a time: all of them are kept, or none. Rejects with the error of
   * the iteration where that fails.
   */
  addSpansInParts(parts: AsyncIterable<readonly Span[]>): Promise<void>
  /** As addSpans, for log records that name a trace. */
  addLogs(logs: readonly LogRecord[]): Promise<void>
  /**
   * As addSpans, for turns that bots record themselves: one under a known id replaces it. Spans of the same
   * trace, whichever comes first, become its span tree.
   */
  addTurns(turns: readonly RecordedTurn[]): Promise<void>
  /**
   * As addSpans, for feedback on turns: one under a known id replaces it. It waits seven days for a trace that
   * is not there.
   */
  addFeedback(feedback: readonly GivenFeedback[]): Promise<void>
  /** As addSpans, for parts of traces and observations: merged in whatever order they come, each once. */
  addEvents(events: readonly IngestedEvent[]): Promise<void>
  isEmpty(): boolean
  /** Whether it takes and answers; by itself it tries to again. */
  health(): StoreHealth
  /** Resolves when questions over spans know of every span that was written before. */
  typed(): Promise<void>
  /** Holds the data file as it is, so that it can be copied: see `serveBackups`. */
  readonly files: BackupHolder
  /** Tells which traces each commit changed; gives a function that ends the telling. */
  onChange(listener: (traceIds: readonly TraceId[]) => void): () => void
  /** Writes what is under way and frees the directory. */
  close(): Promise<void>
}

const MIB = 1024 ** 2
const MAX_UNDER_WAY = 128 * MIB
/** Readings of recently touched traces. */
const MAX_READINGS = 48 * MIB
/** What a log record takes, guessed. */
const LOG_BYTES = 1_000
/** Spans read before the event loop gets its turn, so that whoever reads the store meanwhile is served. */
const SLICE = 128
/** Traces read back together at the start; each may hold 100,000 spans. */
const FOLDED_AT_ONCE = 4

/** Opens the store of a directory. Rejects with a StoreError where that cannot be used; it is then unchanged. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const engine = await Engine.open({ ...options, log: options.log ?? (() => {}) })
  const store = new OpenStore(engine, options)
  await store.recover()
  return store
}

async function* inSlices(spans: readonly Span[], signal?: AbortSignal): AsyncGenerator<readonly Span[]> {
  for (let start = 0; start < spans.length; start += SLICE) {
    if (start > 0) await new Promise<void>((resolve) => setImmediate(resolve))
    signal?.throwIfAborted()
    yield spans.slice(start, start + SLICE)
  }
}

class OpenStore implements Store {
  readonly source: TraceSource
  readonly files: BackupHolder
  readonly #engine: Engine
  readonly #exclusive: Pick<Engine, 'run'>
  readonly #connections: Connections
  readonly #options: StoreOptions
  readonly #reader: Reader
  readonly #now: () => Micros
  readonly #log: (line: string) => void
  readonly #states = new TraceStates(MAX_READINGS)
  readonly #writer: SpanWriter
  readonly #folds: LateFolds
  readonly #awaited: AwaitedFeedback
  readonly #checkpoints: Checkpoints
  readonly #queue: WriteQueue
  readonly #listeners = new Set<(traceIds: readonly TraceId[]) => void>()
  readonly #chores: Chores
  #empty = true
  #closed: Promise<void> | null = null

  constructor(engine: Engine, options: StoreOptions) {
    this.#engine = engine
    this.files = engine
    this.#exclusive = engine
    this.#connections = engine.connections
    this.#options = options
    this.#reader = options.reader ?? conventionReader(options.keys)
    this.#now = options.now ?? (() => microsFromMillis(Date.now()))
    this.#log = options.log ?? (() => {})
    this.#writer = new SpanWriter({
      get connection() {
        return engine.writer
      },
      states: this.#states,
      reader: this.#reader,
      now: this.#now,
      changed: (ids) => this.#chores.changed(ids),
    })
    engine.onReopened(() => this.#states.clear())
    this.#folds = new LateFolds(
      (ids) => this.#writeBehind(ids),
      (error) => this.#log(`store: rows of large traces not written yet: ${error}`),
    )
    this.#awaited = new AwaitedFeedback({
      now: this.#now,
      write: (work) => engine.run(() => work(engine.writer)),
      forget: (id) => this.#states.forget(id),
      log: this.#log,
    })
    this.#checkpoints = new Checkpoints({
      walPath: engine.walPath,
      mostBytes: options.pace?.checkpointBytes,
      checkpoint: () => engine.checkpoint(),
      log: this.#log,
    })
    this.#queue = new WriteQueue({
      maxBytes: options.maxUnderWay ?? MAX_UNDER_WAY,
      commit: (group) => this.#commit(group),
    })
    this.#chores = new Chores({
      engine,
      reader: this.#reader,
      now: this.#now,
      log: this.#log,
      retention: options.retention,
      retentionConfirmed: options.retentionConfirmed ?? false,
      retentionEveryMs: options.pace?.retentionEveryMs,
      forget: (ids) => {
        for (const id of ids) this.#states.forget(id)
      },
      fold: (ids) => this.#writeBehind(ids),
      deleted: async () => {
        await this.#exclusive.run(() => this.#lookWhetherEmpty())
        await this.#checkpoints.committed()
      },
      written: () => this.#checkpoints.committed(),
      held: (id) => this.#states.get(id),
      busyMs: () => this.#queue.busyMs,
    })
    this.source = storedSource({
      connections: this.#connections,
      reader: this.#reader,
      now: this.#now,
      // A row that cannot be written for the time being is no reason not to show what there is.
      settled: (id) =>
        this.#folds.settle(id).catch((error) => this.#log(`store: ${id} is shown as it was: ${error}`)),
    })
  }

  /** What is left to do of the last run. */
  async recover(): Promise<void> {
    await this.#lookWhetherEmpty()
    if (this.#options.readOnly) return
    const behind = await this.#writer.leftBehind()
    for (let at = 0; at < behind.length; at += FOLDED_AT_ONCE) {
      await this.#writer.writeBehind(behind.slice(at, at + FOLDED_AT_ONCE))
    }
    this.#chores.start()
    this.#awaited.start()
  }

  async addSpans(spans: readonly Span[], signal?: AbortSignal): Promise<void> {
    this.#assertWritable()
    signal?.throwIfAborted()
    await this.addSpansInParts(inSlices(spans, signal))
  }

  async addSpansInParts(parts: AsyncIterable<readonly Span[]>): Promise<void> {
    this.#assertWritable()
    const encoded: EncodedSpan[] = []
    let bytes = 0
    try {
      for await (const part of parts) {
        const rough = part.reduce((sum, span) => sum + roughBytes(span), 0)
        this.#queue.reserve(rough, bytes)
        bytes += rough
        let actual = 0
        for (const span of part) {
          const one = encodeSpan(span, this.#reader)
          encoded.push(one)
          actual += one.bytes
        }
        this.#queue.release(rough - actual)
        bytes += actual - rough
      }
      if (encoded.length > 0) await this.#queue.submit({ ...NOTHING, spans: encoded }, bytes)
    } finally {
      this.#queue.release(bytes)
    }
  }

  async addLogs(logs: readonly LogRecord[]): Promise<void> {
    await this.#submit({ ...NOTHING, logs }, logs.length * LOG_BYTES)
  }

  async addTurns(turns: readonly RecordedTurn[]): Promise<void> {
    const encoded = turns.map(encodeTurn)
    await this.#submit(
      { ...NOTHING, turns: encoded },
      sumOf(encoded, ({ bytes }) => bytes),
    )
  }

  async addFeedback(feedback: readonly GivenFeedback[]): Promise<void> {
    await this.#submit({ ...NOTHING, feedback }, sumOf(feedback, feedbackBytes))
  }

  async addEvents(events: readonly IngestedEvent[]): Promise<void> {
    await this.#submit({ ...NOTHING, events }, sumOf(events, eventBytes))
  }

  async #submit(delivery: Delivery, bytes: number): Promise<void> {
    this.#assertWritable()
    if (bytes === 0) return
    this.#queue.reserve(bytes)
    try {
      await this.#queue.submit(delivery, bytes)
    } finally {
      this.#queue.release(bytes)
    }
  }

  isEmpty(): boolean {
    return this.#empty
  }

  health(): StoreHealth {
    return this.#engine.health()
  }

  onChange(listener: (traceIds: readonly TraceId[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async typed(): Promise<void> {
    await this.#folds.caughtUp()
    await this.#chores.typed()
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#chores.stop()
    await this.#chores.healed
    await this.#awaited.stop()
    await this.#chores.ended()
    await this.#queue.settle()
    await this.#folds.settleAll().catch((error) => this.#log(`store: left for the next start: ${error}`))
    this.#checkpoints.stop()
    await this.#engine.close()
  }

  #assertWritable(): void {
    if (this.#options.readOnly) throw new SourceError('unsupported', 'the store is read-only')
    if (this.#closed) throw new SourceError('unreachable', 'the store is closed')
  }

  async #commit(group: readonly Delivery[]): Promise<void> {
    const { traceIds, behind } = await this.#engine
      .run(() => this.#writer.write(group))
      .catch((error) => {
        if (error instanceof SourceError) throw error
        throw new SourceError('unreachable', `the store could not write: ${publicMessage(error)}`, {
          cause: error,
        })
      })
    this.#folds.add(behind)
    this.#chores.committed()
    this.#changed(traceIds)
    await this.#checkpoints.committed()
  }

  get #connection(): DuckDBConnection {
    return this.#engine.writer
  }

  async #writeBehind(ids: readonly TraceId[]): Promise<void> {
    await this.#exclusive.run(() => this.#writer.writeBehind(ids))
    this.#chores.committed()
    this.#changed(ids)
  }

  #changed(traceIds: readonly TraceId[]): void {
    if (traceIds.length === 0) return
    this.#empty = false
    for (const listener of this.#listeners) listener(traceIds)
  }

  async #lookWhetherEmpty(): Promise<void> {
    const found = await this.#connection.runAndReadAll('SELECT 1 FROM traces LIMIT 1')
    this.#empty = found.currentRowCount === 0
  }
}

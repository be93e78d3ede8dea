import type { DuckDBConnection } from '@duckdb/node-api'
import { SourceError } from '../../domain/port/source-error.ts'
import type { TraceSource } from '../../domain/port/trace-source.ts'
import type { RecordedTurn } from '../../domain/recorded-turn.ts'
import type { LogRecord, Span } from '../../domain/span.ts'
import { type DurationMicros, type Micros, microsFromMillis, type TraceId } from '../../domain/units.ts'
import type { KeyOverrides } from '../../semantics/concepts.ts'
import { Checkpoints } from './checkpoints.ts'
import { Connections, engineMessage } from './connections.ts'
import { type DataFile, openDataFile } from './data-file.ts'
import { type EncodedSpan, encodeSpan, roughBytes } from './encoded-span.ts'
import { Exclusive } from './exclusive.ts'
import { LateFolds } from './late-folds.ts'
import { conventionReader, type Reader } from './reader.ts'
import { deleteForsakenLogs, deleteOldest } from './retention.ts'
import { SpanWriter } from './span-writer.ts'
import { storedSource } from './stored-source.ts'
import { TraceStates } from './trace-states.ts'
import { encodeTurn } from './turn-writer.ts'
import { type Delivery, WriteQueue } from './write-queue.ts'

export interface StoreOptions {
  /** Made where it does not exist. */
  readonly directory: string
  /** For the engine, e.g. `2GB`; by default a quarter of the machine's memory, at most 2 GiB. */
  readonly memoryLimit?: string | undefined
  /** Traces whose last span is older than this are deleted; by default none. */
  readonly retention?: DurationMicros | undefined
  readonly readOnly?: boolean | undefined
  /** Bytes of deliveries that are not committed yet, beyond which more are refused; by default 128 MiB. */
  readonly maxUnderWay?: number | undefined
  readonly now?: (() => Micros) | undefined
  readonly log?: ((line: string) => void) | undefined
  /** Attribute keys of one's own, looked at before the conventions'. */
  readonly keys?: KeyOverrides | undefined
  /** For tests: how spans are read, where not by the conventions. */
  readonly reader?: Reader
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
  isEmpty(): boolean
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
/** Spans read before the event loop gets its turn. */
const SLICE = 128
const RETENTION_EVERY_MS = 10 * 60_000

/** Opens the store of a directory. Rejects with a StoreError where that cannot be used; it is then unchanged. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const file = await openDataFile(options)
  const writer = await file.instance.connect()
  const store = new OpenStore(file, writer, options)
  await store.recover()
  return store
}

/** Large deliveries are read in slices, so that whoever reads the store meanwhile is served. */
async function* inSlices(spans: readonly Span[], signal?: AbortSignal): AsyncGenerator<readonly Span[]> {
  for (let start = 0; start < spans.length; start += SLICE) {
    if (start > 0) await new Promise<void>((resolve) => setImmediate(resolve))
    signal?.throwIfAborted()
    yield spans.slice(start, start + SLICE)
  }
}

class OpenStore implements Store {
  readonly source: TraceSource
  readonly #file: DataFile
  readonly #connection: DuckDBConnection
  readonly #options: StoreOptions
  readonly #reader: Reader
  readonly #now: () => Micros
  readonly #log: (line: string) => void
  readonly #exclusive = new Exclusive()
  readonly #states = new TraceStates(MAX_READINGS)
  readonly #connections: Connections
  readonly #writer: SpanWriter
  readonly #folds: LateFolds
  readonly #checkpoints: Checkpoints
  readonly #queue: WriteQueue
  readonly #listeners = new Set<(traceIds: readonly TraceId[]) => void>()
  #retention: NodeJS.Timeout | null = null
  #empty = true
  #closed: Promise<void> | null = null

  constructor(file: DataFile, connection: DuckDBConnection, options: StoreOptions) {
    this.#file = file
    this.#connection = connection
    this.#options = options
    this.#reader = options.reader ?? conventionReader(options.keys)
    this.#now = options.now ?? (() => microsFromMillis(Date.now()))
    this.#log = options.log ?? (() => {})
    this.#connections = new Connections(file.instance)
    this.#writer = new SpanWriter({ connection, states: this.#states, reader: this.#reader, now: this.#now })
    this.#folds = new LateFolds(
      (ids) => this.#writeBehind(ids),
      (error) => this.#log(`store: rows of large traces not written yet: ${error}`),
    )
    this.#checkpoints = new Checkpoints({
      walPath: file.walPath,
      checkpoint: () => this.#exclusive.run(async () => void (await connection.run('CHECKPOINT'))),
      log: this.#log,
    })
    this.#queue = new WriteQueue({
      maxBytes: options.maxUnderWay ?? MAX_UNDER_WAY,
      commit: (group) => this.#commit(group),
    })
    this.source = storedSource({
      connections: this.#connections,
      reader: this.#reader,
      now: this.#now,
      settled: (id) => this.#folds.settle(id),
    })
  }

  /** What is left to do of the last run. */
  async recover(): Promise<void> {
    await this.#lookWhetherEmpty()
    if (this.#options.readOnly) return
    await this.#writer.writeBehind(await this.#writer.leftBehind())
    if (this.#options.retention === undefined) return
    this.#retention = setInterval(() => void this.#retain(), RETENTION_EVERY_MS).unref()
    void this.#retain()
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
      if (encoded.length > 0) await this.#queue.submit({ spans: encoded, logs: [], turns: [] }, bytes)
    } finally {
      this.#queue.release(bytes)
    }
  }

  async addLogs(logs: readonly LogRecord[]): Promise<void> {
    this.#assertWritable()
    if (logs.length === 0) return
    const bytes = logs.length * LOG_BYTES
    this.#queue.reserve(bytes)
    try {
      await this.#queue.submit({ spans: [], logs, turns: [] }, bytes)
    } finally {
      this.#queue.release(bytes)
    }
  }

  async addTurns(turns: readonly RecordedTurn[]): Promise<void> {
    this.#assertWritable()
    if (turns.length === 0) return
    const encoded = turns.map(encodeTurn)
    const bytes = encoded.reduce((sum, one) => sum + one.bytes, 0)
    this.#queue.reserve(bytes)
    try {
      await this.#queue.submit({ spans: [], logs: [], turns: encoded }, bytes)
    } finally {
      this.#queue.release(bytes)
    }
  }

  isEmpty(): boolean {
    return this.#empty
  }

  onChange(listener: (traceIds: readonly TraceId[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    if (this.#retention) clearInterval(this.#retention)
    await this.#queue.settle()
    await this.#folds.settleAll().catch((error) => this.#log(`store: left for the next start: ${error}`))
    this.#checkpoints.stop()
    await this.#exclusive.run(async () => {})
    await this.#connections.close()
    this.#connection.disconnectSync()
    this.#file.close()
  }

  #assertWritable(): void {
    if (this.#options.readOnly) throw new SourceError('unsupported', 'the store is read-only')
    if (this.#closed) throw new SourceError('unreachable', 'the store is closed')
  }

  async #commit(group: readonly Delivery[]): Promise<void> {
    const { traceIds, behind } = await this.#exclusive
      .run(() => this.#writer.write(group))
      .catch((error) => {
        throw new SourceError('unreachable', `the store could not write: ${engineMessage(error)}`, {
          cause: error,
        })
      })
    this.#folds.add(behind)
    this.#changed(traceIds)
    await this.#checkpoints.committed()
  }

  async #writeBehind(ids: readonly TraceId[]): Promise<void> {
    await this.#exclusive.run(() => this.#writer.writeBehind(ids))
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

  async #retain(): Promise<void> {
    const { retention } = this.#options
    if (retention === undefined) return
    try {
      let gone = 0
      for (;;) {
        if (this.#closed) return
        const before = (this.#now() - retention) as Micros
        const ids = await this.#exclusive.run(async () => {
          const deleted = await deleteOldest(this.#connection, before)
          for (const id of deleted) this.#states.forget(id)
          return deleted
        })
        gone += ids.length
        if (ids.length === 0) break
      }
      const before = (this.#now() - retention) as Micros
      await this.#exclusive.run(() => deleteForsakenLogs(this.#connection, before))
      if (gone === 0) return
      this.#log(`store: ${gone} traces older than the retention deleted`)
      await this.#exclusive.run(() => this.#lookWhetherEmpty())
      await this.#checkpoints.committed()
    } catch (error) {
      this.#log(`store: retention: ${error}`)
    }
  }
}

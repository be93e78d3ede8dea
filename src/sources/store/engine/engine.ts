import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { SourceError } from '../../../domain/port/source-error.ts'
import { type DataFile, type DataFileOptions, openDataFile } from '../file/data-file.ts'
import { FilePresence } from '../file/file-presence.ts'
import { Connections, engineMessage } from './connections.ts'
import { Exclusive } from './exclusive.ts'
import { GONE, isInvalid, publicMessage, type StoreHealth, type Trouble, troubleOf } from './store-health.ts'

const MIB = 1024 ** 2
/** How often the files are looked for while nothing is written. */
const LOOK_EVERY_MS = 2_000
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 60_000
/** A checkpoint that runs out of room costs the engine: it is not begun with less than this and half the log. */
const LEAST_ROOM = 32 * MIB

/** Writes a few bytes to the log. */
const PROBE = 'UPDATE turnscope_store SET version = version'

export interface EngineOptions extends DataFileOptions {
  readonly log: (line: string) => void
}

/**
 * The engine over its data file: one writer, some readers, checkpoints. It notices what fails for the whole
 * store (a full disk, a file that is gone, an engine that refuses everything after a fatal error), refuses
 * meanwhile with SourceError `unreachable` and a time to come again, and mends itself, with a back-off.
 */
export class Engine {
  readonly connections: Connections
  readonly #options: EngineOptions
  readonly #exclusive = new Exclusive()
  readonly #reopened = new Set<() => void>()
  readonly #watch: NodeJS.Timeout
  #file: DataFile
  #writer: DuckDBConnection
  #presence: FilePresence
  /** Whether file and writer can be used. */
  #open = true
  #closed = false
  #trouble: Trouble | null = null
  /** Blocks that could not be read: no attempt of ours makes them good. */
  #damage: Trouble | null = null
  #failures = 0
  #holds = 0
  #retry: NodeJS.Timeout | null = null

  private constructor(
    options: EngineOptions,
    file: DataFile,
    writer: DuckDBConnection,
    presence: FilePresence,
  ) {
    this.#options = options
    this.#file = file
    this.#writer = writer
    this.#presence = presence
    this.connections = new Connections(file.instance, (error) => this.#answerFailed(error))
    this.#watch = setInterval(() => void this.#look(), LOOK_EVERY_MS).unref()
  }

  /** Rejects with a StoreError as `openDataFile`. */
  static async open(options: EngineOptions): Promise<Engine> {
    const file = await openDataFile(options)
    const writer = await file.instance.connect()
    return new Engine(options, file, writer, await FilePresence.of(file.path, file.walPath))
  }

  /** The connection for jobs of `run`; another one after the engine was opened again. */
  get writer(): DuckDBConnection {
    return this.#writer
  }

  get path(): string {
    return this.#file.path
  }

  get walPath(): string {
    return this.#file.walPath
  }

  health(): StoreHealth {
    return this.#trouble ?? this.#damage ?? { status: 'ok' }
  }

  /** Tells when the engine was opened again: what memory holds of it may be ahead of it. */
  onReopened(listener: () => void): void {
    this.#reopened.add(listener)
  }

  /**
   * Runs a job with the writer to itself. Resolves only while the files that it wrote to are still at their
   * paths: what is deleted or moved away takes writes without an error.
   */
  run<Result>(job: () => Promise<Result>): Promise<Result> {
    return this.#exclusive.run(async () => {
      if (!this.#open || this.#trouble === GONE) throw this.#refusal()
      try {
        const result = await job()
        await this.#assertPresent()
        return result
      } catch (error) {
        this.#failed(error)
        throw error
      }
    })
  }

  /** Moves the log into the data file, unless there is reason to wait. */
  checkpoint(): Promise<void> {
    return this.run(async () => {
      if (this.#holds > 0 || this.#trouble !== null) return
      await this.#checkpoint()
    })
  }

  /**
   * Keeps the data file as it is until `release`: with the first bytes of the log, as many as are given, it
   * makes up all that was committed before. Writing goes on, into the log.
   */
  async hold(): Promise<{ readonly walBytes: number; readonly release: () => void }> {
    return this.run(async () => {
      const walBytes = await this.walBytes()
      this.#holds++
      let held = true
      const release = () => {
        if (held) this.#holds--
        held = false
      }
      return { walBytes, release }
    })
  }

  walBytes(): Promise<number> {
    return stat(this.walPath).then(
      ({ size }) => size,
      () => 0,
    )
  }

  /** Resolves when jobs and questions have ended and the file is free. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#watch)
    if (this.#retry) clearTimeout(this.#retry)
    await this.#exclusive.run(async () => {})
    await this.connections.close()
    this.#shut()
  }

  #shut(): void {
    if (!this.#open) return
    this.#open = false
    this.#writer.disconnectSync()
    this.#file.close()
  }

  async #checkpoint(): Promise<void> {
    const room = await statfs(dirname(this.path)).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => Number.POSITIVE_INFINITY,
    )
    const log = await this.walBytes()
    if (room < LEAST_ROOM + log / 2) {
      throw new Error(`not enough space for a checkpoint: ${Math.round(room / MIB)} MiB left on the disk`)
    }
    await this.#writer.run('CHECKPOINT')
    this.#presence.logEnded()
  }

  async #assertPresent(): Promise<void> {
    const missing = this.#options.readOnly ? null : await this.#presence.missing()
    if (missing === null) return
    if (missing === 'data') throw new GoneError()
    // The log alone: the engine has all of it in memory, and brings that into the data file.
    this.#options.log(
      'store: the log was deleted while it was in use: it is written to the data file at once',
    )
    await this.#checkpoint()
  }

  async #look(): Promise<void> {
    if (!this.#open || this.#trouble === GONE || this.#options.readOnly) return
    if (await this.#presence.hasData()) return
    this.#failed(new GoneError())
  }

  #answerFailed(error: unknown): SourceError {
    const trouble = troubleOf(error)
    this.#failed(error)
    this.#options.log(`store: a question was not answered: ${engineMessage(error)}`)
    if (isInvalid(error)) return this.#refusal()
    return new SourceError(
      trouble && trouble.status !== 'damaged' ? 'unreachable' : 'bad-reply',
      `the store could not answer: ${publicMessage(error)}`,
      { cause: error },
    )
  }

  #refusal(): SourceError {
    const reason = this.#trouble?.reason ?? 'it is being opened again'
    return new SourceError('unreachable', `the store is not available: ${reason}`, {
      retryAfterMs: Math.max(FIRST_RETRY_MS, this.#delay()),
    })
  }

  #delay(): number {
    return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, this.#failures - 1))
  }

  #failed(error: unknown): void {
    if (this.#closed) return
    const invalid = isInvalid(error)
    const trouble = error instanceof GoneError ? GONE : troubleOf(error)
    if (trouble === null) return
    if (trouble.status === 'damaged' && this.#damage === null) {
      this.#options.log(
        `store: ${trouble.reason}: ${engineMessage(error)}; docs/recovering.md says what can be done`,
      )
      this.#damage = trouble
    }
    if (trouble.status === 'damaged' && !invalid) return
    if (this.#trouble?.status !== trouble.status) {
      this.#options.log(`store: ${trouble.reason} (${engineMessage(error)}); it is tried again`)
    }
    // The engine repeats its first failure whatever it is asked: that one is told.
    if (this.#open || this.#trouble === null) this.#trouble = trouble
    if (invalid && this.#open) this.#schedule(0)
    else this.#schedule(this.#delay())
  }

  #schedule(delay: number): void {
    if (this.#closed) return
    if (this.#retry !== null && delay > 0) return
    if (this.#retry) clearTimeout(this.#retry)
    this.#retry = setTimeout(() => void this.#recover(), delay).unref()
  }

  async #recover(): Promise<void> {
    this.#failures++
    try {
      await this.#exclusive.run(async () => {
        if (this.#closed) return
        if (await this.#isInvalid()) {
          await this.#reopen()
          // Reads are answered again; whether there is room is asked in the next attempt.
          throw this.#trouble ?? GONE
        }
        if (this.#trouble === GONE && !(await this.#presence.hasData())) throw GONE
        await this.#tryOut()
      })
      this.#retry = null
      this.#trouble = null
      this.#failures = 0
      if (!this.#closed) this.#options.log('store: takes and answers again')
    } catch (error) {
      this.#retry = null
      if (error instanceof Error) this.#failed(error)
      if (this.#retry === null) this.#schedule(this.#delay())
    }
  }

  /** Whether the store takes and answers, asked by doing so. */
  async #tryOut(): Promise<void> {
    if (this.#options.readOnly) {
      await this.#writer.run('SELECT trace_id FROM traces LIMIT 1')
      return
    }
    await this.#writer.run(PROBE)
    if (this.#holds === 0) await this.#checkpoint()
  }

  async #isInvalid(): Promise<boolean> {
    if (!this.#open) return true
    return this.#writer.run('SELECT 1').then(() => false, isInvalid)
  }

  /** All that was committed stands in the log, which is replayed. */
  async #reopen(): Promise<void> {
    await this.connections.suspend(() => this.#refusal())
    this.#shut()
    const file = await openDataFile({ ...this.#options, mustExist: true })
    this.#writer = await file.instance.connect()
    this.#file = file
    this.#presence = await FilePresence.of(file.path, file.walPath)
    this.#open = true
    this.connections.resume(file.instance)
    for (const listener of this.#reopened) listener()
    this.#options.log('store: opened again after a failure; everything acknowledged was replayed')
  }
}

class GoneError extends Error {
  constructor() {
    super(GONE.reason)
  }
}
